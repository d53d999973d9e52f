// Management: a form with a file in it (RFC 7578), read as it comes: texts are kept, the file is handed on chunk by chunk, and
// whoever takes it sets the speed. Nothing is written to disk here, and no file is ever whole in memory.
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import type { Context } from 'hono';
import { isStorable } from '../request.ts';
import { type Refusal, refuse } from './answer.ts';
import { invalid } from './validation.ts';

/** A form that was not read yet. */
export type Upload = { type: string; coding: string; length: number; bytes: ReadableStream<Uint8Array> | null };

/** Room for the texts beside the file. */
const TEXT_BYTES = 16 * 1024;
const PARTS = 20;

const UNSUPPORTED = refuse(415, 'Unsupported Media Type');
const MALFORMED = refuse(400, 'Invalid multipart payload format');
const tooLarge = (bytes: number) => refuse(413, `Payload content length greater than maximum allowed: ${bytes}`);

export function uploadOf(c: Context): Upload {
  return {
    type: c.req.header('content-type') ?? '',
    coding: c.req.header('content-encoding')?.trim() ?? '',
    length: Number(c.req.header('content-length') ?? 0),
    bytes: c.req.raw.body,
  };
}

type Expected = {
  /** The part that is a file, whatever it says of itself. */
  file: string;
  limitBytes: number;
  /** Is given the file's bytes; a refusal ends the reading. */
  take(chunks: AsyncIterable<Uint8Array>): Promise<Refusal | undefined>;
};

/** The texts of a form by their names; the name of the file stands for an empty one where there was a file. */
export async function readForm(
  upload: Upload,
  { file, limitBytes, take }: Expected,
): Promise<{ ok: true; texts: Record<string, string> } | { ok: false; refusal: Refusal }> {
  if (!/^multipart\/form-data\s*;/i.test(upload.type)) return { ok: false, refusal: UNSUPPORTED };
  // What a few bytes unpack to is bounded by nothing.
  if (!/^(identity)?$/i.test(upload.coding)) return { ok: false, refusal: UNSUPPORTED };
  if (upload.length > limitBytes + TEXT_BYTES) return { ok: false, refusal: tooLarge(limitBytes) };

  const texts = new Map<string, string>();
  const stop = new AbortController();
  let refusal: Refusal | undefined;
  let taking: Promise<void> | undefined;
  let open: Readable | undefined;
  let broken = false;
  const refuseWith = (found: Refusal) => {
    refusal ??= found;
    stop.abort();
  };
  const keep = (name: string, text: string): boolean => {
    if (texts.has(name)) refuseWith(invalid('payload', `Given twice: ${name}`));
    else if (![name, text].every(isStorable) || name === '__proto__') refuseWith(MALFORMED);
    else texts.set(name, text);
    return refusal === undefined;
  };

  const busboy = openParser(upload.type, file, limitBytes);
  if (!busboy) return { ok: false, refusal: MALFORMED };
  busboy.on('field', (name: string, text: string, isNameCut: boolean, isTextCut: boolean) => {
    if (isNameCut || isTextCut || typeof name !== 'string') refuseWith(tooLarge(TEXT_BYTES));
    else keep(name, text);
  });
  busboy.on('partsLimit', () => refuseWith(MALFORMED));
  busboy.on('file', (name: string, stream: BusboyFileStream) => {
    open = stream;
    // It is taken below, where its end is heard of.
    stream.on('error', () => {});
    stream.on('limit', () => refuseWith(tooLarge(limitBytes)));
    if (!keep(name, '')) return;
    taking = take(stream).then(
      (found) => found && refuseWith(found),
      (cause: unknown) => {
        // Broken off, as is told below. Otherwise the fault is ours.
        if (broken) return;
        stop.abort();
        throw cause;
      },
    );
    taking.catch(() => {});
  });

  try {
    const bytes = upload.bytes
      ? Readable.fromWeb(upload.bytes as Parameters<typeof Readable.fromWeb>[0])
      : Readable.from([]);
    await pipeline(bytes, busboy as unknown as Writable, { signal: stop.signal });
  } catch (_broken) {
    broken = true;
    // Whoever takes it would wait for its end for ever.
    open?.destroy(new Error('the form broke off'));
  }
  await taking;
  if (refusal) return { ok: false, refusal };
  return broken ? { ok: false, refusal: MALFORMED } : { ok: true, texts: Object.fromEntries(texts) };
}

function openParser(type: string, file: string, limitBytes: number): InstanceType<typeof Busboy> | undefined {
  try {
    return new Busboy({
      headers: { 'content-type': type },
      limits: { fieldSize: TEXT_BYTES, fieldNameSize: 200, parts: PARTS, fileSize: limitBytes },
      isPartAFile: (name) => name === file,
    });
  } catch (_noBoundary) {
    return undefined;
  }
}
