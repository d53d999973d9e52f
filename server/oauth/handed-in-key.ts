// Server, protocol: a public key as people hand it in: PEM, bare or in a certificate. It is kept as the JWK that it is, and
// named by its thumbprint.
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { JsonObject, PublicKeyRecord } from '#storage/records.ts';
import { readPublicJwk } from './public-key.ts';

const SHORTEST_RSA_BITS = 2048;

export type HandedInKey = Omit<PublicKeyRecord, 'type'> & {
  /** Milliseconds: the end that a certificate says itself. */
  certificateExpiresAt?: number;
};

/**
 * Reads a PEM. Without an `alg` the key says which one it is for.
 * @returns undefined as `key` where it holds no public key that can check signatures of `alg`.
 */
export async function readHandedInKey(
  pem: string,
  alg: PublicKeyRecord['alg'] | undefined,
): Promise<{ alg: PublicKeyRecord['alg']; key: HandedInKey | undefined }> {
  const read = readPem(pem);
  const algorithm = alg ?? (read?.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256');
  const isShort = (read?.asymmetricKeyDetails?.modulusLength ?? SHORTEST_RSA_BITS) < SHORTEST_RSA_BITS;
  const jwk = read && !isShort ? readPublicJwk(read.export({ format: 'jwk' }), algorithm) : undefined;
  if (!jwk) return { alg: algorithm, key: undefined };
  const kid = await calculateJwkThumbprint(jwk, 'sha256');
  const end = pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).validToDate.getTime() : undefined;
  return {
    alg: algorithm,
    key: {
      kid,
      alg: algorithm,
      publicJwk: jwk as JsonObject,
      ...(end === undefined ? {} : { certificateExpiresAt: end }),
    },
  };
}

/** Node would make a public key of a private one, which must not come here at all. */
function readPem(pem: string): KeyObject | undefined {
  if (!/^\s*-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----/.test(pem)) return undefined;
  if (pem.includes('PRIVATE KEY')) return undefined;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? key : undefined;
  } catch {
    return undefined; // What stands between the lines is no key.
  }
}
