// In the cell: compression. What comes out is bounded as well as what goes in, for a few bytes can unpack to gigabytes.

import * as zlib from 'node:zlib';
import { z } from 'zod';
import { bytes, type Computation, computation, MAX_BYTES, pieces, refusal } from './wire.ts';

/** At its best quality Brotli spends half a second on a megabyte. */
const MAX_SLOW_BROTLI = 128 * 1024;
const SLOW_QUALITY = 10;
const MAX_DEFLATE = 2 * 1024 * 1024;

const METHODS = {
  gzip: zlib.gzipSync,
  gunzip: zlib.gunzipSync,
  deflate: zlib.deflateSync,
  inflate: zlib.inflateSync,
  deflateRaw: zlib.deflateRawSync,
  inflateRaw: zlib.inflateRawSync,
  unzip: zlib.unzipSync,
  brotliCompress: zlib.brotliCompressSync,
  brotliDecompress: zlib.brotliDecompressSync,
} as const;
type Method = keyof typeof METHODS;

const number = z.int();
const shape = z.strictObject({
  method: z.enum(Object.keys(METHODS) as [Method, ...Method[]]),
  parts: pieces,
  options: z.strictObject({
    level: number.optional(),
    memLevel: number.optional(),
    strategy: number.optional(),
    windowBits: number.optional(),
    finishFlush: number.optional(),
    dictionary: bytes.optional(),
    maxOutputLength: z.int().min(1).optional(),
    params: z.record(z.string().regex(/^\d{1,2}$/), z.union([number, z.boolean()])).optional(),
  }),
});

function checkWork(method: Method, length: number, params: Record<string, number | boolean> | undefined): void {
  const quality = params?.[zlib.constants.BROTLI_PARAM_QUALITY] ?? zlib.constants.BROTLI_DEFAULT_QUALITY;
  if (method === 'brotliCompress' && Number(quality) >= SLOW_QUALITY && length > MAX_SLOW_BROTLI)
    throw refusal(
      'ERR_OUT_OF_RANGE',
      `Scripts can compress at most ${MAX_SLOW_BROTLI} bytes with Brotli's quality ${quality}; set BROTLI_PARAM_QUALITY below ${SLOW_QUALITY}.`,
    );
  if (/^(?:gzip|deflate|brotliC)/.test(method) && length > MAX_DEFLATE)
    throw refusal('ERR_OUT_OF_RANGE', `Scripts can compress at most ${MAX_DEFLATE} bytes at once.`);
}

const compress = computation(shape, ({ method, parts, options }) => {
  checkWork(method, parts.length, options.params);
  const maxOutputLength = Math.min(options.maxOutputLength ?? MAX_BYTES, MAX_BYTES);
  return METHODS[method](parts, { ...options, maxOutputLength } as never);
});

export const COMPRESSION: Readonly<Record<string, Computation>> = { compress };
