// Server, protocol: proofs of possession (RFC 9449): who sends one holds the private key that a token is bound to. A proof
// is for one request, a minute old at most, and good once.
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { ClientRecord, ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { meansBadToken } from './jwt-fault.ts';
import { digest, readPublicJwk } from './public-key.ts';
import { refusal, type TokenRefusal } from './token-answer.ts';

/** Asymmetric ones only (RFC 9449 §4.3). */
export const PROOF_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
] as const;

const LONGEST_AGE_SECONDS = 60;
/** How far a client's clock may be ahead of ours. */
const LEEWAY_SECONDS = 10;
const LONGEST_PROOF = 8192;
const LONGEST_JTI = 255;

/** `keyThumbprint`: RFC 7638, SHA-256: the `jkt` of tokens that are bound to the key. */
export type Proven = { ok: true; keyThumbprint: string } | { ok: false; description: string };

/** The request that a proof has to be for. */
export type ProvenRequest = {
  method: string;
  /** That it was sent to, without the query: `calledAddress`. */
  address: string;
  /** Presented with it, where one is. */
  accessToken?: string;
};

const bad = (description: string): Proven => ({ ok: false, description });

/** Checks the text of a `DPoP` header. `tenant` is the one whose address was called. */
export async function verifyProof(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  proof: string,
  request: ProvenRequest,
): Promise<Proven> {
  if (proof.length > LONGEST_PROOF || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(proof)) return bad('The proof is not one JWT');
  const opened = await open(proof, deps.clock.now());
  if (!opened) return bad('The proof is not a JWT of type dpop+jwt, signed by the public key in its header');
  const { claims, jwk } = opened;
  const now = deps.clock.now() / 1000;
  const { htm, htu, iat, jti, ath } = claims;
  if (htm !== request.method) return bad('The htm of the proof is not the method of the request');
  // By the stored base URL: what Host says is the word of whoever replays a proof at another server.
  if (typeof htu !== 'string' || placeOf(htu) !== placeOf(request.address))
    return bad('The htu of the proof is not the address of the request');
  if (typeof iat !== 'number' || iat < now - LONGEST_AGE_SECONDS || iat > now + LEEWAY_SECONDS)
    return bad('The iat of the proof is not of this minute');
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return bad('The proof has no usable jti');
  if (request.accessToken !== undefined && ath !== digest(request.accessToken))
    return bad('The ath of the proof is not the hash of the access token');
  const keyThumbprint = await calculateJwkThumbprint(jwk, 'sha256');
  const until = (iat + LONGEST_AGE_SECONDS) * 1000 + 1;
  const isNew = await deps.store.once(tenant.id, `proof ${keyThumbprint} ${digest(jti)}`, until, deps.clock.now());
  return isNew ? { ok: true, keyThumbprint } : bad('The proof has been used before');
}

/** The claims, and the key that signed them, when the signature is good. */
async function open(proof: string, now: number): Promise<{ claims: JWTPayload; jwk: JWK } | undefined> {
  try {
    const { alg, jwk: given, typ } = decodeProtectedHeader(proof);
    if (alg === undefined || !PROOF_ALGORITHMS.some((known) => known === alg)) return undefined;
    const jwk = readPublicJwk(given, alg);
    if (!jwk || typ !== 'dpop+jwt') return undefined;
    const checks = { algorithms: [alg], typ: 'dpop+jwt', currentDate: new Date(now) };
    const { payload } = await jwtVerify(proof, await importJWK(jwk, alg), checks);
    return { claims: payload, jwk };
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

/** An address without query and fragment, written in the one way that all its spellings share (RFC 3986 §6.2). */
function placeOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (url?.username !== '' || url.password !== '') return undefined;
  try {
    const path = url.pathname.split('/').map((part) => encodeURIComponent(decodeURIComponent(part)));
    return `${url.origin}${path.join('/')}`;
  } catch {
    return undefined; // A lone percent sign: no address of ours.
  }
}

/** The answer to a token request whose proof is bad, or not there and required. */
export const badProof = (description: string): TokenRefusal => refusal(400, 'invalid_dpop_proof', description);

/** The refusal where a login began with a key and somebody goes on without it, or with another. */
export function refuseOtherKey(asked: string | undefined, proven: string | undefined): TokenRefusal | undefined {
  return asked === undefined || asked === proven ? undefined : badProof('The request is bound to another key');
}

/** The refusal where the client or the API wants tokens bound to a key, and this request brings none. */
export function refuseUnbound(
  client: ClientRecord,
  api: ResourceServerRecord | undefined,
  keyThumbprint: string | undefined,
): TokenRefusal | undefined {
  if (keyThumbprint !== undefined) return undefined;
  const { proof_of_possession: asked } = api?.settings ?? {};
  const byApi =
    typeof asked === 'object' &&
    !Array.isArray(asked) &&
    // Whatever mechanism it names: a token that is bound to nothing is what it does not want.
    asked?.required === true &&
    (asked.required_for !== 'public_clients' || client.authMethod === 'none');
  const byClient = client.settings.require_proof_of_possession === true;
  return byApi || byClient ? badProof('A DPoP proof is required') : undefined;
}
