// Server, protocol: who the holder of an access token may learn about (OpenID Connect Core §5.3). It says what the granted
// scopes allow and is read fresh, so that a person who was blocked or removed meanwhile is told of no more.
import type { Context } from 'hono';
import { allowOrigin } from '../cross-origin.ts';
import type { Deps, Env } from '../deps.ts';
import { limitPerson } from '../rate-limits.ts';
import { mediaType, readParameters } from '../request.ts';
import { userinfoAudience } from './access-token.ts';
import { PROOF_ALGORITHMS } from './dpop.ts';
import { personClaims } from './person-claims.ts';
import { type Presented, readAccessToken } from './presented-token.ts';

/** A challenge of RFC 6750 §3 or RFC 9449 §7.1: what was wrong, for developers. */
type Challenge = { scheme?: 'DPoP'; error?: string; description?: string; scope?: string };

/** `GET` and `POST /userinfo` */
export async function userinfo(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant } = c.var;
  allowOrigin(c);
  // What is wrong with a request stands in the challenge.
  c.header('access-control-expose-headers', 'WWW-Authenticate');
  const isForm =
    c.req.method === 'POST' && mediaType(c.req.header('content-type')) === 'application/x-www-form-urlencoded';
  const body = isForm ? await readParameters(c, { json: false }) : { ok: true as const, parameters: {} };
  if (!body.ok) return refuse(c, 400, { error: 'invalid_request', description: 'The body could not be read' });
  const presented = await readAccessToken(c, deps, { body: body.parameters });
  if (!presented.ok) return refusePresented(c, presented);

  const { sub, aud, scope } = presented.claims;
  if (!scope.includes('openid')) {
    const description = 'The access token was not granted the scope openid';
    return refuse(c, 403, { error: 'insufficient_scope', description, scope: 'openid' });
  }
  if (!aud.includes(userinfoAudience(tenant))) return refuse(c, 401, INVALID);
  const tooMany = limitPerson(c, sub);
  if (tooMany) return tooMany;
  const user = await deps.store.users.find(tenant.id, sub);
  // A linked account is part of another one, whose tokens speak for it.
  if (!user || user.blocked || user.linkedTo !== undefined) return refuse(c, 401, INVALID);
  return c.json({ sub: user.id, ...personClaims(user, scope) });
}

const INVALID: Challenge = { error: 'invalid_token', description: 'The access token is not valid' };

function refusePresented(c: Context<Env>, presented: Extract<Presented, { ok: false }>): Response {
  switch (presented.problem) {
    case 'absent':
      return refuse(c, 401, {});
    case 'malformed':
      // RFC 6750 §3.1: whoever came with another scheme is told of ours, and not of an error.
      if (/^(?!Bearer\b|DPoP\b)[A-Za-z]/i.test(c.req.header('authorization') ?? '')) return refuse(c, 401, {});
      return refuse(c, 400, { error: 'invalid_request', description: 'The access token could not be read' });
    case 'several':
      return refuse(c, 400, {
        error: 'invalid_request',
        description: 'The access token was sent in several ways at once',
      });
    case 'invalid':
      return refuse(c, 401, INVALID);
    case 'unproven':
      return refuse(c, 401, { scheme: 'DPoP', error: 'invalid_dpop_proof', description: presented.description });
  }
}

const WORDS = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden' } as const;

function refuse(c: Context<Env>, status: keyof typeof WORDS, challenge: Challenge): Response {
  const { scheme = 'Bearer', error, description, scope } = challenge;
  const said = Object.entries({
    realm: 'Users',
    error,
    error_description: description,
    scope,
    algs: scheme === 'DPoP' ? PROOF_ALGORITHMS.join(' ') : undefined,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]));
  c.header('www-authenticate', `${scheme} ${said.join(', ')}`);
  return c.text(WORDS[status], status);
}
