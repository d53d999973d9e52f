// Guest code: the answer to a request of `http`. Its body is here as a whole when it begins.

import type { OutgoingAnswer } from '../../../outgoing-call.ts';
import { bytesOfWire } from '../../web/wire-bytes.ts';
import { asBuffer } from '../buffer.ts';
import { Readable } from '../stream.ts';
import { joinFields } from './field.ts';

/** What the outside undoes before a script sees the body. */
const DECODED = /^\s*(?:(?:x-)?gzip|deflate|br|zstd)(?:\s*,\s*(?:(?:x-)?gzip|deflate|br|zstd))*\s*$/i;

/** Headers that fit the body as it is here: packages decode by them, and would decode twice. */
function fitting(answer: OutgoingAnswer, method: string): OutgoingAnswer['headers'] {
  const coding = answer.headers.find(([name]) => name === 'content-encoding');
  if (coding === undefined || method === 'HEAD' || !DECODED.test(coding[1])) return answer.headers;
  return answer.headers.filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
}

export class IncomingMessage extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string | string[]>;
  readonly headersDistinct: Record<string, string[]> = {};
  readonly rawHeaders: string[] = [];
  readonly trailers = {};
  readonly rawTrailers: string[] = [];
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly url = '';
  readonly method = null;
  readonly complete = true;
  aborted = false;
  readonly socket: unknown;
  readonly connection: unknown;
  #body: Uint8Array | undefined;

  constructor(answer: OutgoingAnswer, method: string, socket: unknown) {
    super();
    const fields = fitting(answer, method);
    this.statusCode = answer.status;
    this.statusMessage = answer.statusText;
    this.headers = joinFields(fields);
    for (const [name, value] of fields) {
      this.rawHeaders.push(name, value);
      this.headersDistinct[name] = [...(this.headersDistinct[name] ?? []), value];
    }
    this.socket = socket;
    this.connection = socket;
    this.#body = bytesOfWire(answer.body);
  }

  override _read(): void {
    const body = this.#body;
    this.#body = undefined;
    if (body !== undefined && body.length > 0) this.push(asBuffer(body));
    this.push(null);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded) {
      this.aborted = true;
      this.emit('aborted');
    }
    // As in Node: whoever does not listen is not told.
    callback(error !== null && this.listenerCount('error') > 0 ? error : null);
  }

  setTimeout(): this {
    return this;
  }
}
