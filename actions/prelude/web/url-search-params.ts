// Guest code: URLSearchParams, URL standard §6.

import { giveName } from './give-name.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

type Pair = [name: string, value: string];
type Init = string | Iterable<readonly [string, string]> | Record<string, string> | null;

/** `application/x-www-form-urlencoded`, URL standard §5.1. */
export function parseForm(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const piece of text.split('&')) {
    if (piece === '') continue;
    const at = piece.indexOf('=');
    pairs.push(at < 0 ? [decode(piece), ''] : [decode(piece.slice(0, at)), decode(piece.slice(at + 1))]);
  }
  return pairs;
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ').toWellFormed();
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return decodeBroken(spaced);
  }
}

/** Escapes that are no UTF-8 become U+FFFD, each run of escapes by itself. */
function decodeBroken(text: string): string {
  return text.replace(
    /(?:%[0-9a-f]{2})+/gi,
    (run) =>
      decodeUtf8(
        Uint8Array.from(run.slice(1).split('%'), (hex) => Number.parseInt(hex, 16)),
        false,
      ) ?? '',
  );
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${(encodeUtf8(character)[0] as number).toString(16).toUpperCase()}`);
}

export const serializeForm = (pairs: Iterable<readonly [string, string]>): string =>
  Array.from(pairs, ([name, value]) => `${encode(name)}=${encode(value)}`).join('&');

/** For a URL: the parameters that belong to it, and how it gives them another query. */
export let paramsOf: (query: string, onChange: (query: string) => void) => URLSearchParams;
export let replaceQuery: (params: URLSearchParams, query: string) => void;

export class URLSearchParams {
  #pairs: Pair[] = [];
  #onChange: ((query: string) => void) | undefined;

  static {
    giveName(URLSearchParams, 'URLSearchParams');
    paramsOf = (query, onChange) => {
      const params = new URLSearchParams(query);
      params.#onChange = onChange;
      return params;
    };
    replaceQuery = (params, query) => {
      params.#pairs = parseForm(query.startsWith('?') ? query.slice(1) : query);
    };
  }

  constructor(init?: Init) {
    if (init === undefined || init === null) return;
    if (typeof init === 'object' || typeof init === 'function') this.#pairs = readPairs(init);
    else {
      const text = `${init}`;
      this.#pairs = parseForm(text.startsWith('?') ? text.slice(1) : text);
    }
  }

  #changed(): void {
    this.#onChange?.(serializeForm(this.#pairs));
  }

  get size(): number {
    return this.#pairs.length;
  }
  append(name: string, value: string): void {
    this.#pairs.push([`${name}`.toWellFormed(), `${value}`.toWellFormed()]);
    this.#changed();
  }
  delete(name: string, value?: string): void {
    const matches = matcher(name, value);
    this.#pairs = this.#pairs.filter((pair) => !matches(pair));
    this.#changed();
  }
  get(name: string): string | null {
    return this.#pairs.find(matcher(name, undefined))?.[1] ?? null;
  }
  getAll(name: string): string[] {
    return this.#pairs.filter(matcher(name, undefined)).map(([, value]) => value);
  }
  has(name: string, value?: string): boolean {
    return this.#pairs.some(matcher(name, value));
  }
  set(name: string, value: string): void {
    const key = `${name}`.toWellFormed();
    const at = this.#pairs.findIndex(([other]) => other === key);
    const pair: Pair = [key, `${value}`.toWellFormed()];
    if (at < 0) this.#pairs.push(pair);
    else
      this.#pairs = this.#pairs.map((old, i) => (i === at ? pair : old)).filter((old, i) => i <= at || old[0] !== key);
    this.#changed();
  }
  /** By code units of the names; equal names keep their order. */
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
    if (typeof callback !== 'function') {
      throw Object.assign(new TypeError('The "callback" argument must be of type function.'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
    for (const [name, value] of this.#iterate()) callback.call(self, value, name, this);
  }
  /** Never through the methods below: classes that extend this one override them by one another. */
  *#iterate(): Generator<Pair, undefined> {
    // By position, so that changes on the way are seen.
    for (let at = 0; at < this.#pairs.length; at++) yield [...(this.#pairs[at] as Pair)];
    return undefined;
  }
  entries(): Generator<Pair, undefined> {
    return this.#iterate();
  }
  *keys(): Generator<string, undefined> {
    for (const [name] of this.#iterate()) yield name;
    return undefined;
  }
  *values(): Generator<string, undefined> {
    for (const [, value] of this.#iterate()) yield value;
    return undefined;
  }
  [Symbol.iterator](): Generator<Pair, undefined> {
    return this.#iterate();
  }
  toString(): string {
    return serializeForm(this.#pairs);
  }
  get [Symbol.toStringTag](): string {
    return 'URLSearchParams';
  }
}

function matcher(name: unknown, value: unknown): (pair: Pair) => boolean {
  const key = `${name}`.toWellFormed();
  if (value === undefined) return ([other]) => other === key;
  const wanted = `${value}`.toWellFormed();
  return ([other, held]) => other === key && held === wanted;
}

function readPairs(init: object): Pair[] {
  const iterate: unknown = (init as Iterable<unknown>)[Symbol.iterator];
  if (iterate === undefined || iterate === null) {
    return Object.entries(init).map(([name, value]) => [name.toWellFormed(), `${value}`.toWellFormed()]);
  }
  if (typeof iterate !== 'function') throw notPairs('Query pairs must be iterable');
  return Array.from(init as Iterable<unknown>, (entry) => {
    const isTuple = typeof entry === 'object' && entry !== null && Symbol.iterator in entry;
    const pair = isTuple ? [...(entry as Iterable<unknown>)] : [];
    if (pair.length !== 2) throw notPairs('Each query pair must be an iterable [name, value] tuple');
    return [`${pair[0]}`.toWellFormed(), `${pair[1]}`.toWellFormed()];
  });
}

const notPairs = (message: string): Error => Object.assign(new TypeError(message), { code: 'ERR_INVALID_TUPLE' });
