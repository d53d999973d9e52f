// Guest code: key pairs, encryption with RSA, and secrets that two keys agree on.

import type { Buffer } from '../buffer.ts';
import { wrongType, wrongValue } from '../errors.ts';
import {
  answerLater,
  type Binary,
  bytesOf,
  computeBytes,
  computeRecord,
  fromBase64,
  inEncoding,
  wire,
} from './compute.ts';
import { createSecretKey, type Described, describedKey, type KeyLike, type KeyObject, keyWire } from './key-object.ts';
import { randomBytes } from './random.ts';

type Encoding = { format?: string; type?: string; cipher?: string; passphrase?: Binary };
type PairOptions = Record<string, unknown> & { publicKeyEncoding?: Encoding; privateKeyEncoding?: Encoding };
type Pair = { publicKey: unknown; privateKey: unknown };

const SETTINGS = ['modulusLength', 'publicExponent', 'namedCurve', 'hashAlgorithm', 'mgf1HashAlgorithm', 'saltLength'];

export function generateKeyPairSync(kind: string, options: PairOptions = {}): Pair {
  const settings = Object.fromEntries(
    SETTINGS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  const made = computeRecord<{ publicKey: Described; privateKey: Described }>('generateKeyPair', { kind, ...settings });
  const shape = (key: KeyObject, encoding: Encoding | undefined): unknown =>
    encoding === undefined ? key : key.export(encoding);
  return {
    publicKey: shape(describedKey(made.publicKey), options.publicKeyEncoding),
    privateKey: shape(describedKey(made.privateKey), options.privateKeyEncoding),
  };
}

export function generateKeyPair(kind: string, ...rest: unknown[]): void {
  const callback = rest.pop();
  const options = rest[0] as PairOptions | undefined;
  answerLater(
    callback,
    () => generateKeyPairSync(kind, options),
    ({ publicKey, privateKey }) => [publicKey, privateKey],
  );
}

export function generateKeySync(kind: 'hmac' | 'aes', { length }: { length: number }): KeyObject {
  if (kind !== 'hmac' && kind !== 'aes')
    throw wrongValue(`The argument 'type' must be a supported key type. Received '${kind}'`);
  if (kind === 'aes' && ![128, 192, 256].includes(length))
    throw wrongValue(`The property 'options.length' must be one of: 128, 192, 256. Received ${length}`);
  return createSecretKey(randomBytes(Math.floor(length / 8)) as Buffer);
}

export function generateKey(kind: 'hmac' | 'aes', options: { length: number }, callback: unknown): void {
  answerLater(callback, () => generateKeySync(kind, options));
}

function rsa(operation: string, key: KeyLike, data: Binary): Buffer {
  const { padding, oaepHash, oaepLabel } = (typeof key === 'object' ? key : {}) as Record<string, Binary>;
  return computeBytes('rsa', {
    operation,
    key: keyWire(key),
    data: wire(data, 'buffer'),
    ...(padding !== undefined && { padding }),
    ...(oaepHash !== undefined && { oaepHash }),
    ...(oaepLabel !== undefined && { oaepLabel: wire(oaepLabel, 'key.oaepLabel') }),
  });
}

export const publicEncrypt = (key: KeyLike, data: Binary): Buffer => rsa('publicEncrypt', key, data);
export const publicDecrypt = (key: KeyLike, data: Binary): Buffer => rsa('publicDecrypt', key, data);
export const privateEncrypt = (key: KeyLike, data: Binary): Buffer => rsa('privateEncrypt', key, data);
export const privateDecrypt = (key: KeyLike, data: Binary): Buffer => rsa('privateDecrypt', key, data);

export function diffieHellman(keys: { privateKey: KeyLike; publicKey: KeyLike }): Buffer {
  return computeBytes('agree', { privateKey: keyWire(keys.privateKey), publicKey: keyWire(keys.publicKey) });
}

/** One side of an agreement on a named curve. */
export class ECDH {
  readonly #curve: string;
  #privateKey: Buffer | undefined;
  #publicKey: Buffer | undefined;

  constructor(curve: string) {
    if (typeof curve !== 'string') throw wrongType('curve', 'of type string', curve);
    this.#curve = curve;
  }

  #take(privateKey?: Binary): void {
    const made = computeRecord<{ privateKey: string; publicKey: string }>('ecdh', {
      curve: this.#curve,
      ...(privateKey !== undefined && { privateKey: wire(privateKey, 'privateKey') }),
    });
    this.#privateKey = fromBase64(made.privateKey);
    this.#publicKey = fromBase64(made.publicKey);
  }

  #held(key: Buffer | undefined): Buffer {
    if (key === undefined)
      throw Object.assign(new Error('Failed to get ECDH key'), { code: 'ERR_CRYPTO_OPERATION_FAILED' });
    return key;
  }

  generateKeys(encoding?: string): Buffer | string {
    this.#take();
    return this.getPublicKey(encoding);
  }

  setPrivateKey(key: Binary, encoding?: string): this {
    this.#take(bytesOf(key, 'privateKey', encoding));
    return this;
  }

  getPrivateKey(encoding?: string): Buffer | string {
    const key = this.#held(this.#privateKey);
    return encoding === undefined ? key : key.toString(encoding);
  }

  getPublicKey(encoding?: string): Buffer | string {
    const key = this.#held(this.#publicKey);
    return encoding === undefined ? key : key.toString(encoding);
  }

  computeSecret(other: Binary, inputEncoding?: string, outputEncoding?: string): Buffer | string {
    const { secret } = computeRecord<{ secret: string }>('ecdh', {
      curve: this.#curve,
      privateKey: wire(this.#held(this.#privateKey), 'privateKey'),
      other: wire(other, 'otherPublicKey', inputEncoding),
    });
    return inEncoding(secret, outputEncoding);
  }
}

export const createECDH = (curve: string): ECDH => new ECDH(curve);
