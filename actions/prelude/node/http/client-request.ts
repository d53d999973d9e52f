// Guest code: a request of `http` or `https`. Its body is collected, sent as a whole when it ends, and answered as a whole.

import type { OutgoingCall } from '../../../outgoing-call.ts';
import { type OutgoingError, type Signal, send } from '../../web/outgoing.ts';
import { bytesToWire, textToWire } from '../../web/wire-bytes.ts';
import { Buffer } from '../buffer.ts';
import { withCode } from '../errors.ts';
import { EventEmitter } from '../events.ts';
import { Writable } from '../stream.ts';
import { Agent, refuseUnsafe, tlsOf } from './agent.ts';
import { validateHeaderName, validateHeaderValue } from './field.ts';
import { IncomingMessage } from './incoming-message.ts';
import { addressOf, type Listener, pathOf, type RequestOptions, readArguments } from './request-target.ts';

type Field = { name: string; value: string | string[] };

/** Stands where packages look for a connection; there is none in here. */
class Socket extends EventEmitter {
  readonly encrypted: boolean;
  readonly authorized = true;
  readonly writable = true;
  destroyed = false;
  readonly #owner: { destroy(error?: Error): unknown };
  constructor(isEncrypted: boolean, owner: { destroy(error?: Error): unknown }) {
    super();
    this.encrypted = isEncrypted;
    this.#owner = owner;
  }
  setTimeout = (): this => this;
  setNoDelay = (): this => this;
  setKeepAlive = (): this => this;
  ref = (): this => this;
  unref = (): this => this;
  destroy(error?: Error): this {
    this.#owner.destroy(error);
    return this;
  }
}

const hangUp = (): Error => withCode(new Error('socket hang up'), 'ECONNRESET');

export class ClientRequest extends Writable {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  readonly agent: unknown;
  aborted = false;
  reusedSocket = false;
  maxHeadersCount: number | null = null;
  timeout: number | undefined;
  readonly socket: Socket;
  readonly connection: Socket;
  readonly #options: RequestOptions;
  readonly #fields = new Map<string, Field>();
  readonly #chunks: Buffer[] = [];
  #texts: string[] | undefined = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #giveUp: (() => void) | undefined;
  #response: IncomingMessage | undefined;
  #isDone = false;

  constructor(defaults: { protocol: string; agent: Agent }, ...args: unknown[]) {
    super({ autoDestroy: false, decodeStrings: false });
    const { options, listener } = readArguments(args);
    const agent = options.agent instanceof Agent ? options.agent : defaults.agent;
    const protocol = options.protocol || defaults.protocol;
    if (protocol !== defaults.protocol)
      throw withCode(
        new TypeError(`Protocol "${protocol}" not supported. Expected "${defaults.protocol}"`),
        'ERR_INVALID_PROTOCOL',
      );
    refuseUnsafe(options);
    this.method = String(options.method ?? 'GET').toUpperCase();
    this.path = pathOf(options);
    this.host = String(options.hostname || options.host || 'localhost');
    this.protocol = protocol;
    this.agent = agent;
    this.#options = { ...options, agent };
    this.socket = new Socket(protocol === 'https:', this);
    this.connection = this.socket;
    this.#readFields(options.headers);
    if (options.auth && !this.hasHeader('authorization'))
      this.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
    if (listener !== undefined) this.once('response', listener);
    if (options.timeout) this.setTimeout(options.timeout);
    this.#follow(options.signal);
    queueMicrotask(() => this.emit('socket', this.socket));
  }

  #readFields(headers: unknown): void {
    if (Array.isArray(headers)) {
      const pairs = Array.isArray(headers[0])
        ? headers
        : headers.flatMap((name, i) => (i % 2 ? [] : [[name, headers[i + 1]]]));
      for (const [name, value] of pairs) this.appendHeader(name, value);
    } else if (typeof headers === 'object' && headers !== null) {
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value);
    }
  }

  #follow(signal: AbortSignal | undefined): void {
    if (signal === undefined || signal === null) return;
    const abort = (): void => {
      this.destroy(
        Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
          name: 'AbortError',
          code: 'ABORT_ERR',
        }),
      );
    };
    if (signal.aborted) queueMicrotask(abort);
    else signal.addEventListener('abort', abort, { once: true });
  }

  setHeader(name: string, value: unknown): this {
    validateHeaderName(name);
    for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, one);
    this.#fields.set(name.toLowerCase(), { name, value: Array.isArray(value) ? value.map(String) : String(value) });
    return this;
  }
  appendHeader(name: string, value: unknown): this {
    const before = this.#fields.get(String(name).toLowerCase())?.value;
    return this.setHeader(name, before === undefined ? value : [before, value].flat());
  }
  setHeaders(headers: Iterable<[string, string]>): this {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }
  getHeader(name: string): string | string[] | undefined {
    return this.#fields.get(name.toLowerCase())?.value;
  }
  getHeaders(): Record<string, string | string[]> {
    return Object.fromEntries([...this.#fields].map(([name, { value }]) => [name, value]));
  }
  getHeaderNames(): string[] {
    return [...this.#fields.keys()];
  }
  getRawHeaderNames(): string[] {
    return [...this.#fields.values()].map(({ name }) => name);
  }
  hasHeader(name: string): boolean {
    return this.#fields.has(name.toLowerCase());
  }
  removeHeader(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }
  flushHeaders(): void {}
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}

  get finished(): boolean {
    return this.writableEnded;
  }
  get res(): IncomingMessage | undefined {
    return this.#response;
  }

  /** Emits `timeout` when there is no answer by then; as in Node, ending the request is up to the listener. */
  setTimeout(milliseconds: number, listener?: Listener): this {
    if (listener !== undefined) this.once('timeout', listener);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.timeout = milliseconds;
    if (milliseconds > 0 && this.#response === undefined && !this.#isDone) {
      this.#timer = setTimeout(() => this.emit('timeout'), milliseconds);
    }
    return this;
  }

  override _write(chunk: unknown, encoding: string, callback: (error?: Error | null) => void): void {
    if (typeof chunk === 'string' && this.#texts !== undefined && /^utf-?8$/i.test(encoding)) this.#texts.push(chunk);
    else {
      if (this.#texts !== undefined && this.#texts.length > 0) this.#chunks.push(Buffer.from(this.#texts.join('')));
      this.#texts = undefined;
      this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding as 'utf8') : (chunk as Buffer));
    }
    callback();
  }

  #body(): OutgoingCall['body'] {
    const text = this.#texts?.join('');
    if (text !== undefined) return text === '' ? undefined : textToWire(text);
    const bytes = Buffer.concat(this.#chunks);
    return bytes.length === 0 ? undefined : bytesToWire(bytes);
  }

  override _final(callback: (error?: Error | null) => void): void {
    const { agent } = this.#options;
    const body = this.#body();
    const tls = tlsOf((agent as Agent).options, this.#options);
    const call: OutgoingCall = {
      url: addressOf(this.#options, this.protocol, this.path),
      method: this.method,
      headers: [...this.#fields.values()].flatMap(({ name, value }) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
      redirect: 'manual',
      ...(body !== undefined && { body }),
      ...(tls !== undefined && this.protocol === 'https:' && { tls }),
    };
    try {
      send(call, this.#signal()).then(
        (answer) => this.#answer(new IncomingMessage(answer, this.method, this.socket)),
        (error: OutgoingError) => this.destroy(error),
      );
    } catch (error) {
      this.destroy(error as Error);
    }
    callback();
  }

  /** Lets go of the call when the request is destroyed. */
  #signal(): Signal {
    const request = this;
    return {
      get aborted() {
        return request.destroyed;
      },
      reason: hangUp(),
      addEventListener: (_type, listener) => {
        this.#giveUp = listener;
      },
      removeEventListener: () => {
        this.#giveUp = undefined;
      },
    };
  }

  #answer(response: IncomingMessage): void {
    if (this.destroyed) return;
    clearTimeout(this.#timer);
    this.#response = response;
    Object.defineProperty(response, 'req', { value: this, enumerable: false });
    response.once('end', () => this.#end());
    response.once('close', () => this.#end());
    if (this.listenerCount('response') === 0) response.resume();
    else this.emit('response', response);
  }

  #end(): void {
    this.#isDone = true;
    this.destroy();
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    queueMicrotask(() => this.emit('abort'));
    this.destroy();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.socket.destroyed = true;
    this.#giveUp?.();
    if (this.#response !== undefined) {
      if (!this.#isDone) this.#response.destroy(error ?? undefined);
      callback(null);
    } else callback(error ?? hangUp());
    queueMicrotask(() => this.socket.emit('close', error !== null));
  }
}
