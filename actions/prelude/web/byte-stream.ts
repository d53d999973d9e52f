// Guest code: streams of bytes that are in memory already, and streams read to their end.

import { ReadableStream } from './streams.ts';
import { encodeUtf8 } from './utf8.ts';

export type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** A stream that gives the bytes in one piece when somebody reads it, and is closed after that. */
export function streamOf(take: () => Uint8Array<ArrayBuffer>): ByteStream {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      type: 'bytes',
      pull(controller) {
        const bytes = take();
        // An empty piece cannot be enqueued.
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
        controller.byobRequest?.respond(0);
      },
    },
    { highWaterMark: 0 },
  ) as unknown as ByteStream;
}

/** Reads to the end. */
export async function collect(stream: ReadableStream<unknown>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
    pieces.push(value);
    length += value.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Something has been read from it, or it was cancelled. The streams keep this to themselves, but the standard asks. */
export const isDisturbed = (stream: object): boolean => (stream as { _disturbed?: boolean })._disturbed === true;

export const isStream = (value: unknown): value is ByteStream => value instanceof ReadableStream;

/** Node's `Readable` may give text. */
async function* inBytes(pieces: AsyncIterable<unknown>): AsyncGenerator<unknown, undefined> {
  for await (const piece of pieces) yield typeof piece === 'string' ? encodeUtf8(piece) : piece;
  return undefined;
}

/** A stream of what an iterable gives: Node's `Readable`, a generator. */
export const streamOfIterable = (pieces: AsyncIterable<unknown>): ReadableStream<unknown> =>
  (ReadableStream as unknown as { from(pieces: AsyncIterable<unknown>): ReadableStream<unknown> }).from(
    inBytes(pieces),
  );
