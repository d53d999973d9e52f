// Guest code: CryptoKey, Web Cryptography §13. The key itself stays outside; a script has its number.

import { giveName } from './give-name.ts';
import { illegalConstructor } from './illegal-constructor.ts';

const KEY = Symbol('key');

export type KeyDescription = {
  key: number;
  type: 'public' | 'private' | 'secret';
  extractable: boolean;
  /** With bytes as base64, see `algorithm.ts`. */
  algorithm: Record<string, unknown>;
  usages: string[];
};

export let numberOf: (key: CryptoKey) => number;
export let keyOf: (description: KeyDescription) => CryptoKey;

export class CryptoKey {
  readonly #description: KeyDescription;

  static {
    giveName(CryptoKey, 'CryptoKey');
    numberOf = (key) => key.#description.key;
    keyOf = (description) => new CryptoKey(KEY, description);
  }

  constructor(key?: unknown, description?: KeyDescription) {
    if (key !== KEY || description === undefined) throw illegalConstructor();
    this.#description = description;
  }
  get type(): string {
    return this.#description.type;
  }
  get extractable(): boolean {
    return this.#description.extractable;
  }
  get algorithm(): Record<string, unknown> {
    return this.#description.algorithm;
  }
  get usages(): string[] {
    return this.#description.usages;
  }
  get [Symbol.toStringTag](): string {
    return 'CryptoKey';
  }
}
