// Guest code: hashes. What is fed in is kept in here and computed once, in the cell, when the digest is asked for.

import type { WireBytes } from '../../../outgoing-call.ts';
import { giveName } from '../../web/give-name.ts';
import type { Buffer } from '../buffer.ts';
import { withCode } from '../errors.ts';
import { type Binary, compute, inEncoding, wire } from './compute.ts';
import { type KeyObject, secretWire } from './key-object.ts';

const finalized = (): Error => withCode(new Error('Digest already called'), 'ERR_CRYPTO_HASH_FINALIZED');

/** The part both kinds share. The methods of a stream are there as far as they make sense without one. */
class Digest {
  protected readonly parts: WireBytes[] = [];
  #digest: string | undefined;
  readonly #compute: (parts: WireBytes[]) => string;

  constructor(computeDigest: (parts: WireBytes[]) => string) {
    this.#compute = computeDigest;
  }

  update(data: Binary, encoding?: string): this {
    if (this.#digest !== undefined) throw finalized();
    this.parts.push(wire(data, 'data', encoding));
    return this;
  }

  digest(encoding?: string): Buffer | string {
    if (this.#digest !== undefined) throw finalized();
    this.#digest = this.#compute(this.parts);
    return inEncoding(this.#digest, encoding);
  }

  write(data: Binary, encoding?: string): boolean {
    this.update(data, encoding);
    return true;
  }

  end(data?: Binary, encoding?: string): this {
    if (data !== undefined) this.update(data, encoding);
    return this;
  }

  read(): Buffer | string {
    return this.#digest === undefined ? this.digest() : inEncoding(this.#digest, undefined);
  }

  protected get isOver(): boolean {
    return this.#digest !== undefined;
  }
}

type HashOptions = { outputLength?: number };

export class Hash extends Digest {
  static {
    giveName(Hash, 'Hash');
  }

  readonly #algorithm: string;
  readonly #options: HashOptions;

  constructor(algorithm: string, options: HashOptions = {}) {
    const { outputLength } = options;
    super((parts) => compute('hash', { algorithm, parts, ...(outputLength !== undefined && { outputLength }) }));
    this.#algorithm = algorithm;
    this.#options = options;
  }

  copy(options: HashOptions = this.#options): Hash {
    if (this.isOver) throw finalized();
    const copy = new Hash(this.#algorithm, options);
    copy.parts.push(...this.parts);
    return copy;
  }
}

export class Hmac extends Digest {
  constructor(algorithm: string, key: Binary | KeyObject) {
    const wired = [secretWire(key)];
    super((parts) => compute('hmac', { algorithm, key: wired, parts }));
  }
}

/** Throws at once where the name is no algorithm, as Node does. */
export function createHash(algorithm: string, options?: HashOptions): Hash {
  return new Hash(checked(algorithm), options);
}

export function createHmac(algorithm: string, key: Binary | KeyObject): Hmac {
  return new Hmac(checked(algorithm), key);
}

const COMMON = /^(?:rsa-)?(?:md5|sha-?1|sha-?224|sha-?256|sha-?384|sha-?512)$/i;

function checked(algorithm: string): string {
  // A digest of nothing costs a call; the usual names need none.
  if (typeof algorithm !== 'string' || !COMMON.test(algorithm)) compute('hash', { algorithm, parts: [] });
  return algorithm;
}

/** `crypto.hash`, as of Node 20.12. */
export function hash(algorithm: string, data: Binary, outputEncoding = 'hex'): Buffer | string {
  return createHash(algorithm).update(data).digest(outputEncoding);
}
