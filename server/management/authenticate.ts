// Management: who calls. Only access tokens that a client got for itself open anything here: a token of a person with
// the same audience and scopes would let whoever signs in administer the tenant.
import type { Context } from 'hono';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { AccessClaims } from '../oauth/access-token.ts';
import { type Presented, readAccessToken } from '../oauth/presented-token.ts';
import { type Refusal, refuse } from './answer.ts';
import type { Operator } from './route.ts';

export type Authenticated = { ok: true; operator: Operator } | { ok: false; refusal: Refusal };

const UNAUTHENTICATED: Refusal = {
  ...refuse(401, 'Missing authentication'),
  attributes: { error: 'Missing authentication' },
};
const INVALID: Refusal = { ...refuse(401, 'Invalid token'), attributes: { error: 'Invalid token' } };
const REFUSALS = {
  absent: UNAUTHENTICATED,
  malformed: refuse(400, 'Bad HTTP authentication header format', 'Bearer'),
  several: refuse(400, 'The access token was sent in several ways at once', 'Bearer'),
  invalid: INVALID,
  // Which part of the proof it is would be of use to its thief as well.
  unproven: INVALID,
} as const satisfies Record<Extract<Presented, { ok: false }>['problem'], Refusal>;

/** @param tenant the one that must have issued the token. */
export async function authenticate(c: Context<Env>, deps: Deps, tenant: TenantRecord): Promise<Authenticated> {
  const presented = await presentedTo(c, deps, tenant);
  if (!presented.ok) return presented;
  const operator = operatorOf(presented.claims);
  return operator ? { ok: true, operator } : { ok: false, refusal: INVALID };
}

/** The token of a request, if it is one for the Management API of `tenant`, whoever got it. */
export async function presentedTo(
  c: Context<Env>,
  deps: Deps,
  tenant: TenantRecord,
): Promise<{ ok: true; claims: AccessClaims } | { ok: false; refusal: Refusal }> {
  const presented = await readAccessToken(c, deps, { issuedBy: tenant });
  if (!presented.ok) return { ok: false, refusal: REFUSALS[presented.problem] };
  return presented.claims.aud.includes(managementAudience(tenant.baseUrl))
    ? presented
    : { ok: false, refusal: INVALID };
}

/** Undefined: a person got the token. */
export function operatorOf({ azp, sub, scope }: AccessClaims): Operator | undefined {
  return sub === `${azp}@clients` ? { clientId: azp, scopes: new Set(scope) } : undefined;
}

/** The refusal when none of `scopes` was granted. */
export function refuseScopes(operator: Operator, scopes: readonly string[]): Refusal | undefined {
  if (scopes.some((scope) => operator.scopes.has(scope))) return undefined;
  return refuse(403, `Insufficient scope, expected any of: ${scopes.join(',')}`, 'insufficient_scope');
}
