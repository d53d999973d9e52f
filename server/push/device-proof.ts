// Server, push: what a device sends, whole and signed: a JWS by the key that it cannot export (RFC 7515, ES256), for one
// address of one tenant, a minute old at most and good once. There is no other way to speak as a device.
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { Device } from '#runtime/push/push.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { meansBadToken } from '../oauth/jwt-fault.ts';
import { digest, readPublicJwk } from '../oauth/public-key.ts';

const ALGORITHM = 'ES256';
/** RFC 8725 §3.11: nothing that was signed for another purpose passes here. */
export const PROOF_TYPE = 'device+jwt';
const LONGEST_AGE_SECONDS = 60;
/** How far a phone's clock may be ahead of ours. */
const LEEWAY_SECONDS = 10;
const LONGEST_JTI = 100;

/** `stale-proof`: its time is not ours; the answer says what ours is, and the device signs again. */
export type ProofRefusal = { ok: false; code: 'invalid-proof' | 'stale-proof' | 'unknown-device' };

type Needed = Pick<Deps, 'store' | 'clock' | 'runtime'>;

/** A call by a device that is known. `path`: the address that was called, which the proof has to be for. */
export async function readDeviceCall(
  deps: Needed,
  tenant: TenantRecord,
  path: string,
  text: string,
): Promise<{ ok: true; device: Device; claims: JsonObject } | ProofRefusal> {
  const { kid } = headerOf(text) ?? {};
  if (typeof kid !== 'string' || !/^dev_[A-Za-z0-9]{16}$/.test(kid)) return { ok: false, code: 'invalid-proof' };
  const device = await deps.runtime.push.find(tenant, kid);
  const jwk = device && readPublicJwk(device.device.publicKey, ALGORITHM);
  if (!device || !jwk) return { ok: false, code: 'unknown-device' };
  const read = await readProof(deps, tenant, path, text, jwk);
  return read.ok ? { ...read, device } : read;
}

/** A call by a phone that is none yet: it shows that it has the private half of the key it brings along. */
export async function readNewDeviceCall(
  deps: Needed,
  tenant: TenantRecord,
  path: string,
  text: string,
): Promise<{ ok: true; publicKey: JsonObject; claims: JsonObject } | ProofRefusal> {
  const jwk = readPublicJwk(headerOf(text)?.jwk, ALGORITHM);
  if (!jwk) return { ok: false, code: 'invalid-proof' };
  const read = await readProof(deps, tenant, path, text, jwk);
  const { kty = '', crv = '', x = '', y = '' } = jwk;
  return read.ok ? { ...read, publicKey: { kty, crv, x, y } } : read;
}

async function readProof(
  { store, clock }: Needed,
  tenant: TenantRecord,
  path: string,
  text: string,
  jwk: JWK,
): Promise<{ ok: true; claims: JsonObject } | ProofRefusal> {
  const at = clock.now();
  const claims = await open(text, jwk, at);
  const { aud, iat, jti } = claims ?? {};
  // By the stored base URL: what Host says is the word of whoever replays a proof at another server.
  const isForHere = aud === `${tenant.baseUrl}${path}`;
  const isUsable = typeof jti === 'string' && jti !== '' && jti.length <= LONGEST_JTI && typeof iat === 'number';
  if (!claims || !isForHere || !isUsable) return { ok: false, code: 'invalid-proof' };
  const seconds = at / 1000;
  if (iat < seconds - LONGEST_AGE_SECONDS || iat > seconds + LEEWAY_SECONDS) return { ok: false, code: 'stale-proof' };
  const signer = await calculateJwkThumbprint(jwk, 'sha256');
  const until = (iat + LONGEST_AGE_SECONDS) * 1000 + 1;
  const isNew = await store.once(tenant.id, `device ${signer} ${digest(jti)}`, until, at);
  return isNew ? { ok: true, claims: claims as JsonObject } : { ok: false, code: 'invalid-proof' };
}

async function open(text: string, jwk: JWK, now: number): Promise<JWTPayload | undefined> {
  try {
    const checks = { algorithms: [ALGORITHM], typ: PROOF_TYPE, currentDate: new Date(now) };
    return (await jwtVerify(text, await importJWK(jwk, ALGORITHM), checks)).payload;
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

function headerOf(text: string) {
  try {
    return decodeProtectedHeader(text);
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}
