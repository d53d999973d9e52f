// Guest code: symmetric ciphers. Each call sends all that was fed in so far and keeps the part of the answer that is new, so
// that what is kept stays in here.

import type { WireBytes } from '../../../outgoing-call.ts';
import { asBuffer, type Buffer } from '../buffer.ts';
import { withCode } from '../errors.ts';
import { type Binary, bytesOf, computeRecord, fromBase64, wire } from './compute.ts';
import { secretBytes } from './key-object.ts';

type Options = { authTagLength?: number };
type Setup = { algorithm: string; key: unknown; iv: Binary | null; options: Options | undefined };

class Cipher {
  readonly #setup: Record<string, unknown>;
  readonly #parts: WireBytes[] = [];
  #emitted = 0;
  #isOver = false;
  protected tag: Buffer | undefined;

  constructor(operation: 'encrypt' | 'decrypt', { algorithm, key, iv, options }: Setup) {
    this.#setup = {
      operation,
      algorithm,
      key: wire(secretBytes(key), 'key'),
      iv: iv === null ? null : wire(iv, 'iv'),
      ...(options?.authTagLength !== undefined && { authTagLength: options.authTagLength }),
    };
    // Wrong names, keys and vectors are told at once.
    this.#run(false);
  }

  #run(isFinal: boolean): Buffer {
    const answer = computeRecord<{ data: string; authTag?: string }>('cipher', {
      ...this.#setup,
      parts: this.#parts,
      isFinal,
    });
    if (answer.authTag !== undefined) this.tag = fromBase64(answer.authTag);
    const all = fromBase64(answer.data);
    const fresh = all.subarray(this.#emitted) as Buffer;
    this.#emitted = all.length;
    return fresh;
  }

  update(data: Binary, inputEncoding?: string, outputEncoding?: string): Buffer | string {
    if (this.#isOver) throw over();
    this.#parts.push(wire(data, 'data', inputEncoding));
    return encoded(this.#run(false), outputEncoding);
  }

  final(outputEncoding?: string): Buffer | string {
    if (this.#isOver) throw over();
    const rest = this.#run(true);
    this.#isOver = true;
    return encoded(rest, outputEncoding);
  }

  setAutoPadding(autoPadding = true): this {
    return this.set({ autoPadding });
  }

  setAAD(data: Binary, options?: { plaintextLength?: number; encoding?: string }): this {
    const length = options?.plaintextLength;
    const aad = wire(data, 'buffer', options?.encoding);
    return this.set({ aad, ...(length !== undefined && { plaintextLength: length }) });
  }

  protected set(setup: Record<string, unknown>): this {
    if (this.#isOver) throw over();
    Object.assign(this.#setup, setup);
    return this;
  }
}

const over = (): Error => withCode(new Error('Unsupported state'), 'ERR_CRYPTO_INVALID_STATE');

const encoded = (bytes: Buffer, encoding: string | undefined): Buffer | string =>
  encoding === undefined || encoding === 'buffer' ? bytes : bytes.toString(encoding);

export class Cipheriv extends Cipher {
  constructor(algorithm: string, key: unknown, iv: Binary | null, options?: Options) {
    super('encrypt', { algorithm, key, iv, options });
  }
  getAuthTag(): Buffer {
    if (this.tag === undefined)
      throw withCode(new Error('Invalid state for operation getAuthTag'), 'ERR_CRYPTO_INVALID_STATE');
    return this.tag;
  }
}

export class Decipheriv extends Cipher {
  constructor(algorithm: string, key: unknown, iv: Binary | null, options?: Options) {
    super('decrypt', { algorithm, key, iv, options });
  }
  setAuthTag(tag: Binary, encoding?: string): this {
    return this.set({ authTag: wire(asBuffer(bytesOf(tag, 'buffer', encoding)), 'buffer') });
  }
}

export const createCipheriv = (algorithm: string, key: unknown, iv: Binary | null, options?: Options): Cipheriv =>
  new Cipheriv(algorithm, key, iv, options);
export const createDecipheriv = (algorithm: string, key: unknown, iv: Binary | null, options?: Options): Decipheriv =>
  new Decipheriv(algorithm, key, iv, options);

/** Undefined for a name that is no cipher. */
export function getCipherInfo(algorithm: string | number, options: Record<string, number> = {}): unknown {
  const { keyLength, ivLength } = options;
  const info = computeRecord<{ name?: string }>('cipherInfo', {
    algorithm,
    ...(keyLength !== undefined && { keyLength }),
    ...(ivLength !== undefined && { ivLength }),
  });
  return info.name === undefined ? undefined : info;
}
