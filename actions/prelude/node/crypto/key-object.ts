// Guest code: keys. A key is the script's own and stays in its context, as DER; the cell is handed it with every use.

import type { WireBytes } from '../../../outgoing-call.ts';
import { encodeBase64 } from '../../web/base64.ts';
import { giveName } from '../../web/give-name.ts';
import { asBuffer, type Buffer } from '../buffer.ts';
import { withCode, wrongType, wrongValue } from '../errors.ts';
import { type Binary, bytesOf, computeRecord, fromBase64, wire } from './compute.ts';

/** As the cell describes an asymmetric key. */
type Described = { type: 'public' | 'private'; kind: string; details: Record<string, unknown>; der: string };

type Material =
  | { data: WireBytes; format: string; type?: string; passphrase?: WireBytes }
  | { jwk: Record<string, unknown> };

type KeyRecord = {
  key: Binary | KeyObject | Record<string, unknown>;
  format?: string;
  type?: string;
  passphrase?: Binary;
  encoding?: string;
};

/** What Node takes for a key. */
export type KeyLike = Binary | KeyObject | KeyRecord;

type ExportOptions = { format?: string; type?: string; cipher?: string; passphrase?: Binary };

const PRIVATE = Symbol('made in here');

export class KeyObject {
  static {
    giveName(KeyObject, 'KeyObject');
  }

  readonly #type: 'secret' | 'public' | 'private';
  readonly #secret: Uint8Array;
  readonly #described: Described | undefined;

  constructor(guard: unknown, secret: Uint8Array | undefined, described: Described | undefined) {
    if (guard !== PRIVATE) throw wrongValue('Use createSecretKey, createPrivateKey or createPublicKey to make a key.');
    this.#type = described?.type ?? 'secret';
    this.#secret = secret ?? new Uint8Array(0);
    this.#described = described;
  }

  static from(key: unknown): KeyObject {
    throw wrongType('key', 'a key of node:crypto; import the exported form of a CryptoKey instead', key);
  }

  get type(): 'secret' | 'public' | 'private' {
    return this.#type;
  }

  get [Symbol.toStringTag](): string {
    return 'KeyObject';
  }

  get symmetricKeySize(): number | undefined {
    return this.#type === 'secret' ? this.#secret.length : undefined;
  }

  get asymmetricKeyType(): string | undefined {
    return this.#described?.kind;
  }

  get asymmetricKeyDetails(): Record<string, unknown> | undefined {
    if (this.#described === undefined) return undefined;
    const { publicExponent, ...details } = this.#described.details;
    return { ...details, ...(publicExponent !== undefined && { publicExponent: BigInt(publicExponent as string) }) };
  }

  equals(other: KeyObject): boolean {
    if (!(other instanceof KeyObject)) throw wrongType('otherKeyObject', 'an instance of KeyObject', other);
    if (this.#type !== other.#type) return false;
    if (this.#described !== undefined) return this.#described.der === other.#described?.der;
    return encodeBase64(this.#secret) === encodeBase64(other.#secret);
  }

  export(options?: ExportOptions): Buffer | string | Record<string, unknown> {
    const described = this.#described;
    if (described === undefined) return exportSecret(this.#secret, options);
    const { format, type, cipher, passphrase } = options ?? {};
    if (format === undefined) throw wrongType('options', 'of type object', options);
    const answer = computeRecord<{ text?: string; base64?: string; jwk?: Record<string, unknown> }>('exportKey', {
      key: materialOf(this),
      isPrivate: described.type === 'private',
      format,
      ...(type !== undefined && { type }),
      ...(cipher !== undefined && { cipher }),
      ...(passphrase !== undefined && { passphrase: wire(passphrase, 'passphrase') }),
    });
    return answer.text ?? answer.jwk ?? fromBase64(answer.base64 ?? '');
  }

  /** The bytes of a secret key. */
  static secretOf(key: KeyObject): Uint8Array {
    if (key.#type !== 'secret')
      throw withCode(
        new TypeError(`Invalid key object type ${key.#type}, expected secret.`),
        'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
      );
    return key.#secret;
  }

  static materialOf(key: KeyObject): Material {
    if (key.#described === undefined)
      throw withCode(
        new TypeError('Invalid key object type secret, expected private or public.'),
        'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
      );
    const { type, der } = key.#described;
    return { data: { base64: der }, format: 'der', type: type === 'private' ? 'pkcs8' : 'spki' };
  }
}

const { materialOf } = KeyObject;

function exportSecret(secret: Uint8Array, options: ExportOptions | undefined): Buffer | Record<string, unknown> {
  if (options?.format !== 'jwk') return asBuffer(secret.slice());
  return { kty: 'oct', k: asBuffer(secret).toString('base64url') };
}

/** The key of an HMAC or a cipher. */
export function secretBytes(key: unknown, encoding?: string): Uint8Array {
  return key instanceof KeyObject ? KeyObject.secretOf(key) : bytesOf(key, 'key', encoding);
}

export function secretWire(key: unknown, encoding?: string): WireBytes {
  return key instanceof KeyObject ? { base64: encodeBase64(KeyObject.secretOf(key)) } : wire(key, 'key', encoding);
}

/** An asymmetric key as it travels. */
export function keyWire(key: unknown): Material {
  if (key instanceof KeyObject) return materialOf(key);
  if (typeof key === 'string' || ArrayBuffer.isView(key) || key instanceof ArrayBuffer)
    return { data: wire(key, 'key'), format: 'pem' };
  if (typeof key !== 'object' || key === null) throw wrongType('key', 'a key', key);
  const { key: inner, format = 'pem', type, passphrase, encoding } = key as KeyRecord;
  if (inner instanceof KeyObject) return materialOf(inner);
  if (isJwk(inner)) return { jwk: inner };
  return {
    data: wire(inner, 'key.key', encoding),
    format,
    ...(type !== undefined && { type }),
    ...(passphrase !== undefined && { passphrase: wire(passphrase, 'key.passphrase', encoding) }),
  };
}

const isJwk = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && 'kty' in value && !ArrayBuffer.isView(value);

export const describedKey = (described: Described): KeyObject => new KeyObject(PRIVATE, undefined, described);

export function createSecretKey(key: Binary, encoding?: string): KeyObject {
  return new KeyObject(PRIVATE, bytesOf(key, 'key', encoding).slice(), undefined);
}

export const createPrivateKey = (key: KeyLike): KeyObject =>
  describedKey(computeRecord<Described>('privateKey', { key: keyWire(key) }));

/** A private key or a certificate gives its public key. */
export function createPublicKey(key: KeyLike): KeyObject {
  const inner = typeof key === 'object' && 'key' in key ? key.key : key;
  if (inner instanceof KeyObject && inner.type === 'public')
    throw withCode(
      new TypeError('Invalid key object type public, expected private.'),
      'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE',
    );
  return describedKey(computeRecord<Described>('publicKey', { key: keyWire(key) }));
}

export type { Described };
