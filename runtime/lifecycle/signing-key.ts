// Lifecycle: the keys a tenant signs tokens with. Of each algorithm in use there is a current one and the next, which is
// published before it signs. Made here, sealed by storage, used by the protocol only.
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject, SigningKeyAlgorithm, SigningKeyRecord } from '#storage/records.ts';
import { certify, thumbprintOf } from './certificate.ts';
import type { ImportedKey } from './imported-key.ts';
import type { LifecyclePorts } from './ports.ts';

const generate = promisify(generateKeyPair);

const PLACES = ['current', 'next'] as const;

/**
 * The keys of a tenant, newest first, once there is a current and a next one for `algorithm`: what is missing is made.
 * Safe to call from many servers at once.
 */
export async function completeSigningKeys(
  ports: LifecyclePorts,
  tenantId: string,
  algorithm: SigningKeyAlgorithm,
): Promise<SigningKeyRecord[]> {
  const { signingKeys } = ports.store;
  const known = await signingKeys.list(tenantId);
  const missing = PLACES.filter((wanted) => !known.some((key) => key.algorithm === algorithm && key.place === wanted));
  const bare = known.filter(({ publicJwk }) => publicJwk.x5c === undefined);
  if (missing.length === 0 && bare.length === 0) return known;
  for (const key of bare) await signingKeys.certify(key, certified(ports, key));
  // The next key of a tenant that is new is the younger one; a place that somebody else filled meanwhile is taken.
  const made = await Promise.all(missing.map((place) => newSigningKey(ports, tenantId, { algorithm, place })));
  for (const key of made) await signingKeys.insert(key);
  return signingKeys.list(tenantId);
}

/**
 * Puts keys in place that somebody brought along: of each algorithm the one that `current` names signs, otherwise the first
 * one; the one after it is next, and the others are published. Safe to repeat. False: other keys are there already.
 */
export async function importSigningKeys(
  ports: LifecyclePorts,
  tenantId: string,
  keys: readonly ImportedKey[],
  current: readonly string[],
): Promise<boolean> {
  const { signingKeys } = ports.store;
  const createdAt = ports.now();
  const known = new Map((await signingKeys.list(tenantId)).map((key) => [key.id, key]));
  for (const algorithm of new Set(keys.map((key) => key.algorithm))) {
    const ofIt = keys.filter((key) => key.algorithm === algorithm);
    const first = ofIt.find(({ id }) => current.includes(id)) ?? ofIt[0];
    const ordered = [...ofIt.filter((key) => key === first), ...ofIt.filter((key) => key !== first)];
    for (const [index, { id, privateJwk, publicJwk }] of ordered.entries()) {
      const place = PLACES[index] ?? 'previous';
      const present = known.get(id);
      if (present && (present.place !== place || present.privateJwk.d !== privateJwk.d)) return false;
      const since = place === 'current' ? { currentSince: createdAt } : {};
      const key: SigningKeyRecord = { tenantId, id, algorithm, place, privateJwk, publicJwk, ...since, createdAt };
      const made = { ...key, publicJwk: certified(ports, key) };
      if (!present && (await signingKeys.insert(made)) === 'conflict') return false;
    }
  }
  return true;
}

/** Rotates every algorithm the tenant uses. The answer is the key of the default algorithm that is next now. */
export async function rotateSigningKeys(ports: LifecyclePorts, tenantId: string): Promise<SigningKeyRecord> {
  const keys = await completeSigningKeys(ports, tenantId, 'RS256');
  const next = await successor(ports, tenantId, 'RS256');
  for (const algorithm of new Set(keys.filter(({ place }) => place === 'current').map((key) => key.algorithm))) {
    const fresh = algorithm === 'RS256' ? next : await successor(ports, tenantId, algorithm);
    await ports.store.signingKeys.rotate(fresh, ports.now());
  }
  return next;
}

/** From now on the key verifies nothing. The current key is followed by the next one, the next key by a new one. */
export async function revokeSigningKey(
  ports: LifecyclePorts,
  tenantId: string,
  id: string,
): Promise<SigningKeyRecord | 'missing'> {
  const { signingKeys } = ports.store;
  const key = (await signingKeys.list(tenantId)).find((each) => each.id === id);
  if (!key) return 'missing';
  if (key.revokedAt !== undefined) return key;
  await completeSigningKeys(ports, tenantId, key.algorithm);
  return signingKeys.revoke(id, await successor(ports, tenantId, key.algorithm), ports.now());
}

function successor(ports: LifecyclePorts, tenantId: string, algorithm: SigningKeyAlgorithm): Promise<SigningKeyRecord> {
  return newSigningKey(ports, tenantId, { algorithm, place: 'next' });
}

/** Two JWKs that carry `kid`, `alg` and `use` (RFC 7517 §4); the public one carries its certificate too. */
async function newSigningKey(
  ports: LifecyclePorts,
  tenantId: string,
  { algorithm, place }: Pick<SigningKeyRecord, 'algorithm' | 'place'>,
): Promise<SigningKeyRecord> {
  const { privateKey, publicKey } = await pair(algorithm);
  const id = ports.random.letters(22);
  const createdAt = ports.now();
  const marks = { kid: id, alg: algorithm, use: 'sig' };
  const key: SigningKeyRecord = {
    tenantId,
    id,
    algorithm,
    place,
    privateJwk: { ...(privateKey.export({ format: 'jwk' }) as JsonObject), ...marks },
    publicJwk: { ...(publicKey.export({ format: 'jwk' }) as JsonObject), ...marks },
    ...(place === 'current' ? { currentSince: createdAt } : {}),
    createdAt,
  };
  return { ...key, publicJwk: certified(ports, key) };
}

/** RSA of 2048 bits, or P-256. A pair serves one algorithm, as RFC 8725 §3.2 and the `alg` of a JWK want it. */
function pair(algorithm: SigningKeyAlgorithm): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  return algorithm === 'ES256' ? generate('ec', { namedCurve: 'P-256' }) : generate('rsa', { modulusLength: 2048 });
}

/** The public JWK with a certificate that its private half signed (RFC 7517 §4.7, §4.8). */
function certified({ random }: LifecyclePorts, key: SigningKeyRecord): JsonObject {
  const certificate = certify({
    publicKey: createPublicKey({ key: key.publicJwk, format: 'jwk' }),
    privateJwk: key.privateJwk,
    name: key.tenantId,
    // Positive, and of 127 bits.
    serial: Buffer.from(`4${random.hex(31)}`, 'hex'),
    from: key.createdAt,
  });
  const thumbprint = thumbprintOf(certificate).toString('base64url');
  return { ...key.publicJwk, x5c: [certificate.toString('base64')], x5t: thumbprint };
}
