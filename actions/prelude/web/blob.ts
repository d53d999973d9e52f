// Guest code: Blob and File, File API §3 and §4. Bytes in memory: there is nowhere else to keep them.

import type { ByteStream } from './byte-stream.ts';
import { giveName } from './give-name.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

type Part = string | Blob | ArrayBuffer | ArrayBufferView;
type Options = { type?: string; endings?: 'transparent' | 'native' };

/** The bytes themselves, not a copy. */
export let bytesOfBlob: (blob: Blob) => Uint8Array<ArrayBuffer>;

function concatenate(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function bytesOfPart(part: Part, endings: Options['endings']): Uint8Array {
  if (part instanceof Blob) return bytesOfBlob(part);
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  const text = `${part}`;
  return encodeUtf8(endings === 'native' ? text.replace(/\r\n?/g, '\n') : text);
}

const readType = (type: unknown): string => {
  const text = type === undefined ? '' : `${type}`;
  return /[^\x20-\x7e]/.test(text) ? '' : text.toLowerCase();
};

export class Blob {
  #bytes: Uint8Array<ArrayBuffer>;
  #type: string;

  static {
    giveName(Blob, 'Blob');
    bytesOfBlob = (blob) => blob.#bytes;
  }

  constructor(parts: Iterable<Part> = [], options: Options = {}) {
    if (typeof parts !== 'object' || parts === null || !(Symbol.iterator in parts)) {
      throw Object.assign(new TypeError('Value cannot be converted to sequence.'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    this.#bytes = concatenate(Array.from(parts, (part) => bytesOfPart(part, options?.endings)));
    this.#type = readType(options?.type);
  }

  get size(): number {
    return this.#bytes.length;
  }
  get type(): string {
    return this.#type;
  }
  slice(start = 0, end = this.size, type?: string): Blob {
    const { length } = this.#bytes;
    const clamp = (at: number): number => (at < 0 ? Math.max(length + at, 0) : Math.min(at, length));
    const piece = new Blob([], { type: type ?? '' });
    const from = clamp(Math.trunc(start) || 0);
    piece.#bytes = this.#bytes.slice(from, Math.max(from, clamp(Math.trunc(end) || 0)));
    return piece;
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer;
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes.slice();
  }
  async text(): Promise<string> {
    return (decodeUtf8(this.#bytes, false) ?? '').replace(/^\ufeff/, '');
  }
  stream(): ByteStream {
    const { streamOf } = require('./byte-stream.ts') as typeof import('./byte-stream.ts');
    return streamOf(() => this.#bytes.slice());
  }
  get [Symbol.toStringTag](): string {
    return 'Blob';
  }
}

export class File extends Blob {
  static {
    giveName(File, 'File');
  }

  readonly #name: string;
  readonly #lastModified: number;

  constructor(parts: Iterable<Part>, ...rest: [name?: string, options?: Options & { lastModified?: number }]) {
    const [name, options] = rest;
    if (rest.length === 0) {
      throw Object.assign(new TypeError('The "fileBits" and "fileName" arguments must be specified'), {
        code: 'ERR_MISSING_ARGS',
      });
    }
    super(parts, options);
    this.#name = `${name}`.toWellFormed();
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(options.lastModified) || 0;
  }
  get name(): string {
    return this.#name;
  }
  get lastModified(): number {
    return this.#lastModified;
  }
  get webkitRelativePath(): string {
    return '';
  }
  override get [Symbol.toStringTag](): string {
    return 'File';
  }
}
