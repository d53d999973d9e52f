// Guest code: crypto.subtle, Web Cryptography §14. Every operation is asked of the outside; bytes travel as base64.

import { host } from '../host.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { CryptoKey, type KeyDescription, keyOf, numberOf } from './crypto-key.ts';
import { DOMException } from './dom-exception.ts';
import { giveName } from './give-name.ts';

type Bytes = ArrayBuffer | ArrayBufferView;
type Algorithm = string | Record<string, unknown>;
type Answer = {
  bytes?: string;
  is?: boolean;
  jwk?: object;
  key?: KeyDescription;
  pair?: Record<string, KeyDescription>;
};

const MAX_INPUT = 1024 * 1024;

function readBytes(value: unknown, what: string): { base64: string } {
  const isView = ArrayBuffer.isView(value);
  if (!isView && !(value instanceof ArrayBuffer)) {
    throw new TypeError(`${what} is not an ArrayBuffer or a view of one`);
  }
  const bytes = isView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
  if (bytes.length > MAX_INPUT) throw new DOMException('Web Cryptography takes at most 1 MB a call', 'OperationError');
  return { base64: encodeBase64(bytes) };
}

function readKey(key: unknown, what = 'key'): { key: number } {
  if (!(key instanceof CryptoKey)) throw new TypeError(`${what} is not of type CryptoKey`);
  return { key: numberOf(key) };
}

/** The parameters with their bytes and keys as they travel; the outside knows which belong to which algorithm. */
function readAlgorithm(algorithm: unknown): unknown {
  if (typeof algorithm === 'string') return algorithm;
  if (typeof algorithm !== 'object' || algorithm === null) throw new TypeError('Algorithm: Type error');
  const read: Record<string, unknown> = {};
  for (const name in algorithm) {
    const value = (algorithm as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (value instanceof CryptoKey) read[name] = readKey(value);
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) read[name] = readBytes(value, name);
    else read[name] = name === 'hash' ? readAlgorithm(value) : value;
  }
  return read;
}

/** Errors of the outside as what they are here. */
function errorOf(reason: unknown): unknown {
  const { name = 'Error', message = '' } = reason as { name?: string; message?: string };
  if (name === 'TypeError') return new TypeError(message);
  return new DOMException(message, name === 'Error' || name === 'RangeError' ? 'OperationError' : name);
}

function makeKey(description: KeyDescription): CryptoKey {
  const { publicExponent } = description.algorithm as { publicExponent?: { base64: string } };
  if (publicExponent === undefined) return keyOf(description);
  const algorithm = { ...description.algorithm, publicExponent: decodeBase64(publicExponent.base64) };
  return keyOf({ ...description, algorithm });
}

async function ask(operation: string, parameters: Record<string, unknown>): Promise<Answer> {
  const { answer } = host.call('subtle', JSON.stringify({ operation, ...parameters }));
  let text: string;
  try {
    text = await answer;
  } catch (reason) {
    throw errorOf(reason);
  }
  return JSON.parse(text) as Answer;
}

const bufferIn = ({ bytes = '' }: Answer): ArrayBuffer => decodeBase64(bytes)?.buffer ?? new ArrayBuffer(0);

function keysIn({ key, pair }: Answer): CryptoKey | { publicKey: CryptoKey; privateKey: CryptoKey } {
  if (key !== undefined) return makeKey(key);
  const { publicKey, privateKey } = pair as { publicKey: KeyDescription; privateKey: KeyDescription };
  return { publicKey: makeKey(publicKey), privateKey: makeKey(privateKey) };
}

/** A key as it is imported: a JWK, or bytes. */
function readKeyData(format: string, data: unknown): unknown {
  if (format !== 'jwk') return readBytes(data, 'keyData');
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data) || data instanceof ArrayBuffer) {
    throw new TypeError('keyData is not a JsonWebKey');
  }
  return { jwk: data };
}

const readUsages = (usages: unknown): string[] => Array.from(usages as Iterable<unknown>, (usage) => `${usage}`);

export class SubtleCrypto {
  static {
    giveName(SubtleCrypto, 'SubtleCrypto');
  }

  async digest(algorithm: Algorithm, data: Bytes): Promise<ArrayBuffer> {
    return bufferIn(await ask('digest', { algorithm: readAlgorithm(algorithm), data: readBytes(data, 'data') }));
  }
  async sign(algorithm: Algorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    const parameters = { algorithm: readAlgorithm(algorithm), ...readKey(key), data: readBytes(data, 'data') };
    return bufferIn(await ask('sign', parameters));
  }
  async verify(algorithm: Algorithm, key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean> {
    const parameters = {
      algorithm: readAlgorithm(algorithm),
      ...readKey(key),
      signature: readBytes(signature, 'signature'),
      data: readBytes(data, 'data'),
    };
    return (await ask('verify', parameters)).is === true;
  }
  async encrypt(algorithm: Algorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    const parameters = { algorithm: readAlgorithm(algorithm), ...readKey(key), data: readBytes(data, 'data') };
    return bufferIn(await ask('encrypt', parameters));
  }
  async decrypt(algorithm: Algorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
    const parameters = { algorithm: readAlgorithm(algorithm), ...readKey(key), data: readBytes(data, 'data') };
    return bufferIn(await ask('decrypt', parameters));
  }
  async generateKey(algorithm: Algorithm, extractable: boolean, usages: Iterable<string>): Promise<unknown> {
    const parameters = {
      algorithm: readAlgorithm(algorithm),
      extractable: Boolean(extractable),
      usages: readUsages(usages),
    };
    return keysIn(await ask('generateKey', parameters));
  }
  async importKey(
    format: string,
    data: unknown,
    algorithm: Algorithm,
    extractable: boolean,
    usages: Iterable<string>,
  ): Promise<unknown> {
    const parameters = {
      format,
      data: readKeyData(format, data),
      algorithm: readAlgorithm(algorithm),
      extractable: Boolean(extractable),
      usages: readUsages(usages),
    };
    return keysIn(await ask('importKey', parameters));
  }
  async exportKey(format: string, key: CryptoKey): Promise<unknown> {
    const answer = await ask('exportKey', { format, ...readKey(key) });
    return answer.jwk ?? bufferIn(answer);
  }
  async deriveBits(algorithm: Algorithm, key: CryptoKey, length: number | null = null): Promise<ArrayBuffer> {
    return bufferIn(await ask('deriveBits', { algorithm: readAlgorithm(algorithm), ...readKey(key), length }));
  }
  async deriveKey(
    algorithm: Algorithm,
    key: CryptoKey,
    derived: Algorithm,
    extractable: boolean,
    usages: Iterable<string>,
  ): Promise<unknown> {
    const parameters = {
      algorithm: readAlgorithm(algorithm),
      ...readKey(key),
      derived: readAlgorithm(derived),
      extractable: Boolean(extractable),
      usages: readUsages(usages),
    };
    return keysIn(await ask('deriveKey', parameters));
  }
  async wrapKey(format: string, key: CryptoKey, wrapper: CryptoKey, algorithm: Algorithm): Promise<ArrayBuffer> {
    const wrapping = readKey(wrapper, 'wrappingKey').key;
    return bufferIn(
      await ask('wrapKey', { format, ...readKey(key), wrapper: wrapping, algorithm: readAlgorithm(algorithm) }),
    );
  }
  async unwrapKey(
    format: string,
    wrapped: Bytes,
    wrapper: CryptoKey,
    algorithm: Algorithm,
    unwrapped: Algorithm,
    extractable: boolean,
    usages: Iterable<string>,
  ): Promise<unknown> {
    const parameters = {
      format,
      data: readBytes(wrapped, 'wrappedKey'),
      wrapper: readKey(wrapper, 'unwrappingKey').key,
      algorithm: readAlgorithm(algorithm),
      derived: readAlgorithm(unwrapped),
      extractable: Boolean(extractable),
      usages: readUsages(usages),
    };
    return keysIn(await ask('unwrapKey', parameters));
  }
  get [Symbol.toStringTag](): string {
    return 'SubtleCrypto';
  }
}
