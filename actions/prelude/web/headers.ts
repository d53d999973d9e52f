// Guest code: Headers, Fetch standard §5.1. Names in lower case, sorted; a `set-cookie` is never joined with another.

import { giveName } from './give-name.ts';

/** RFC 9110 §5.6.2 and §5.5; a line break in a value would begin a header of its own. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export type HeadersInit = Headers | Iterable<readonly [string, string]> | Record<string, string>;
type Guard = 'none' | 'immutable';

function readName(name: unknown, method: string): string {
  const text = `${name}`;
  if (!NAME.test(text)) throw new TypeError(`Headers.${method}: ${text} is an invalid header name.`);
  return text.toLowerCase();
}

function readValue(value: unknown, method: string): string {
  const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  // The value is not shown: it may be a credential.
  if (!VALUE.test(text)) throw new TypeError(`Headers.${method}: the value is an invalid header value.`);
  return text;
}

/** Makes headers that scripts cannot change, those of an answer from the network. */
export let freezeHeaders: (headers: Headers) => void;
/** As they travel: names in lower case, in the order of their first mention. */
export let entriesOf: (headers: Headers) => [string, string][];

export class Headers {
  /** Lower-case name → values. */
  #values = new Map<string, string[]>();
  #guard: Guard = 'none';

  static {
    giveName(Headers, 'Headers');
    freezeHeaders = (headers) => {
      headers.#guard = 'immutable';
    };
    entriesOf = (headers) =>
      [...headers.#values].flatMap(([name, values]): [string, string][] =>
        name === 'set-cookie' ? values.map((value) => [name, value]) : [[name, join(name, values)]],
      );
  }

  constructor(init?: HeadersInit) {
    if (init === undefined) return;
    if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
      throw new TypeError(
        'Headers constructor: init given is not one of sequence<sequence<ByteString>> or record<ByteString, ByteString>.',
      );
    }
    if (init instanceof Headers) {
      for (const [name, values] of init.#values) this.#values.set(name, [...values]);
    } else if (typeof (init as Iterable<unknown>)[Symbol.iterator] === 'function') {
      for (const pair of init as Iterable<readonly [string, string]>) {
        const both = [...pair];
        if (both.length !== 2) throw new TypeError('Headers constructor: expected name/value pair to be length 2.');
        this.append(both[0] as string, both[1] as string);
      }
    } else {
      for (const name of Reflect.ownKeys(init)) {
        const own = Reflect.getOwnPropertyDescriptor(init, name);
        if (own?.enumerable !== true) continue;
        if (typeof name === 'symbol') throw new TypeError('Headers constructor: a symbol is no header name.');
        this.append(name, (init as Record<string, string>)[name] as string);
      }
    }
  }

  #change(): void {
    if (this.#guard === 'immutable') throw new TypeError('immutable');
  }

  append(name: string, value: string): void {
    const key = readName(name, 'append');
    const text = readValue(value, 'append');
    this.#change();
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [text]);
    else values.push(text);
  }
  set(name: string, value: string): void {
    const key = readName(name, 'set');
    const text = readValue(value, 'set');
    this.#change();
    this.#values.set(key, [text]);
  }
  delete(name: string): void {
    const key = readName(name, 'delete');
    this.#change();
    this.#values.delete(key);
  }
  get(name: string): string | null {
    const key = readName(name, 'get');
    const values = this.#values.get(key);
    return values === undefined ? null : join(key, values);
  }
  has(name: string): boolean {
    return this.#values.has(readName(name, 'has'));
  }
  getSetCookie(): string[] {
    return [...(this.#values.get('set-cookie') ?? [])];
  }

  #sorted(): [string, string][] {
    return entriesOf(this).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
  *entries(): Generator<[string, string], undefined> {
    yield* this.#sorted();
    return undefined;
  }
  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }
  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }
  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    if (typeof callback !== 'function') throw new TypeError('Headers.forEach: the callback is not a function.');
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }
  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }
  get [Symbol.toStringTag](): string {
    return 'Headers';
  }
}

const join = (name: string, values: string[]): string => values.join(name === 'cookie' ? '; ' : ', ');
