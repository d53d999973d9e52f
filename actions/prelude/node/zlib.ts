// Guest code: Node's `zlib`. The work is done in the cell, on the whole of the input; streams collect first.

import type { WireBytes } from '../../outgoing-call.ts';
import type { Buffer } from './buffer.ts';
import { answerLater, type Binary, bytesOf, computeBytes, wire } from './crypto/compute.ts';
import { Transform } from './stream.ts';
import { codes, constants } from './zlib/constants.ts';

type Options = Record<string, unknown> & { dictionary?: Binary };
type Method =
  | 'gzip'
  | 'gunzip'
  | 'deflate'
  | 'inflate'
  | 'deflateRaw'
  | 'inflateRaw'
  | 'unzip'
  | 'brotliCompress'
  | 'brotliDecompress';

const PASSED = ['level', 'memLevel', 'strategy', 'windowBits', 'finishFlush', 'maxOutputLength', 'params'];

function compress(method: Method, parts: WireBytes[], options: Options = {}): Buffer {
  const passed: Record<string, unknown> = {};
  for (const name of PASSED) if (options[name] !== undefined) passed[name] = options[name];
  if (options.dictionary !== undefined) passed.dictionary = wire(options.dictionary, 'options.dictionary');
  return computeBytes('compress', { method, parts, options: passed });
}

const sync = (method: Method) => (data: Binary, options?: Options) => compress(method, [wire(data, 'buffer')], options);

const later =
  (method: Method) =>
  (data: Binary, ...rest: unknown[]): void => {
    const [first, second] = rest;
    const isShort = typeof first === 'function';
    const parts = [wire(data, 'buffer')];
    answerLater(isShort ? first : second, () => compress(method, parts, isShort ? {} : (first as Options | undefined)));
  };

class Collecting extends Transform {
  readonly #method: Method;
  readonly #options: Options | undefined;
  readonly #parts: WireBytes[] = [];
  bytesWritten = 0;

  constructor(method: Method, options?: Options) {
    super();
    this.#method = method;
    this.#options = options;
  }
  override _transform(chunk: Uint8Array, _encoding: string, callback: () => void): void {
    this.bytesWritten += chunk.length;
    this.#parts.push(wire(chunk, 'chunk'));
    callback();
  }
  override _flush(callback: (error: Error | null, data?: Buffer) => void): void {
    try {
      // As in Node, nothing unpacks to nothing.
      const isEmpty = this.bytesWritten === 0 && /^(?:gun|unz|infl|brotliD)/.test(this.#method);
      if (isEmpty) callback(null);
      else callback(null, compress(this.#method, this.#parts, this.#options));
    } catch (error) {
      callback(error as Error);
    }
  }
  close(callback?: () => void): void {
    if (callback !== undefined) this.once('close', callback);
    this.destroy();
  }
  flush(...args: unknown[]): void {
    const callback = args.at(-1);
    if (typeof callback === 'function') queueMicrotask(() => callback());
  }
}

function family(method: Method) {
  class Stream extends Collecting {
    constructor(options?: Options) {
      super(method, options);
    }
  }
  const name = method.charAt(0).toUpperCase() + method.slice(1);
  Object.defineProperty(Stream, 'name', { value: name });
  return {
    [name]: Stream,
    [method]: later(method),
    [`${method}Sync`]: sync(method),
    [`create${name}`]: (options?: Options) => new Stream(options),
  };
}

/** CRC-32 of RFC 1952 §8. */
function crc32(data: Binary, value = 0): number {
  let crc = ~value;
  for (const byte of bytesOf(data, 'data')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export default {
  ...constants,
  ...family('gzip'),
  ...family('gunzip'),
  ...family('deflate'),
  ...family('inflate'),
  ...family('deflateRaw'),
  ...family('inflateRaw'),
  ...family('unzip'),
  ...family('brotliCompress'),
  ...family('brotliDecompress'),
  crc32,
  constants,
  codes,
};
