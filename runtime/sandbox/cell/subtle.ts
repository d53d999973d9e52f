// In the cell: the Web Cryptography of one run. Keys stay here, the script holds their numbers; they go with the run.

import { type webcrypto as Crypto, webcrypto } from 'node:crypto';
import { MAX_RSA_BITS, readSubtleRequest, type SubtleAlgorithm, type SubtleRequest } from './subtle-request.ts';

export type Subtle = (payload: string) => Promise<string>;
type Key = Crypto.CryptoKey;

const MAX_KEYS = 100;
/** Of RSA, a run: one takes seconds. */
const MAX_RSA_KEYS = 4;
/** Blocks that PBKDF2 may compute in a run. */
const MAX_BLOCKS = 4_000_000;
/** Time of all calls of a run together: a run that has ended leaves no long work behind. */
const MAX_MS = 5000;
/** Bits of a HMAC key whose length is not said, at most. */
const LONGEST_DEFAULT = 1024;

const { subtle } = webcrypto;
const refusal = (message: string): DOMException => new DOMException(message, 'OperationError');

/**
 * The operations of `crypto.subtle` for one run: payload and answer are JSON. One at a time, so that a run never has more
 * than one thread; what waits when the run ends is never begun.
 */
export function createSubtle(isOver: () => boolean): Subtle {
  const keys: Key[] = [];
  let rsaKeys = 0;
  let blocks = 0;
  let spentMs = 0;
  let last: Promise<unknown> = Promise.resolve();

  function find(number: number): Key {
    const key = keys[number];
    if (key === undefined) throw new TypeError('no such key');
    return key;
  }

  function keep(key: Key): object {
    const { modulusLength = 0 } = key.algorithm as { modulusLength?: number };
    if (modulusLength > MAX_RSA_BITS) throw refusal(`RSA keys of scripts have at most ${MAX_RSA_BITS} bits`);
    if (keys.length >= MAX_KEYS) throw refusal(`a script must not make more than ${MAX_KEYS} keys`);
    const { type, extractable, usages } = key;
    return { key: keys.push(key) - 1, type, extractable, algorithm: describe(key.algorithm), usages };
  }

  const keepAll = (made: Key | Crypto.CryptoKeyPair): object =>
    'publicKey' in made
      ? { pair: { publicKey: keep(made.publicKey), privateKey: keep(made.privateKey) } }
      : { key: keep(made) };

  /** The parameters as Node takes them: what was not given is not there, and keys are keys. */
  function parametersOf(algorithm: SubtleAlgorithm): Parameters {
    const { public: other, ...rest } = algorithm as SubtleAlgorithm & { public?: { key: number } };
    const given = Object.entries(rest).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(given), ...(other ? { public: find(other.key) } : {}) } as Parameters;
  }

  function countBlocks(algorithm: SubtleAlgorithm, bits: number): void {
    const { iterations, hash = '' } = algorithm as { iterations?: number; hash?: string | { name: string } };
    if (iterations === undefined) return;
    const hashBits = Number(/\d{3}$/.exec(typeof hash === 'string' ? hash : hash.name)?.[0] ?? 160);
    blocks += iterations * Math.max(1, Math.ceil(bits / hashBits));
    if (blocks > MAX_BLOCKS)
      throw refusal(`PBKDF2 makes at most ${MAX_BLOCKS} iterations in a run, for every block of its output`);
  }

  async function answer(asked: SubtleRequest): Promise<object> {
    switch (asked.operation) {
      case 'digest':
        return inBase64(await subtle.digest(parametersOf(asked.algorithm), asked.data));
      case 'sign':
      case 'encrypt':
      case 'decrypt': {
        const { operation, algorithm, key, data } = asked;
        return inBase64(await subtle[operation](parametersOf(algorithm), find(key), data));
      }
      case 'verify': {
        const { algorithm, key, signature, data } = asked;
        return { is: await subtle.verify(parametersOf(algorithm), find(key), signature, data) };
      }
      case 'generateKey': {
        const { algorithm, extractable, usages } = asked;
        if (/^RSA/i.test(algorithm.name) && ++rsaKeys > MAX_RSA_KEYS) {
          throw refusal(`a script must not generate more than ${MAX_RSA_KEYS} RSA keys`);
        }
        const parameters: Crypto.RsaHashedKeyGenParams = parametersOf(algorithm);
        return keepAll(await subtle.generateKey(parameters, extractable, usages as Crypto.KeyUsage[]));
      }
      case 'exportKey':
        return exported(await subtle.exportKey(asked.format as 'raw', find(asked.key)));
      case 'deriveBits': {
        const { algorithm, key, length } = asked;
        countBlocks(algorithm, length ?? 0);
        return inBase64(await subtle.deriveBits(parametersOf(algorithm), find(key), length as number));
      }
      case 'wrapKey': {
        const { format, key, wrapper, algorithm } = asked;
        const wrapped = subtle.wrapKey(format as Crypto.KeyFormat, find(key), find(wrapper), parametersOf(algorithm));
        return inBase64(await wrapped);
      }
      default:
        return keepAll(await makeKey(asked));
    }
  }

  type Making = Extract<SubtleRequest, { operation: 'importKey' | 'deriveKey' | 'unwrapKey' }>;

  function makeKey(asked: Making): Promise<Key> {
    const { extractable } = asked;
    const algorithm = parametersOf(asked.algorithm);
    const usages = asked.usages as Crypto.KeyUsage[];
    if (asked.operation === 'importKey') {
      const format = asked.format as 'raw';
      const data = 'jwk' in asked.data ? present(asked.data.jwk) : asked.data;
      return subtle.importKey(format, data as Buffer, algorithm, extractable, usages);
    }
    const derived = parametersOf(asked.derived);
    if (asked.operation === 'deriveKey') {
      countBlocks(asked.algorithm, derived.length ?? LONGEST_DEFAULT);
      return subtle.deriveKey(algorithm, find(asked.key), derived, extractable, usages);
    }
    const { format, data, wrapper } = asked;
    return subtle.unwrapKey(format as 'raw', data, find(wrapper), algorithm, derived, extractable, usages);
  }

  async function perform(payload: string): Promise<string> {
    const asked = readSubtleRequest(payload);
    if (spentMs > MAX_MS) throw refusal(`Web Cryptography computes at most ${MAX_MS / 1000} seconds in a run`);
    const from = performance.now();
    try {
      return JSON.stringify(await answer(asked));
    } finally {
      spentMs += performance.now() - from;
    }
  }

  return (payload) => {
    const result = last.then(() => (isOver() ? Promise.reject(refusal('the run has ended')) : perform(payload)));
    last = result.catch(() => {});
    return result;
  };
}

/** Every algorithm's at once: Node reads those it knows and refuses what is wrong in them. */
type Parameters = Crypto.HmacImportParams &
  Crypto.RsaHashedKeyGenParams &
  Crypto.EcKeyGenParams &
  Crypto.AesKeyGenParams &
  Crypto.AesGcmParams &
  Crypto.AesCtrParams &
  Crypto.HkdfParams &
  Crypto.Pbkdf2Params &
  Crypto.EcdhKeyDeriveParams &
  Crypto.RsaPssParams &
  Crypto.EcdsaParams;

const inBase64 = (bytes: ArrayBuffer): object => ({ bytes: Buffer.from(bytes).toString('base64') });

const exported = (data: ArrayBuffer | Crypto.JsonWebKey): object =>
  data instanceof ArrayBuffer ? inBase64(data) : { jwk: data };

/** Without the members that were not given: Node takes `undefined` for a value. */
const present = (jwk: object): object =>
  Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined));

/** A key's algorithm with its bytes as they travel. */
const describe = (algorithm: object): object =>
  Object.fromEntries(
    Object.entries(algorithm).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
    ]),
  );
