// Guest code: the types of npm packages that bring none. Packages are named by file, since a bare `events` means the shim.

declare module 'events/events.js' {
  type Listener = (...args: unknown[]) => void;
  class EventEmitter {
    constructor(options?: unknown);
    on(name: string | symbol, listener: Listener): this;
    once(name: string | symbol, listener: Listener): this;
    off(name: string | symbol, listener: Listener): this;
    removeListener(name: string | symbol, listener: Listener): this;
    emit(name: string | symbol, ...args: unknown[]): boolean;
    listeners(name: string | symbol): Listener[];
    listenerCount(name: string | symbol): number;
    setMaxListeners(count: number): this;
    static EventEmitter: typeof EventEmitter;
    static defaultMaxListeners: number;
    static once(emitter: unknown, name: string | symbol): Promise<unknown[]>;
  }
  export default EventEmitter;
}

declare module 'readable-stream/lib/stream.js' {
  import type stream from 'node:stream';

  const streams: typeof stream;
  export default streams;
}

declare module 'string_decoder/lib/string_decoder.js' {
  export { StringDecoder } from 'node:string_decoder';
}

declare module 'path-browserify/index.js' {
  const path: Record<string, unknown> & { parse(path: string): unknown };
  export default path;
}

declare module 'querystring-es3/index.js' {
  const querystring: Record<string, unknown>;
  export default querystring;
}

declare module 'url/url.js' {
  type Parts = Record<string, string | null>;
  export function parse(url: unknown, parseQuery?: boolean, slashesDenoteHost?: boolean): Parts;
  export function format(parts: unknown): string;
  export function resolve(from: string, to: string): string;
  export function resolveObject(from: string, to: string): Parts;
  export class Url {}
}
