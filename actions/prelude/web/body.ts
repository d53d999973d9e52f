// Guest code: the body of a Request or Response, Fetch standard §5.2 and §5.3. It is kept in the form it came in, text or
// bytes, and becomes a stream only for those who ask for one.

import type { WireBytes } from '../../outgoing-call.ts';
import { Blob, bytesOfBlob } from './blob.ts';
import type { ByteStream } from './byte-stream.ts';
import { FormData, type FormValue } from './form-data.ts';
import { makeBoundary, readMultipart, writeMultipart } from './multipart.ts';
import { parseForm } from './url-search-params.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';
import { bytesOfWire, bytesToWire, textOfWire, textToWire } from './wire-bytes.ts';

type Source =
  | { kind: 'text'; text: string }
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'wire'; wire: WireBytes }
  | { kind: 'stream' };

/** A body as it was given. `used`: it was read, or is being read. */
export type Content = { source: Source; stream: ByteStream | undefined; used: boolean };

/** Loaded by those who need them: most scripts never see a stream. */
const streams = () => require('./byte-stream.ts') as typeof import('./byte-stream.ts');

const contentOf = (source: Source, stream?: ByteStream): Content => ({ source, stream, used: false });
const tagOf = (value: object): string => `${(value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]}`;

export const contentOfWire = (wire: WireBytes): Content => contentOf({ kind: 'wire', wire });

/** Takes a body as scripts give it, with the content type that goes with it. */
export function extract(body: unknown): { content: Content; type?: string } {
  if (typeof body !== 'object' || body === null) return extractText(`${body}`, 'text/plain;charset=UTF-8');
  if (body instanceof ArrayBuffer)
    return { content: contentOf({ kind: 'bytes', bytes: new Uint8Array(body).slice() }) };
  if (ArrayBuffer.isView(body)) {
    const view = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    return { content: contentOf({ kind: 'bytes', bytes: new Uint8Array(view) }) };
  }
  if (body instanceof Blob) {
    const content = contentOf({ kind: 'bytes', bytes: bytesOfBlob(body) });
    return body.type === '' ? { content } : { content, type: body.type };
  }
  // By their tags, so that those of packages are taken too.
  if (tagOf(body) === 'URLSearchParams')
    return extractText(`${body}`, 'application/x-www-form-urlencoded;charset=UTF-8');
  if (tagOf(body) === 'FormData') {
    if (!(Symbol.iterator in body)) throw foreign('FormData');
    const boundary = makeBoundary();
    const written = writeMultipart(body as Iterable<readonly [string, FormValue]>, boundary);
    const source: Source =
      typeof written === 'string' ? { kind: 'text', text: written } : { kind: 'bytes', bytes: written };
    return { content: contentOf(source), type: `multipart/form-data; boundary=${boundary}` };
  }
  // As text it would be `[object Blob]`, which nobody means.
  if (tagOf(body) === 'Blob' || tagOf(body) === 'File') throw foreign('Blob');
  if (tagOf(body) === 'ReadableStream' || Symbol.asyncIterator in body) return { content: extractStream(body) };
  return extractText(`${body}`, 'text/plain;charset=UTF-8');
}

const foreign = (name: string): TypeError =>
  new TypeError(`A ${name} of another package cannot be a body: use the global ${name}`);

const extractText = (text: string, type: string) => ({ content: contentOf({ kind: 'text', text }), type });

function extractStream(body: object): Content {
  const { isStream, isDisturbed, streamOfIterable } = streams();
  if (!isStream(body)) {
    const stream = streamOfIterable(body as AsyncIterable<unknown>) as ByteStream;
    return contentOf({ kind: 'stream' }, stream);
  }
  if (body.locked || isDisturbed(body)) throw new TypeError('Response body object should not be disturbed or locked');
  return contentOf({ kind: 'stream' }, body);
}

function bytesOf(source: Exclude<Source, { kind: 'stream' }>): Uint8Array<ArrayBuffer> {
  if (source.kind === 'bytes') return source.bytes;
  return source.kind === 'text' ? encodeUtf8(source.text) : bytesOfWire(source.wire);
}

const isUsed = (content: Content | null): boolean =>
  content !== null && (content.used || (content.stream !== undefined && streams().isDisturbed(content.stream)));

export const isUnusable = (content: Content | null): boolean =>
  content !== null && (isUsed(content) || content.stream?.locked === true);

/** A second body of the same; the first may have become another stream. */
export function cloneContent(content: Content): Content {
  if (content.stream === undefined) return contentOf(content.source);
  const [one, other] = content.stream.tee();
  content.stream = one;
  content.source = { kind: 'stream' };
  return contentOf({ kind: 'stream' }, other);
}

async function consume(content: Content | null): Promise<Exclude<Source, { kind: 'stream' }>> {
  if (content === null) return { kind: 'text', text: '' };
  if (isUnusable(content)) throw new TypeError('Body is unusable: Body has already been read');
  content.used = true;
  if (content.stream === undefined && content.source.kind !== 'stream') return content.source;
  return { kind: 'bytes', bytes: await streams().collect(content.stream as ByteStream) };
}

/** What goes over the wire. Streams are read to their end first: requests are sent in one piece. */
export async function wireOf(content: Content): Promise<WireBytes> {
  const source = await consume(content);
  if (source.kind === 'wire') return source.wire;
  return source.kind === 'text' ? textToWire(source.text) : bytesToWire(source.bytes);
}

function decodeSource(source: Exclude<Source, { kind: 'stream' }>): string {
  if (source.kind === 'text') return source.text.toWellFormed();
  return source.kind === 'wire' ? textOfWire(source.wire) : (decodeUtf8(source.bytes, false) ?? '');
}

async function textOf(content: Content | null): Promise<string> {
  const source = await consume(content);
  return decodeSource(source).replace(/^\ufeff/, '');
}

function readForm(text: string): FormData {
  const form = new FormData();
  for (const [name, value] of parseForm(text)) form.append(name, value);
  return form;
}

/** For Request and Response alone: the body they were given. */
export let contentIn: (body: Body) => Content | null;
export let putContent: (body: Body, content: Content | null) => void;

/** What Request and Response share. */
export abstract class Body {
  abstract get headers(): { get(name: string): string | null };
  #content: Content | null = null;

  static {
    contentIn = (body) => body.#content;
    putContent = (body, content) => {
      body.#content = content;
    };
  }

  get body(): ByteStream | null {
    const content = this.#content;
    if (content === null) return null;
    const { source } = content;
    if (content.stream === undefined && source.kind !== 'stream') {
      const spent = content.used;
      const stream = streams().streamOf(() => (spent ? new Uint8Array(0) : bytesOf(source).slice()));
      // One that was read before shows a stream that is in use.
      if (spent) stream.getReader();
      content.stream = stream;
    }
    return content.stream ?? null;
  }
  get bodyUsed(): boolean {
    return isUsed(this.#content);
  }
  text(): Promise<string> {
    return textOf(this.#content);
  }
  async json(): Promise<unknown> {
    return JSON.parse(await textOf(this.#content));
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const source = await consume(this.#content);
    return bytesOf(source).slice();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }
  async blob(): Promise<Blob> {
    const type = this.headers.get('content-type') ?? '';
    return new Blob([await this.bytes()], { type });
  }
  async formData(): Promise<FormData> {
    const type = this.headers.get('content-type') ?? '';
    const boundary = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
    if (boundary !== null) {
      const form = readMultipart(await this.bytes(), boundary[1] ?? boundary[2] ?? '');
      if (form === undefined) throw new TypeError('Failed to parse body as FormData.');
      return form;
    }
    if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return readForm(await this.text());
    throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
  }
}
