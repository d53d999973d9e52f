// Guest code: Request, Fetch standard §5.4.

import { AbortSignal } from './abort.ts';
import { Body, cloneContent, contentIn, extract, isUnusable, putContent } from './body.ts';
import { giveName } from './give-name.ts';
import { Headers, type HeadersInit } from './headers.ts';
import { URL } from './url.ts';

const REDIRECTS = ['follow', 'error', 'manual'] as const;
const MODES = ['navigate', 'same-origin', 'no-cors', 'cors'] as const;
const CREDENTIALS = ['omit', 'same-origin', 'include'] as const;
const CACHES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'] as const;
/** Fetch standard §2.2.1. */
const NORMALIZED = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const FORBIDDEN = ['CONNECT', 'TRACE', 'TRACK'];
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export type RequestInit = {
  method?: string;
  headers?: HeadersInit;
  body?: unknown;
  redirect?: (typeof REDIRECTS)[number];
  signal?: AbortSignal | null;
  mode?: (typeof MODES)[number];
  credentials?: (typeof CREDENTIALS)[number];
  cache?: (typeof CACHES)[number];
  integrity?: string;
  keepalive?: boolean;
  referrer?: string;
  referrerPolicy?: string;
  duplex?: 'half';
};

/** Everything of a request but its headers and body. */
type Shape = {
  url: string;
  method: string;
  redirect: (typeof REDIRECTS)[number];
  mode: (typeof MODES)[number];
  credentials: (typeof CREDENTIALS)[number];
  cache: (typeof CACHES)[number];
  integrity: string;
  keepalive: boolean;
  referrer: string;
  referrerPolicy: string;
};

function readUrl(input: unknown): string {
  let url: URL;
  try {
    url = new URL(input);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${input}`, { cause });
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      'Request cannot be constructed from a URL that includes credentials: use the authorization header',
    );
  }
  return url.href;
}

function readMethod(method: unknown): string {
  const text = `${method}`;
  const upper = text.toUpperCase();
  if (!TOKEN.test(text)) throw new TypeError(`'${text}' is not a valid HTTP method.`);
  if (FORBIDDEN.includes(upper)) throw new TypeError(`'${text}' HTTP method is unsupported.`);
  return NORMALIZED.includes(upper) ? upper : text;
}

function readChoice<const T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === `${value}`);
  if (found === undefined) {
    throw new TypeError(`Request constructor: ${name} ${value} is not one of ${choices.join(', ')}.`);
  }
  return found;
}

const DEFAULTS: Omit<Shape, 'url'> = {
  method: 'GET',
  redirect: 'follow',
  mode: 'cors',
  credentials: 'same-origin',
  cache: 'default',
  integrity: '',
  keepalive: false,
  referrer: 'about:client',
  referrerPolicy: '',
};

function readShape(base: Shape, init: RequestInit): Shape {
  const shape = { ...base };
  if (init.method !== undefined) shape.method = readMethod(init.method);
  if (init.redirect !== undefined) shape.redirect = readChoice('redirect', init.redirect, REDIRECTS);
  if (init.mode !== undefined) shape.mode = readChoice('mode', init.mode, MODES);
  if (init.credentials !== undefined) shape.credentials = readChoice('credentials', init.credentials, CREDENTIALS);
  if (init.cache !== undefined) shape.cache = readChoice('cache', init.cache, CACHES);
  if (init.integrity !== undefined) shape.integrity = `${init.integrity}`;
  if (init.keepalive !== undefined) shape.keepalive = Boolean(init.keepalive);
  if (init.referrer !== undefined) shape.referrer = `${init.referrer}`;
  if (init.referrerPolicy !== undefined) shape.referrerPolicy = `${init.referrerPolicy}`;
  return shape;
}

/** As much of a foreign signal as can be followed: packages bring their own. */
function readSignal(signal: unknown): AbortSignal | null {
  if (signal === null || signal === undefined) return null;
  const { aborted, addEventListener } = signal as Partial<AbortSignal>;
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function') {
    throw new TypeError(`Failed to construct 'Request': member signal is not of type AbortSignal.`);
  }
  return signal as AbortSignal;
}

export class Request extends Body {
  readonly #shape: Shape;
  readonly #headers: Headers;
  #signal: AbortSignal | null;

  static {
    giveName(Request, 'Request');
  }

  constructor(input: unknown, init: RequestInit = {}) {
    const from = input instanceof Request ? input : undefined;
    const options = init ?? {};
    super();
    this.#shape = readShape(from === undefined ? { ...DEFAULTS, url: readUrl(input) } : from.#shape, options);
    this.#signal = readSignal(options.signal === undefined && from !== undefined ? from.#signal : options.signal);
    this.#headers = new Headers(options.headers ?? (from === undefined ? undefined : from.#headers));
    const given = options.body ?? undefined;
    const inherited = from === undefined ? null : contentIn(from);
    const { method } = this.#shape;
    if ((given !== undefined || inherited !== null) && (method === 'GET' || method === 'HEAD')) {
      throw new TypeError('Request with GET/HEAD method cannot have body.');
    }
    if (given !== undefined) this.#setBody(given, options);
    else if (inherited !== null) {
      if (isUnusable(inherited)) {
        throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
      }
      putContent(this, { ...inherited });
      inherited.used = true;
    }
  }

  #setBody(body: unknown, init: RequestInit): void {
    const { content, type } = extract(body);
    if (content.source.kind === 'stream' && init.duplex === undefined) {
      throw new TypeError('RequestInit: duplex option is required when sending a body.');
    }
    putContent(this, content);
    if (type !== undefined && !this.#headers.has('content-type')) this.#headers.append('content-type', type);
  }

  get url(): string {
    return this.#shape.url;
  }
  get method(): string {
    return this.#shape.method;
  }
  get headers(): Headers {
    return this.#headers;
  }
  get redirect(): (typeof REDIRECTS)[number] {
    return this.#shape.redirect;
  }
  get mode(): string {
    return this.#shape.mode;
  }
  get credentials(): string {
    return this.#shape.credentials;
  }
  get cache(): string {
    return this.#shape.cache;
  }
  get integrity(): string {
    return this.#shape.integrity;
  }
  get keepalive(): boolean {
    return this.#shape.keepalive;
  }
  get referrer(): string {
    return this.#shape.referrer;
  }
  get referrerPolicy(): string {
    return this.#shape.referrerPolicy;
  }
  get destination(): string {
    return '';
  }
  get duplex(): 'half' {
    return 'half';
  }
  /** Made when it is asked for, where none was given. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.any([]);
    return this.#signal;
  }
  clone(): Request {
    const content = contentIn(this);
    if (isUnusable(content)) throw new TypeError('Request.clone: Body has already been consumed.');
    // Without its body, which the constructor would take away from this one.
    putContent(this, null);
    const clone = new Request(this);
    putContent(this, content);
    putContent(clone, content && cloneContent(content));
    return clone;
  }
  get [Symbol.toStringTag](): string {
    return 'Request';
  }
}
