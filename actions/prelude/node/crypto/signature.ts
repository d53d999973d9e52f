// Guest code: signatures, computed in the cell over everything that was fed in.

import type { WireBytes } from '../../../outgoing-call.ts';
import type { Buffer } from '../buffer.ts';
import { answerLater, type Binary, compute, computeRecord, fromBase64, inEncoding, wire } from './compute.ts';
import { type KeyLike, keyWire } from './key-object.ts';

/** The options that stand beside the key. */
function options(key: KeyLike): Record<string, unknown> {
  if (typeof key !== 'object' || key === null || !('key' in key)) return {};
  const { padding, saltLength, dsaEncoding } = key as Record<string, unknown>;
  return {
    ...(padding !== undefined && { padding }),
    ...(saltLength !== undefined && { saltLength }),
    ...(dsaEncoding !== undefined && { dsaEncoding }),
  };
}

const signParts = (algorithm: string | null, parts: WireBytes[], key: KeyLike): string =>
  compute('sign', { algorithm, parts, key: keyWire(key), ...options(key) });

const verifyParts = (algorithm: string | null, parts: WireBytes[], key: KeyLike, signature: WireBytes): boolean =>
  computeRecord<{ valid: boolean }>('verify', { algorithm, parts, key: keyWire(key), signature, ...options(key) })
    .valid;

class Fed {
  protected readonly parts: WireBytes[] = [];

  update(data: Binary, encoding?: string): this {
    this.parts.push(wire(data, 'data', encoding));
    return this;
  }

  write(data: Binary, encoding?: string): boolean {
    this.update(data, encoding);
    return true;
  }

  end(data?: Binary, encoding?: string): this {
    return data === undefined ? this : this.update(data, encoding);
  }
}

export class Sign extends Fed {
  readonly #algorithm: string;
  constructor(algorithm: string) {
    super();
    this.#algorithm = algorithm;
  }
  sign(key: KeyLike, encoding?: string): Buffer | string {
    return inEncoding(signParts(this.#algorithm, this.parts, key), encoding);
  }
}

export class Verify extends Fed {
  readonly #algorithm: string;
  constructor(algorithm: string) {
    super();
    this.#algorithm = algorithm;
  }
  verify(key: KeyLike, signature: Binary, encoding?: string): boolean {
    return verifyParts(this.#algorithm, this.parts, key, wire(signature, 'signature', encoding));
  }
}

export const createSign = (algorithm: string): Sign => new Sign(algorithm);
export const createVerify = (algorithm: string): Verify => new Verify(algorithm);

export function sign(algorithm: string | null | undefined, data: Binary, key: KeyLike, callback?: unknown): unknown {
  const work = () => fromBase64(signParts(algorithm ?? null, [wire(data, 'data')], key));
  return callback === undefined ? work() : answerLater(callback, work);
}

export function verify(
  algorithm: string | null | undefined,
  data: Binary,
  key: KeyLike,
  signature: Binary,
  callback?: unknown,
): unknown {
  const work = () => verifyParts(algorithm ?? null, [wire(data, 'data')], key, wire(signature, 'signature'));
  return callback === undefined ? work() : answerLater(callback, work);
}
