// Server, protocol: signed authorization requests (RFC 9101). The parameters come in a JWT that the client has signed, so
// that whoever carries them through the browser can change none of them.
import { decodeProtectedHeader, importJWK, type JWK, type JWTPayload } from 'jose';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { isStorable, type Parameters } from '../request.ts';
import { ASSERTION_ALGORITHMS } from './client-assertion.ts';
import { findClientKeys } from './client-keys.ts';
import { issuerOf } from './issuer.ts';
import { claimsOf } from './jwt-claims.ts';
import { meansBadToken } from './jwt-fault.ts';

/** Those that clients prove themselves with; never `none`. */
export const REQUEST_OBJECT_ALGORITHMS = ASSERTION_ALGORITHMS;

/** RFC 9101 §10.8: a JWT that was made for something else is no request. */
const TYPES = ['jwt', 'oauth-authz-req+jwt'];
const LONGEST = 32 * 1024;
/** Between two clocks. */
const LEEWAY_SECONDS = 10;

/** Claims of the JWT itself; what remains are parameters. */
const OF_THE_JWT = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti'];

export type OpenedRequest =
  | { ok: true; parameters: Parameters }
  | { ok: false; error: 'invalid_request_object'; description: string };

const bad = (description: string): OpenedRequest => ({ ok: false, error: 'invalid_request_object', description });

/** The parameters that `client` has signed. */
export async function openRequestObject(
  deps: Pick<Deps, 'clock' | 'egress'>,
  tenant: TenantRecord,
  client: ClientRecord,
  object: string,
): Promise<OpenedRequest> {
  const header = object.length > LONGEST ? undefined : readHeader(object);
  if (!header) return bad(`The request object must be a JWT signed by one of ${REQUEST_OBJECT_ALGORITHMS.join(', ')}`);
  for (const key of await findClientKeys(deps, client, header, 'request')) {
    const claims = await verify(object, key, header.alg);
    if (claims) return judge(claims, tenant, client, deps.clock.now() / 1000);
  }
  return bad('The request object is not signed by a key of the client');
}

function readHeader(object: string): { alg: string; kid?: string } | undefined {
  try {
    const { alg, kid, typ } = decodeProtectedHeader(object);
    if (!REQUEST_OBJECT_ALGORITHMS.some((known) => known === alg)) return undefined;
    if (typ !== undefined && !TYPES.includes(String(typ).toLowerCase())) return undefined;
    return { alg: String(alg), ...(typeof kid === 'string' ? { kid } : {}) };
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

/** Its claims, whatever they say, when the signature is good. */
async function verify(object: string, key: JWK, alg: string): Promise<JWTPayload | undefined> {
  try {
    return await claimsOf(object, await importJWK(key, alg), alg);
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

/** @param now seconds. */
function judge(claims: JWTPayload, tenant: TenantRecord, client: ClientRecord, now: number): OpenedRequest {
  const { iss, aud, exp, nbf, sub } = claims;
  if (iss !== client.id) return bad('The iss of the request object must be the client_id');
  if (![aud].flat().includes(issuerOf(tenant))) return bad('The aud of the request object must be the issuer');
  if (exp !== undefined && !(typeof exp === 'number' && now < exp + LEEWAY_SECONDS))
    return bad('The request object has expired');
  if (nbf !== undefined && !(typeof nbf === 'number' && now > nbf - LEEWAY_SECONDS))
    return bad('The request object is not valid yet');
  // RFC 9101 §10.8: with a subject it would be an assertion by which the client proves itself.
  if (sub !== undefined) return bad('A request object has no sub');
  if (claims.request !== undefined || claims.request_uri !== undefined)
    return bad('A request object holds no other request object');
  return toParameters(claims);
}

function toParameters(claims: JWTPayload): OpenedRequest {
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(claims)) {
    if (OF_THE_JWT.includes(name) || value === null || value === '') continue;
    // `claims` and its like are JSON in a query too.
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text === undefined || name === '__proto__' || !isStorable(name) || !isStorable(text))
      return bad('The request object holds a text that cannot be kept');
    entries.push([name, text]);
  }
  return { ok: true, parameters: Object.fromEntries(entries) };
}
