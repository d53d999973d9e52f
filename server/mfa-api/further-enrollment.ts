// Server, MFA API: a login of its own in which somebody who is signed in adds one authenticator. No script runs in it.
import { subjectOf } from '#runtime/bearings.ts';
import { mfaAudience } from '#runtime/lifecycle/scopes.ts';
import type { Caller } from '#runtime/runtime.ts';
import type { ProvenMethod } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import type { AccessTokenBearer } from './bearer.ts';
import { type FoundLogin, isWaiting } from './mfa-login.ts';

export async function beginFurtherEnrollment(
  deps: Deps,
  tenant: TenantRecord,
  bearer: AccessTokenBearer,
  factor: 'otp' | 'phone' | 'email',
  caller: Caller,
): Promise<FoundLogin | TokenRefusal> {
  const { user, claims } = bearer;
  const connection = await deps.store.connections.findByKey(tenant.id, user.connection);
  if (!connection) return refusal(401, 'invalid_token', 'The access token is not valid');
  const { keyThumbprint } = claims;
  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'token',
      selection: 'client',
      purpose: 'enrollment',
      request: {
        clientId: claims.azp,
        reply: { by: 'token' },
        protocol: 'oauth2-password',
        scope: claims.scope,
        audience: mfaAudience(tenant.baseUrl),
        ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
        prompt: [],
        uiLocales: [],
        acrValues: [],
        locale: messageLanguage(tenant, caller),
        query: {},
        body: {},
      },
      person: { subject: subjectOf(user, connection), methods: await provenBy(deps, bearer) },
      queue: [{ kind: 'enroll', prefer: 'first', factors: [{ type: factor }], ordinal: 1 }],
    },
    caller,
  );
  const { login, key } = shown;
  if (isWaiting(login)) return { ok: true, login, reference: { key, heldBy: 'client' } };
  // Over at once: there was nothing to enroll, or it may not be enrolled.
  if (login.state.name !== 'denied') return refusal(403, 'access_denied', 'User is already enrolled.');
  return login.state.code === 'access_denied'
    ? refusal(403, 'access_denied', login.state.reason)
    : refusal(401, 'invalid_token', login.state.reason);
}

/**
 * A token of this audience is given to who had a factor for showing it, and to who had none for nothing. So it proves a
 * second factor where one was enrolled before the token was issued: one of somebody who had none, kept until the account
 * had one, is not to add another beside it.
 */
async function provenBy({ store, clock }: Deps, { user, claims }: AccessTokenBearer): Promise<ProvenMethod[]> {
  const authenticators = await store.authenticators.ofUser(user.tenantId, user.id);
  const had = authenticators.some(
    ({ confirmed, type, enrolledAt, createdAt }) =>
      confirmed && COUNTED.has(type) && Math.floor((enrolledAt ?? createdAt) / 1000) <= claims.issuedAt,
  );
  return had ? [{ name: 'mfa', at: clock.now(), in: 'transaction' }] : [];
}

/** What asking for this audience makes a person show: a mailbox or a recovery code alone does not. */
const COUNTED: ReadonlySet<string> = new Set(['totp', 'phone', 'push', 'webauthn-roaming', 'webauthn-platform']);
