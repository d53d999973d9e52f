// Lifecycle: signing keys that somebody brings along, as a JWKS with private parts (RFC 7517 §5, RFC 7518 §6). Weak keys
// and pairs that do not belong together are refused before anything is signed with them; `kid` stays as it is.
import { constants, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { JsonObject, SigningKeyAlgorithm } from '#storage/records.ts';

export type ImportedKey = {
  /** The `kid`. */
  id: string;
  algorithm: SigningKeyAlgorithm;
  privateJwk: JsonObject;
  publicJwk: JsonObject;
};

export type ImportedKeys = { ok: true; keys: ImportedKey[] } | { ok: false; flaws: string[] };

const MOST_KEYS = 10;
const SHORTEST_MODULUS = 2048;
/** Longer ones make each signature an attack on ourselves. */
const LONGEST_MODULUS = 4096;
const KID = /^[A-Za-z0-9._~:=+/-]{1,128}$/;

/** @param jwks a key set, or its JSON. */
export function readImportedKeys(jwks: unknown): ImportedKeys {
  const set = typeof jwks === 'string' ? parsed(jwks) : jwks;
  const given = isObject(set) ? set.keys : undefined;
  if (!Array.isArray(given) || given.length === 0) return refused('jwks must be a JWKS, {"keys": [...]}, or its JSON');
  if (given.length > MOST_KEYS) return refused(`jwks must hold no more than ${MOST_KEYS} keys`);
  const read = given.map((jwk, index) => readKey(jwk, `jwks.keys[${index}]`));
  const flaws = read.filter((each) => typeof each === 'string');
  const keys = read.filter((each) => typeof each !== 'string');
  const names = keys.map(({ id }) => id);
  if (new Set(names).size < names.length) flaws.push('jwks holds two keys with the same kid');
  return flaws.length > 0 ? { ok: false, flaws } : { ok: true, keys };
}

const refused = (flaw: string): ImportedKeys => ({ ok: false, flaws: [flaw] });

function readKey(jwk: unknown, at: string): ImportedKey | string {
  if (!isObject(jwk)) return `${at} must be an object`;
  const { kid, use } = jwk;
  if (typeof kid !== 'string' || !KID.test(kid)) return `${at}.kid must be 1 to 128 characters that need no quoting`;
  if (use !== undefined && use !== 'sig') return `${at}.use must be sig`;
  const algorithm = algorithmOf(jwk);
  if (algorithm === undefined) return `${at}: expected RSA with alg RS256 or PS256, or EC P-256 with alg ES256`;
  if (typeof jwk.d !== 'string') return `${at} must hold the private key`;
  const pair = pairOf(jwk);
  if (!pair) return `${at} is no usable private key`;
  if (algorithm !== 'ES256') {
    const { modulusLength = 0, publicExponent = 0n } = pair.publicKey.asymmetricKeyDetails ?? {};
    if (modulusLength < SHORTEST_MODULUS || modulusLength > LONGEST_MODULUS) {
      return `${at} must have from ${SHORTEST_MODULUS} to ${LONGEST_MODULUS} bits`;
    }
    if (publicExponent < 65_537n) return `${at}.e must be 65537 or more`;
  }
  if (!belongTogether(pair, algorithm)) return `${at}: its private and its public part do not belong together`;
  const marks = { kid, alg: algorithm, use: 'sig' };
  return {
    id: kid,
    algorithm,
    privateJwk: { ...(pair.privateKey.export({ format: 'jwk' }) as JsonObject), ...marks },
    publicJwk: { ...(pair.publicKey.export({ format: 'jwk' }) as JsonObject), ...marks },
  };
}

/** A pair serves one algorithm (RFC 8725 §3.2); RSA without one is for RS256, as everywhere here. */
function algorithmOf({ kty, crv, alg }: Record<string, unknown>): SigningKeyAlgorithm | undefined {
  if (kty === 'EC') return crv === 'P-256' && (alg === undefined || alg === 'ES256') ? 'ES256' : undefined;
  if (kty !== 'RSA') return undefined;
  return alg === undefined || alg === 'RS256' ? 'RS256' : alg === 'PS256' ? 'PS256' : undefined;
}

const PUBLIC_MEMBERS = ['kty', 'n', 'e', 'crv', 'x', 'y'];

type Pair = { privateKey: KeyObject; publicKey: KeyObject };

/** The public half is the one that was given, not the one that the private half would make. */
function pairOf(jwk: Record<string, unknown>): Pair | undefined {
  const shared = Object.entries(jwk).filter(([name]) => PUBLIC_MEMBERS.includes(name));
  try {
    return {
      privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
      publicKey: createPublicKey({ key: Object.fromEntries(shared), format: 'jwk' }),
    };
  } catch {
    return undefined; // What Node says of it may hold pieces of the key.
  }
}

function belongTogether({ privateKey, publicKey }: Pair, algorithm: SigningKeyAlgorithm): boolean {
  const text = Buffer.from('a signature of a key that is imported');
  const how = algorithm === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  try {
    return verify('sha256', text, { key: publicKey, ...how }, sign('sha256', text, { key: privateKey, ...how }));
  } catch {
    return false; // Numbers that make no key.
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
