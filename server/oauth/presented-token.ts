// Server, protocol: the access token that a request presents to one of our own endpoints (RFC 6750 §2, RFC 9449 §7). A
// token that is bound to a key opens nothing without the proof: whoever stole it holds a piece of paper.
import type { Context } from 'hono';
import type { TenantRecord } from '#storage/records.ts';
import type { Env } from '../deps.ts';
import { calledAddress, type Parameters, readQueryValues } from '../request.ts';
import { type AccessClaims, verifyAccessToken } from './access-token.ts';
import { verifyProof } from './dpop.ts';
import type { KeyDeps } from './keys.ts';

export type Presented =
  | { ok: true; claims: AccessClaims }
  /** No token was sent, or something that is none (`malformed`), or one in two ways at once (`several`). */
  | { ok: false; problem: 'absent' | 'malformed' | 'several' }
  /** Not a live access token of this tenant. */
  | { ok: false; problem: 'invalid' }
  /** Bound to a key, and the request does not prove that it holds it. `description` is for developers. */
  | { ok: false; problem: 'unproven'; description: string };

type Sent = { scheme: 'bearer' | 'dpop'; token: string };

/**
 * Reads the access token of a request. What it is good for is the caller's question: look at `aud` and `scope`.
 * @param body the parameters of a form, where the endpoint takes a token there.
 * @param issuedBy the tenant that must have issued it, where that is not the one whose address was called.
 */
export async function readAccessToken(
  c: Context<Env>,
  deps: KeyDeps,
  { body = {}, issuedBy = c.var.tenant }: { body?: Parameters; issuedBy?: TenantRecord } = {},
): Promise<Presented> {
  const sent = readSentToken(c, body);
  if ('problem' in sent) return { ok: false, ...sent };
  const { scheme, token } = sent;
  const verified = await verifyAccessToken(deps, issuedBy, token);
  if (!verified.ok) return { ok: false, problem: 'invalid' };
  const { keyThumbprint } = verified.claims;
  if (scheme === 'bearer') {
    if (keyThumbprint === undefined) return verified;
    return { ok: false, problem: 'unproven', description: 'The access token is bound to a key: use the scheme DPoP' };
  }
  const unproven = (description: string): Presented => ({ ok: false, problem: 'unproven', description });
  if (keyThumbprint === undefined) return unproven('The access token is bound to no key: use the scheme Bearer');
  const proof = c.req.header('dpop');
  if (proof === undefined) return unproven('The DPoP header is missing');
  const request = { method: c.req.method, address: calledAddress(c), accessToken: token };
  const proven = await verifyProof(deps, c.var.tenant, proof, request);
  if (!proven.ok) return unproven(proven.description);
  return proven.keyThumbprint === keyThumbprint ? verified : unproven('The proof is of another key');
}

/** The token as it was sent; nothing of it is believed yet. */
export function readSentToken(
  c: Context<Env>,
  body: Parameters = {},
): Sent | { problem: 'absent' | 'malformed' | 'several' } {
  const header = c.req.header('authorization')?.trim() ?? '';
  const query = readQueryValues(c);
  const inQuery = query.ok && query.values.has('access_token');
  const ways = [header !== '', body.access_token !== undefined, inQuery].filter(Boolean).length;
  if (ways > 1) return { problem: 'several' };
  if (ways === 0) return { problem: 'absent' };
  // An address is kept in histories and logs (RFC 9700 §4.3.2).
  if (inQuery) return { problem: 'malformed' };
  const text = header === '' ? `Bearer ${body.access_token}` : header;
  const [, scheme, token] = /^(Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i.exec(text) ?? [];
  if (scheme === undefined || token === undefined) return { problem: 'malformed' };
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token };
}
