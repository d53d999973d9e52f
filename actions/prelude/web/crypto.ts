// Guest code: crypto, Web Cryptography §10. Random bytes come from outside, from Node's own generator: never from the dice of
// the run, which can be rolled again.

import { host } from '../host.ts';
import { decodeBase64 } from './base64.ts';
import { exceptionOf } from './dom-exception.ts';
import { giveName } from './give-name.ts';
import { SubtleCrypto } from './subtle.ts';

export { CryptoKey } from './crypto-key.ts';
export { SubtleCrypto };

const MAX_RANDOM = 65_536;

function randomBytes(bytes: number): Uint8Array {
  const drawn = decodeBase64(host.compute('random', JSON.stringify({ bytes })));
  // Zeros in the place of a secret would go unnoticed.
  if (drawn?.length !== bytes) throw new Error('the outside gave no random bytes');
  return drawn;
}

export class Crypto {
  static {
    giveName(Crypto, 'Crypto');
  }

  readonly #subtle = new SubtleCrypto();

  get subtle(): SubtleCrypto {
    return this.#subtle;
  }
  getRandomValues<T extends ArrayBufferView>(view: T): T {
    if (
      !ArrayBuffer.isView(view) ||
      view instanceof DataView ||
      /^Float/.test(`${(view as unknown as Uint8Array)[Symbol.toStringTag]}`)
    ) {
      throw exceptionOf('TypeMismatchError', 'The data argument must be an integer-type TypedArray');
    }
    if (view.byteLength > MAX_RANDOM) {
      const message = `The requested length exceeds ${MAX_RANDOM} bytes`;
      throw exceptionOf('QuotaExceededError', message);
    }
    if (view.byteLength > 0) {
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(randomBytes(view.byteLength));
    }
    return view;
  }
  /** Version 4, RFC 9562 §5.4. */
  randomUUID(): string {
    const bytes = randomBytes(16);
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
  get [Symbol.toStringTag](): string {
    return 'Crypto';
  }
}

export const crypto = new Crypto();
