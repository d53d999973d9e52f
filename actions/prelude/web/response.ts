// Guest code: Response, Fetch standard §5.5.

import type { OutgoingAnswer } from '../../outgoing-call.ts';
import { Body, cloneContent, contentIn, contentOfWire, extract, isUnusable, putContent } from './body.ts';
import { giveName } from './give-name.ts';
import { freezeHeaders, Headers, type HeadersInit } from './headers.ts';
import { URL } from './url.ts';

/** Fetch standard §2.2.3. */
const NULL_BODY = [101, 103, 204, 205, 304];
const REDIRECT = [301, 302, 303, 307, 308];
/** RFC 9110 §15: a reason phrase has no line break. */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

type ResponseInit = { status?: number; statusText?: string; headers?: HeadersInit };
type Shape = {
  type: 'default' | 'basic' | 'error';
  url: string;
  redirected: boolean;
  status: number;
  statusText: string;
};

/** An answer of the network as a response. `method`: that of the request. */
export let responseOf: (answer: OutgoingAnswer, method: string) => Response;

export class Response extends Body {
  #shape: Shape;
  readonly #headers: Headers;

  static {
    giveName(Response, 'Response');
    responseOf = ({ status, statusText, url, redirected, headers, body }, method) => {
      const response = new Response(null);
      response.#shape = { type: 'basic', url: url.replace(/#.*$/s, ''), redirected, status, statusText };
      for (const [name, value] of headers) response.#headers.append(name, value);
      freezeHeaders(response.#headers);
      if (method !== 'HEAD' && !NULL_BODY.includes(status)) putContent(response, contentOfWire(body));
      return response;
    };
  }

  constructor(body: unknown = null, init: ResponseInit = {}) {
    super();
    const { status = 200, statusText = '', headers } = init ?? {};
    const code = Math.trunc(Number(status));
    if (!(code >= 200 && code <= 599)) {
      throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    }
    if (!REASON.test(`${statusText}`)) throw new TypeError('Invalid statusText');
    this.#shape = { type: 'default', url: '', redirected: false, status: code, statusText: `${statusText}` };
    this.#headers = new Headers(headers);
    if (body === null || body === undefined) return;
    if (NULL_BODY.includes(code)) {
      throw new TypeError(`Response constructor: Invalid response status code ${code}`);
    }
    const { content, type } = extract(body);
    putContent(this, content);
    if (type !== undefined && !this.#headers.has('content-type')) this.#headers.append('content-type', type);
  }

  static json(value: unknown, init: ResponseInit = {}): Response {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const headers = new Headers(init?.headers);
    if (!headers.has('content-type')) headers.append('content-type', 'application/json');
    return new Response(text, { ...init, headers });
  }

  static error(): Response {
    const response = new Response(null);
    response.#shape = { type: 'error', url: '', redirected: false, status: 0, statusText: '' };
    freezeHeaders(response.#headers);
    return response;
  }

  static redirect(url: string, status = 302): Response {
    let location: string;
    try {
      location = new URL(url).href;
    } catch (cause) {
      throw new TypeError(`Failed to parse URL from ${url}`, { cause });
    }
    if (!REDIRECT.includes(status)) throw new RangeError(`Invalid status code ${status}`);
    const response = new Response(null, { status, headers: { location } });
    freezeHeaders(response.#headers);
    return response;
  }

  get type(): string {
    return this.#shape.type;
  }
  get url(): string {
    return this.#shape.url;
  }
  get redirected(): boolean {
    return this.#shape.redirected;
  }
  get status(): number {
    return this.#shape.status;
  }
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }
  get statusText(): string {
    return this.#shape.statusText;
  }
  get headers(): Headers {
    return this.#headers;
  }
  clone(): Response {
    const content = contentIn(this);
    if (isUnusable(content)) throw new TypeError('Response.clone: Body has already been consumed.');
    const clone = new Response(null, { headers: this.#headers });
    clone.#shape = this.#shape;
    putContent(clone, content && cloneContent(content));
    return clone;
  }
  get [Symbol.toStringTag](): string {
    return 'Response';
  }
}
