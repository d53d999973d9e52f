// Server, MFA API: a login of its own in which somebody who is signed in adds one authenticator. No script runs in it.
import { subjectOf } from '#runtime/bearings.ts';
import { mfaAudience } from '#runtime/lifecycle/scopes.ts';
import { tooMany } from '#runtime/message-limit.ts';
import { FURTHER_ENROLLMENTS } from '#runtime/rate-limit.ts';
import type { Caller } from '#runtime/runtime.ts';
import type { ProvenMethod } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import { refusedBy } from '../oauth/token-door.ts';
import type { Association } from './association.ts';
import { type AccessTokenBearer, hasShownFactor } from './bearer.ts';
import { type FoundLogin, isWaiting, spentToken } from './mfa-login.ts';

export async function beginFurtherEnrollment(
  deps: Deps,
  tenant: TenantRecord,
  bearer: AccessTokenBearer,
  wanted: Extract<Association, { ok: true }>,
  caller: Caller,
): Promise<FoundLogin | TokenRefusal> {
  const { user, claims } = bearer;
  const { factor } = wanted;
  const connection = await deps.store.connections.findByKey(tenant.id, user.connection);
  if (!connection) return refusal(401, 'invalid_token', 'The access token is not valid');
  // Each begins a login of its own, which sends a message to whatever address was given.
  if ('address' in wanted) {
    const key = `further enrollment ${user.id}`;
    const attempt = await deps.store.takeAttempt(tenant.id, key, FURTHER_ENROLLMENTS, deps.clock.now());
    if (!attempt.taken) {
      const { retryAfterSeconds } = attempt;
      return { ...refusedBy(tooMany(wanted.channel), spentToken()), retryAfterSeconds };
    }
  }
  const { keyThumbprint } = claims;
  const isShown = hasShownFactor(bearer, await deps.store.authenticators.ofUser(tenant.id, user.id));
  const methods: ProvenMethod[] = isShown ? [{ name: 'mfa', at: deps.clock.now(), in: 'transaction' }] : [];
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
      person: { subject: subjectOf(user, connection), methods },
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
