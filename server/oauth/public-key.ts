// Server, protocol: public keys that strangers bring, in a proof, a key set or a PEM. Never a private or a symmetric one,
// and none so long that checking a signature with it would be an attack.
import { createHash } from 'node:crypto';
import type { JWK } from 'jose';

/** Members that a public key must not have (RFC 7518 §6): whoever publishes them has lost the key. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** base64url characters of 4,096 bits. */
const LONGEST_MODULUS = 683;
/** base64url characters of 64 bits. */
const LONGEST_EXPONENT = 11;

const CURVES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** The public key that `value` is, if it can check signatures of `alg`. */
export function readPublicJwk(value: unknown, alg: string): JWK | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const jwk = value as Record<string, unknown>;
  if (PRIVATE_MEMBERS.some((name) => name in jwk)) return undefined;
  const members = /^(RS|PS)/.test(alg) ? readRsa(jwk) : alg.startsWith('ES') ? readCurve(jwk, alg) : readEdwards(jwk);
  // Nothing else is taken along: `key_ops`, `x5u` and their like would be instructions of a stranger.
  return members;
}

function readRsa({ kty, n, e }: Record<string, unknown>): JWK | undefined {
  if (kty !== 'RSA' || !isText(n) || !isText(e)) return undefined;
  return n.length <= LONGEST_MODULUS && e.length <= LONGEST_EXPONENT ? { kty, n, e } : undefined;
}

function readCurve({ kty, crv, x, y }: Record<string, unknown>, alg: string): JWK | undefined {
  return kty === 'EC' && isText(crv) && crv === CURVES[alg] && isText(x) && isText(y) ? { kty, crv, x, y } : undefined;
}

function readEdwards({ kty, crv, x }: Record<string, unknown>): JWK | undefined {
  return kty === 'OKP' && crv === 'Ed25519' && isText(x) ? { kty, crv, x } : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9_-]{1,683}$/.test(value);

/** SHA-256 in base64url: what is remembered of a text that somebody else chose. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
