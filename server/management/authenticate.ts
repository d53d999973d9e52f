// Management: who calls. Only access tokens that a client got for itself open anything here: a token of a person with
// the same audience and scopes would let whoever signs in administer the tenant.
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { verifyAccessToken } from '../oauth/access-token.ts';
import { type Refusal, refuse } from './answer.ts';
import type { Operator } from './route.ts';

export type Authenticated = { ok: true; operator: Operator } | { ok: false; refusal: Refusal };

const UNAUTHENTICATED: Refusal = {
  ...refuse(401, 'Missing authentication'),
  attributes: { error: 'Missing authentication' },
};
const INVALID: Refusal = { ...refuse(401, 'Invalid token'), attributes: { error: 'Invalid token' } };
const BAD_FORMAT = refuse(400, 'Bad HTTP authentication header format', 'Bearer');

/** `header` is the request's Authorization; `tenant` the one that must have issued the token. */
export async function authenticate(
  deps: Deps,
  tenant: TenantRecord,
  header: string | undefined,
): Promise<Authenticated> {
  const bearer = readBearer(header);
  if (!bearer.ok) return bearer;
  const verified = await verifyAccessToken(deps, tenant, bearer.token);
  if (!verified.ok || !verified.claims.aud.includes(managementAudience(tenant.baseUrl))) {
    return { ok: false, refusal: INVALID };
  }
  const { azp, sub, scope } = verified.claims;
  if (sub !== `${azp}@clients`) return { ok: false, refusal: INVALID };
  return { ok: true, operator: { clientId: azp, scopes: new Set(scope) } };
}

export function readBearer(header: string | undefined): { ok: true; token: string } | { ok: false; refusal: Refusal } {
  if (header === undefined || header.trim() === '') return { ok: false, refusal: UNAUTHENTICATED };
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1];
  return token === undefined ? { ok: false, refusal: BAD_FORMAT } : { ok: true, token };
}

/** The refusal when none of `scopes` was granted. */
export function refuseScopes(operator: Operator, scopes: readonly string[]): Refusal | undefined {
  if (scopes.some((scope) => operator.scopes.has(scope))) return undefined;
  return refuse(403, `Insufficient scope, expected any of: ${scopes.join(',')}`, 'insufficient_scope');
}
