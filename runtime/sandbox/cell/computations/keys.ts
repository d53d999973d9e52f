// In the cell: asymmetric keys. They live in the script's own context as DER and come here with every use; this process
// remembers none of them.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { checkEncryptedKey, encryptedDerOf } from './encrypted-key.ts';
import { bytes, type Computation, computation, name, refusal } from './wire.ts';

const MAX_MODULUS_BITS = 4096;
const MAX_KEY_BYTES = 32 * 1024;
const KINDS = ['rsa', 'rsa-pss', 'dsa', 'ec', 'ed25519', 'ed448', 'x25519', 'x448'];

const encoded = z.strictObject({
  data: bytes,
  format: z.enum(['pem', 'der']),
  type: z.enum(['pkcs1', 'pkcs8', 'spki', 'sec1']).optional(),
  passphrase: bytes.optional(),
});
const jwk = z.strictObject({
  jwk: z.record(z.string().max(32), z.unknown()).refine((value) => JSON.stringify(value).length <= MAX_KEY_BYTES),
});
/** A key as a script has it. */
export const keyMaterial = z.union([encoded, jwk]);
export type KeyMaterial = z.output<typeof keyMaterial>;

function checkSize(key: KeyObject): KeyObject {
  const kind = key.asymmetricKeyType ?? 'unknown';
  if (!KINDS.includes(kind)) throw refusal('ERR_NOT_AVAILABLE', `Scripts cannot use keys of type ${kind}.`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits > MAX_MODULUS_BITS)
    throw refusal(
      'ERR_OUT_OF_RANGE',
      `Scripts can use keys of at most ${MAX_MODULUS_BITS} bits; this one has ${bits}.`,
    );
  return key;
}

function checkLength({ data }: z.output<typeof encoded>): void {
  if (data.length > MAX_KEY_BYTES) throw refusal('ERR_OUT_OF_RANGE', `A key has at most ${MAX_KEY_BYTES} bytes.`);
}

/**
 * The key of a material that is under a passphrase; undefined when it is not, and then no passphrase may be handed on: it
 * would be hashed as often as some hidden reading of the material says.
 */
function openEncrypted({ data, format, type, passphrase }: z.output<typeof encoded>): KeyObject | undefined {
  if (passphrase === undefined) return undefined;
  if (format === 'der') {
    if (type !== 'pkcs8' || isPlain(data)) return undefined;
    checkEncryptedKey(data);
    return createPrivateKey({ key: data, format, type, passphrase });
  }
  const text = data.toString('latin1');
  const der = encryptedDerOf(text);
  if (der !== undefined) {
    checkEncryptedKey(der);
    // From the very bytes that were checked.
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8', passphrase });
  }
  // RFC 1421 §4.6.1.1: such a passphrase is hashed once.
  return OLD_ENCRYPTED.test(text) ? createPrivateKey({ key: data, format, passphrase }) : undefined;
}

/** Of `PrivateKeyInfo`, the first element is a version: an INTEGER. */
function isPlain(der: Buffer): boolean {
  const first = der[1] ?? 0;
  return der[first < 0x80 ? 2 : 2 + (first & 0x7f)] === 0x02;
}

const OLD_ENCRYPTED =
  /^[^-]*-----BEGIN (?:RSA|EC|DSA) PRIVATE KEY-----\r?\nProc-Type: 4,ENCRYPTED(?:(?!-----BEGIN)[\s\S])*$/;

export function openPrivate(material: KeyMaterial): KeyObject {
  if ('jwk' in material) return checkSize(createPrivateKey({ key: material.jwk, format: 'jwk' } as never));
  checkLength(material);
  const { data, format, type } = material;
  return checkSize(openEncrypted(material) ?? createPrivateKey({ key: data, format, ...(type && { type }) } as never));
}

/** A private key or a certificate gives its public key, as in Node. */
export function openPublic(material: KeyMaterial): KeyObject {
  if ('jwk' in material) return checkSize(createPublicKey({ key: material.jwk, format: 'jwk' } as never));
  checkLength(material);
  const { data, format, type } = material;
  const decrypted = openEncrypted(material);
  if (decrypted !== undefined) return createPublicKey(checkSize(decrypted) as never);
  return checkSize(createPublicKey({ key: data, format, ...(type && { type }) } as never));
}

/** A key as the script's `KeyObject` keeps it. */
export function describeKey(key: KeyObject) {
  const { publicExponent, ...details } = key.asymmetricKeyDetails ?? {};
  const der = key.export({
    format: 'der',
    type: key.type === 'private' ? 'pkcs8' : 'spki',
  } as never) as unknown as Buffer;
  return {
    type: key.type,
    kind: key.asymmetricKeyType,
    details: { ...details, ...(publicExponent !== undefined && { publicExponent: String(publicExponent) }) },
    der: der.toString('base64'),
  };
}

const privateKey = computation(z.strictObject({ key: keyMaterial }), ({ key }) => describeKey(openPrivate(key)));
const publicKey = computation(z.strictObject({ key: keyMaterial }), ({ key }) => describeKey(openPublic(key)));

const exportKey = computation(
  z.strictObject({
    key: keyMaterial,
    isPrivate: z.boolean(),
    format: z.enum(['pem', 'der', 'jwk']),
    type: z.enum(['pkcs1', 'pkcs8', 'spki', 'sec1']).optional(),
    cipher: name.optional(),
    passphrase: bytes.optional(),
  }),
  ({ key, isPrivate, ...options }) => {
    const opened = isPrivate ? openPrivate(key) : openPublic(key);
    const result: unknown = opened.export(options as never);
    if (typeof result === 'string') return { text: result };
    return Buffer.isBuffer(result) ? { base64: result.toString('base64') } : { jwk: result };
  },
);

export const KEYS: Readonly<Record<string, Computation>> = { privateKey, publicKey, exportKey };
