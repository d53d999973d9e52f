// Server, MFA API: who calls: the holder of an `mfa_token`, half signed in, or of an access token for this API. What is
// said to those who are neither.
import type { Context } from 'hono';
import { type MfaScope, mfaAudience } from '#runtime/lifecycle/scopes.ts';
import type { Reference } from '#runtime/runtime.ts';
import type { AuthenticatorRecord, UserRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { AccessClaims } from '../oauth/access-token.ts';
import { readAccessToken, readSentToken } from '../oauth/presented-token.ts';
import { refusal, type TokenRefusal, unauthorized } from '../oauth/token-answer.ts';
import { isAccessToken } from './enrollment-key.ts';
import { findMfaLogin, type MfaLogin } from './mfa-login.ts';

export type MfaTokenBearer = { ok: true; by: 'mfa-token'; user: UserRecord; login: MfaLogin; reference: Reference };
export type AccessTokenBearer = { ok: true; by: 'access-token'; user: UserRecord; claims: AccessClaims; token: string };
export type Bearer = MfaTokenBearer | AccessTokenBearer;

/** @param scope what an access token has to open. */
export async function readBearer(c: Context<Env>, deps: Deps, scope: MfaScope): Promise<Bearer | TokenRefusal> {
  const { tenant } = c.var;
  const sent = readSentToken(c);
  if ('problem' in sent) {
    if (sent.problem === 'several') return refusal(400, 'invalid_request', 'The token was sent in more than one way');
    // A token of no shape of ours, as clients of other servers hold them, is a bad token and no missing one.
    if (sent.problem === 'malformed') return refusal(401, 'invalid_grant', 'Malformed mfa_token');
    return unauthorized();
  }
  if (!isAccessToken(sent.token)) return byMfaToken(deps, tenant, sent.token);

  const presented = await readAccessToken(c, deps);
  if (!presented.ok) {
    const why = presented.problem === 'unproven' ? presented.description : 'The access token is not valid';
    return refusal(401, 'invalid_token', why);
  }
  const { claims } = presented;
  if (!claims.aud.includes(mfaAudience(tenant.baseUrl))) {
    return refusal(401, 'invalid_token', 'The access token is for another audience');
  }
  if (!claims.scope.includes(scope)) {
    return refusal(403, 'insufficient_scope', `Insufficient scope, expected: ${scope}`);
  }
  const user = await deps.store.users.find(tenant.id, claims.sub);
  if (!user || user.blocked || user.linkedTo !== undefined || isOlderThanPassword(claims, user))
    return refusal(401, 'invalid_token', 'The access token is not valid');
  return { ok: true, by: 'access-token', user, claims, token: sent.token };
}

/** Whoever sets a new password wants nobody who knew the former one at their factors. */
function isOlderThanPassword({ issuedAt }: AccessClaims, { passwordChangedAt = 0 }: UserRecord): boolean {
  return issuedAt < Math.floor(passwordChangedAt / 1000);
}

/**
 * Whether the access token was had for a second factor. One of this audience is given to who had a factor for showing it,
 * and to who had none for nothing: so one was shown where one was enrolled before the token was issued. A token of
 * somebody who had none, kept until the account had one, neither adds a factor nor takes one away.
 */
export function hasShownFactor(
  { claims: { issuedAt } }: AccessTokenBearer,
  authenticators: readonly AuthenticatorRecord[],
): boolean {
  return authenticators.some(
    ({ confirmed, type, enrolledAt, createdAt }) =>
      confirmed && COUNTED.has(type) && Math.floor((enrolledAt ?? createdAt) / 1000) <= issuedAt,
  );
}

/** What asking for this audience makes a person show: a mailbox or a recovery code alone does not. */
const COUNTED: ReadonlySet<string> = new Set(['totp', 'phone', 'push', 'webauthn-roaming', 'webauthn-platform']);

async function byMfaToken(
  deps: Deps,
  tenant: Env['Variables']['tenant'],
  token: string,
): Promise<Bearer | TokenRefusal> {
  const found = await findMfaLogin(deps, tenant, token, undefined);
  if (!found.ok) return found;
  const { login, reference } = found;
  const { subject } = login;
  const user = subject.kind === 'user' ? await deps.store.users.find(tenant.id, subject.userId) : undefined;
  if (!user || user.blocked) return refusal(403, 'unauthorized', 'user is blocked');
  return { ok: true, by: 'mfa-token', user, login, reference };
}

/** The answer of a refusal, in the dialect of the token endpoint. */
export function refuseBy(
  c: Context<Env>,
  { status, error, description, more, retryAfterSeconds }: TokenRefusal,
): Response {
  if (status === 401) c.header('www-authenticate', 'Bearer');
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
  return c.json({ error, error_description: description, ...more }, status);
}
