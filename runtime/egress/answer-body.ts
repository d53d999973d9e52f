// Egress: the body of an answer, bounded at every step. What arrives is counted while it arrives, and what it unpacks to
// is counted while it is unpacked: a few kilobytes that would become gigabytes are dropped at the limit.
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, inflateRaw, type ZlibOptions, zstdDecompress } from 'node:zlib';
import type { WireBytes } from '#actions/outgoing-call.ts';
import { EgressFault } from './egress.ts';

/** More than anybody needs; each costs a pass over the limit. */
const MOST_CODINGS = 5;
const CHUNK = 65_536;
// Lenient about a missing end, as browsers are.
const ZLIB: ZlibOptions = {
  chunkSize: CHUNK,
  flush: constants.Z_SYNC_FLUSH,
  finishFlush: constants.Z_SYNC_FLUSH,
};

type Decode = (bytes: Buffer, maxOutputLength: number) => Promise<Buffer>;
const DECODERS: { readonly [coding: string]: Decode } = {
  gzip: (bytes, maxOutputLength) => promisify(gunzip)(bytes, { ...ZLIB, maxOutputLength }),
  // RFC 9110 §8.4.1.2 means the zlib format; some servers send the bare stream.
  deflate: (bytes, maxOutputLength) =>
    promisify(((bytes[0] ?? 0) & 0x0f) === 0x08 ? inflate : inflateRaw)(bytes, { ...ZLIB, maxOutputLength }),
  br: (bytes, maxOutputLength) =>
    promisify(brotliDecompress)(bytes, {
      chunkSize: CHUNK,
      flush: constants.BROTLI_OPERATION_FLUSH,
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      maxOutputLength,
    }),
  zstd: (bytes, maxOutputLength) =>
    promisify(zstdDecompress)(bytes, {
      chunkSize: CHUNK,
      // RFC 9659 §3: a frame may not demand a window of more than 8 MiB.
      params: { [constants.ZSTD_d_windowLogMax]: 23 },
      maxOutputLength,
    }),
};

/** Reads to the end. @throws EgressFault `ERR_EGRESS_TOO_LARGE` as soon as more than `limit` bytes have come. */
export async function collectBody(chunks: AsyncIterable<Buffer>, limit: number, from: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(limit, from);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/**
 * Undoes the codings of `Content-Encoding`, as `fetch` does: the last first, and none at all if one is unknown.
 * @throws EgressFault `ERR_EGRESS_TOO_LARGE` or `ERR_EGRESS_PROTOCOL`.
 */
export async function decodeBody(received: Buffer, codings: string, limit: number, from: string): Promise<Buffer> {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim().replace(/^x-gzip$/, 'gzip'))
    .filter((name) => name !== '');
  if (names.length > MOST_CODINGS) {
    throw new EgressFault('ERR_EGRESS_PROTOCOL', `${from} answered in more than ${MOST_CODINGS} content codings`);
  }
  if (received.length === 0 || !names.every((name) => Object.hasOwn(DECODERS, name))) return received;
  let bytes = received;
  for (const name of names.reverse()) {
    try {
      bytes = (await DECODERS[name]?.(bytes, limit)) ?? bytes;
    } catch (error) {
      if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        throw tooLarge(limit, from);
      throw new EgressFault('ERR_EGRESS_PROTOCOL', `${from} answered with a body that is not ${name}`, {
        cause: error,
      });
    }
  }
  return bytes;
}

/** As it travels in JSON. A byte order mark stays where it was: text and bytes turn into one another without loss. */
export function toWireBytes(bytes: Buffer): WireBytes {
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
}

function tooLarge(limit: number, from: string): EgressFault {
  return new EgressFault('ERR_EGRESS_TOO_LARGE', `the body of the answer of ${from} exceeds ${limit} bytes`);
}
