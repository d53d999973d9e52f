// Server, MFA API: a new authenticator is begun: the first one by who holds the `mfa_token` of a login that asks for one,
// a further one by who is signed in with a second factor. It is proved at the token endpoint. Source: wire reference, §2.4.
import type { Context } from 'hono';
import type { Reference, RestedLogin } from '#runtime/runtime.ts';
import type { Enrollment } from '#runtime/transaction/transaction.ts';
import type { Deps, Env } from '../deps.ts';
import { keyAddress } from '../hosted/app-key.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import { refusedBy } from '../oauth/token-door.ts';
import { unreadable } from '../oauth/unreadable-request.ts';
import { enrollmentAddress } from '../push/push-paths.ts';
import { readJsonObject } from '../request.ts';
import { type Association, readAssociation, textsOf } from './association.ts';
import { type Bearer, type MfaTokenBearer, readBearer, refuseBy } from './bearer.ts';
import { checkCredentials } from './client.ts';
import { enrollmentKey } from './enrollment-key.ts';
import { beginFurtherEnrollment } from './further-enrollment.ts';
import { isWaiting, type MfaLogin, overOf, spentToken, stepMfaLogin, wantsEnrollment } from './mfa-login.ts';
import { undelivered } from './undelivered.ts';

type Wanted = Extract<Association, { ok: true }>;
/** The login in which it is enrolled. */
type Place = { ok: true; login: MfaLogin; reference: Reference } | TokenRefusal;
type Begun = { ok: true; enrollment: Enrollment; login: RestedLogin } | TokenRefusal;

const ENROLLED = refusal(403, 'access_denied', 'User is already enrolled.');

/** `POST /mfa/associate` */
export async function associate(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const bearer = await readBearer(c, deps, 'enroll');
  if (!bearer.ok) return refuseBy(c, bearer);
  const read = await readJsonObject(c);
  if (!read.ok) return refuseBy(c, unreadable(read));
  const clientId = bearer.by === 'mfa-token' ? bearer.login.request.clientId : bearer.claims.azp;
  const wrong = await checkCredentials(c, deps, clientId, textsOf(read.object));
  if (wrong) return refuseBy(c, wrong);
  const wanted = readAssociation(read.object, tenant.messageTypes);
  if (!wanted.ok) return refuseBy(c, wanted);

  const place =
    bearer.by === 'mfa-token' ? inLogin(bearer) : await beginFurtherEnrollment(deps, tenant, bearer, wanted, caller);
  if (!place.ok) return refuseBy(c, place);
  const begun = await begin(c, deps, place, wanted);
  if (!begun.ok) return refuseBy(c, begun);
  if (bearer.by === 'access-token') {
    const oobCode = wanted.factor === 'otp' ? undefined : begun.enrollment.authenticatorId;
    const { id: targetId, ask, expiresAt } = begun.login;
    const key = enrollmentKey(bearer.token, oobCode);
    const handle = { tenantId: tenant.id, kind: 'mfa-token', key, targetId, ask, expiresAt } as const;
    await deps.store.commit([{ kind: 'handle.insert', handle, renews: true }]);
  }
  return c.json(show(c, bearer, wanted, begun.enrollment));
}

/** A login that asks for a factor which the person has is no way to another one. */
function inLogin({ login, reference }: MfaTokenBearer): Place {
  return wantsEnrollment(login) ? { ok: true, login, reference } : ENROLLED;
}

async function begin(
  c: Context<Env>,
  deps: Deps,
  { login, reference }: Extract<Place, { ok: true }>,
  wanted: Wanted,
): Promise<Begun> {
  const { tenant, caller } = c.var;
  if (!login.state.offers.some(({ factor }) => factor === wanted.factor)) {
    return refusal(400, 'invalid_request', 'This authenticator cannot be enrolled now');
  }
  const locale = messageLanguage(tenant, caller);
  const chosen = await stepMfaLogin(deps, tenant, reference, { kind: 'chosen', factor: wanted.factor, locale }, caller);
  if (!chosen.ok) return chosen;
  // Nothing is sent for the others.
  const isSent = wanted.factor === 'phone' || wanted.factor === 'email';
  if (!isSent || !isEnrolling(chosen.shown.login)) return enrollmentOf(chosen.shown.login);

  const via = wanted.factor === 'phone' ? { via: wanted.channel } : {};
  const addressed = { kind: 'addressed', address: wanted.address, ...via } as const;
  const stepped = await stepMfaLogin(deps, tenant, reference, addressed, caller);
  if (!stepped.ok) return stepped;
  const { login: now, notice } = stepped.shown;
  if (notice) return refusedBy(notice, spentToken());
  const begun = enrollmentOf(now);
  const sent = begun.ok && 'sent' in begun.enrollment ? begun.enrollment.sent : undefined;
  return undelivered(sent, wanted.channel) ?? begun;
}

const isEnrolling = ({ state }: RestedLogin): boolean => state.name === 'enrolling';

/** Between the look and the step the person may have been given a factor in another window. */
function enrollmentOf(login: RestedLogin): Begun {
  if (login.state.name === 'enrolling') return { ok: true, enrollment: login.state.enrollment, login };
  return isWaiting(login) ? ENROLLED : overOf(login);
}

function show(c: Context<Env>, { user }: Bearer, wanted: Wanted, enrollment: Enrollment): object {
  const { tenant } = c.var;
  const { recoveryCode, authenticatorId } = enrollment;
  const recovery = recoveryCode === undefined ? {} : { recovery_codes: [recoveryCode] };
  if (enrollment.factor === 'otp') {
    const { secret } = enrollment;
    const account = user.email ?? user.username ?? user.phoneNumber ?? user.name ?? '';
    const address = keyAddress(secret, { brand: tenant.friendlyName ?? tenant.name, account });
    return { authenticator_type: 'otp', secret, barcode_uri: address, ...recovery };
  }
  if (enrollment.factor === 'push-notification') {
    // Without a `binding_method`: there is no code, the client asks until the phone has enrolled.
    const address = enrollmentAddress(tenant, enrollment.key);
    const oob = { oob_channel: 'auth0', oob_code: authenticatorId };
    return { authenticator_type: 'oob', barcode_uri: address, ...recovery, ...oob };
  }
  const channel = wanted.factor === 'otp' ? {} : { oob_channel: wanted.channel };
  return { authenticator_type: 'oob', binding_method: 'prompt', ...recovery, ...channel, oob_code: authenticatorId };
}
