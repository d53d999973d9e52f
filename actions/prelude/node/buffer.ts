// Guest code: Node's Buffer. npm's `buffer`, taught what it lacks (`base64url`, plain byte arrays where Node takes them) and
// quickened where a loop over every byte would cost an interpreted context most.

import { Buffer } from 'buffer/index.js';
import { decodeBase64, encodeBase64 } from '../web/base64.ts';
import { giveName } from '../web/give-name.ts';
import { binaryOf, decodeUtf8, encodeUtf8 } from '../web/utf8.ts';
import { withCode, wrongType } from './errors.ts';

type Encoding = string | undefined;

const plain = {
  from: Buffer.from as (...args: unknown[]) => Buffer,
  isEncoding: Buffer.isEncoding,
  byteLength: Buffer.byteLength as (...args: unknown[]) => number,
  toText: Buffer.prototype.toString as (...args: unknown[]) => string,
  write: Buffer.prototype.write as (...args: unknown[]) => number,
  fill: Buffer.prototype.fill as (...args: unknown[]) => Buffer,
  equals: Buffer.prototype.equals,
};

const isUrlSafe = (encoding: unknown): boolean =>
  typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';

const asBase64 = (encoding: unknown): unknown => (isUrlSafe(encoding) ? 'base64' : encoding);

/** Gives the bytes the methods of a Buffer; they are not copied. */
function dress(bytes: Uint8Array): Buffer {
  return Object.setPrototypeOf(bytes, Buffer.prototype) as Buffer;
}

/** As `Buffer.prototype.toString` names its encodings; undefined for those that npm's `buffer` reads well enough. */
function textIn(encoding: Encoding, bytes: Uint8Array): string | undefined {
  switch (encoding?.toLowerCase() ?? 'utf8') {
    case 'utf8':
    case 'utf-8':
      return decodeUtf8(bytes, false);
    case 'base64':
      return encodeBase64(bytes);
    case 'base64url':
      return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    case 'latin1':
    case 'binary':
      return binaryOf(bytes);
    default:
      return undefined;
  }
}

function bytesIn(encoding: Encoding, text: string): Uint8Array | undefined {
  switch (encoding?.toLowerCase() ?? 'utf8') {
    case 'utf8':
    case 'utf-8':
      return encodeUtf8(text);
    case 'base64':
    case 'base64url':
      // Undefined for what is no clean base64: Node then reads on over what it does not know, and so does npm's `buffer`.
      return decodeBase64(text);
    default:
      return undefined;
  }
}

const bound = (value: unknown, fallback: number, length: number): number => {
  if (value === undefined) return fallback;
  const whole = Math.trunc(Number(value)) || 0;
  return Math.min(Math.max(whole, 0), length);
};

function from(value: unknown, encoding?: unknown, length?: unknown): Buffer {
  if (typeof value === 'string' && (encoding === undefined || typeof encoding === 'string')) {
    const bytes = bytesIn(encoding, value);
    if (bytes !== undefined) return dress(bytes);
  }
  return asInNode(() => plain.from(value, asBase64(encoding), length), 'first argument', value);
}

/** Its errors have the codes of Node's. */
function asInNode<T>(work: () => T, argument: string, value: unknown): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || 'code' in error || !(error instanceof TypeError)) throw error;
    throw /^Unknown encoding/.test(error.message)
      ? withCode(error, 'ERR_UNKNOWN_ENCODING')
      : wrongType(
          argument,
          'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object',
          value,
        );
  }
}

function toText(this: Buffer, encoding?: unknown, start?: unknown, end?: unknown): string {
  if (encoding === undefined || typeof encoding === 'string') {
    const first = bound(start, 0, this.length);
    const last = Math.max(first, bound(end, this.length, this.length));
    const whole = first === 0 && last === this.length ? this : this.subarray(first, last);
    const text = textIn(encoding, whole);
    if (text !== undefined) return text;
  }
  return asInNode(() => plain.toText.call(this, encoding, start, end), 'encoding', encoding);
}

const additions = {
  from,
  isEncoding: (encoding: unknown) => isUrlSafe(encoding) || plain.isEncoding(encoding as string),
  byteLength: (value: unknown, encoding?: unknown) => plain.byteLength(value, asBase64(encoding)),
  copyBytesFrom(view: ArrayBufferView, offset = 0, length?: number): Buffer {
    const typed = view as Uint8Array;
    const part = typed.slice(offset, length === undefined ? undefined : offset + length);
    return dress(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  },
  poolSize: 8192,
};

const methods = {
  toString: toText,
  toLocaleString: toText,
  write(this: Buffer, ...args: unknown[]): number {
    return plain.write.apply(this, args.map(asBase64));
  },
  fill(this: Buffer, value: unknown, ...args: unknown[]): Buffer {
    return plain.fill.call(this, value, ...args.map(asBase64));
  },
  equals(this: Buffer, other: Uint8Array): boolean {
    if (!(other instanceof Uint8Array)) throw wrongType('otherBuffer', 'an instance of Buffer or Uint8Array', other);
    return plain.equals.call(this, Buffer.isBuffer(other) ? other : dressCopy(other));
  },
};

/** A Buffer over the same memory, for a value that belongs to somebody else. */
function dressCopy(bytes: Uint8Array): Buffer {
  return dress(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

for (const [name, value] of Object.entries(additions)) {
  Object.defineProperty(Buffer, name, { value, writable: true, configurable: true, enumerable: true });
}
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Buffer.prototype, name, { value, writable: true, configurable: true, enumerable: false });
}

giveName(Buffer, 'Buffer');

export { Buffer, dressCopy as asBuffer };
