// In the cell: private keys under a passphrase. The key itself says how often its passphrase is hashed (RFC 8018 §6), up to
// hours of work that nothing can interrupt; so that number is read before OpenSSL sees it.

import { refusal } from './wire.ts';

const MAX_INTEGER = 131_072;
/** Iterations × the length of the key, where it is given. */
const MAX_PRODUCT = 131_072 * 32;
/** OBJECT IDENTIFIER 1.3.6.1.4.1.11591.4.11, RFC 7914 §7. */
const SCRYPT = Buffer.from('06092b06010401da47040b', 'hex');
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const CONSTRUCTED = 0x20;

type Element = { tag: number; body: Buffer; end: number };

function refuse(why: string): never {
  throw refusal('ERR_OUT_OF_RANGE', `This encrypted private key cannot be used by a script: ${why}.`);
}

/** One element in DER: one byte of tag, definite length. */
function readElement(der: Buffer, at: number): Element {
  const tag = der[at] ?? refuse('it is cut off');
  const first = der[at + 1] ?? refuse('it is cut off');
  const size = first & 0x7f;
  if ((tag & 0x1f) === 0x1f || first === 0x80 || (first > 0x80 && size > 3)) return refuse('it is not in DER');
  const start = at + 2 + (first < 0x80 ? 0 : size);
  const length = first < 0x80 ? first : der.length < start ? der.length : der.readUIntBE(at + 2, size);
  if (start + length > der.length) return refuse('it is cut off');
  return { tag, body: der.subarray(start, start + length), end: start + length };
}

/** The product of every number in there. */
function multiply(body: Buffer, depth = 0): number {
  let product = 1;
  for (let at = 0; at < body.length; ) {
    const element = readElement(body, at);
    at = element.end;
    if (element.tag === INTEGER) {
      if (element.body.length > 4) return refuse('its passphrase is hashed too often');
      const value = element.body.length === 0 ? 0 : element.body.readIntBE(0, element.body.length);
      if (value > MAX_INTEGER) return refuse(`its passphrase is hashed more than ${MAX_INTEGER} times`);
      product *= Math.max(1, value);
    } else if ((element.tag & CONSTRUCTED) !== 0 && depth < 8) product *= multiply(element.body, depth + 1);
  }
  return product;
}

/** Throws when deriving the key of this EncryptedPrivateKeyInfo (RFC 5958 §3) would take too long. */
export function checkEncryptedKey(der: Buffer): void {
  const outer = readElement(der, 0);
  const algorithm = readElement(outer.body, 0);
  if (outer.tag !== SEQUENCE || algorithm.tag !== SEQUENCE) refuse('it is no PKCS#8');
  if (algorithm.body.includes(SCRYPT)) refuse('its passphrase is hashed with scrypt; use PBKDF2');
  if (multiply(algorithm.body) > MAX_PRODUCT) refuse('its passphrase is hashed too often');
}

const ENCRYPTED_PEM = /-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]+)-----END ENCRYPTED PRIVATE KEY-----/;

/** The DER of a PEM text that holds such a key. */
export function encryptedDerOf(pem: string): Buffer | undefined {
  const [, body] = ENCRYPTED_PEM.exec(pem) ?? [];
  return body === undefined ? undefined : Buffer.from(body, 'base64');
}
