// Guest code: URL, URL standard §6.1. Parsing is done outside by the parser of Node itself, so that scripts and the egress
// guard read an address alike.

import { host } from '../host.ts';
import { giveName } from './give-name.ts';
import { paramsOf, replaceQuery, type URLSearchParams } from './url-search-params.ts';

/** What the outside answers; undefined when the text is no URL. */
type Parts = {
  href: string;
  origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
};
type Settable = Exclude<keyof Parts, 'origin'>;

function ask(question: { url: string; base?: string; set?: Settable; to?: string }): Parts | undefined {
  const answer = host.compute('url', JSON.stringify(question));
  return answer === '' ? undefined : (JSON.parse(answer) as Parts);
}

function parse(url: unknown, base: unknown): Parts | undefined {
  const text = `${url}`.toWellFormed();
  return ask(base === undefined ? { url: text } : { url: text, base: `${base}`.toWellFormed() });
}

function invalid(url: unknown, base: unknown): TypeError {
  const given = base === undefined ? {} : { base: `${base}` };
  return Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: `${url}`, ...given });
}

export class URL {
  static {
    giveName(URL, 'URL');
  }

  #parts: Parts;
  #params: URLSearchParams | undefined;

  constructor(url: unknown, base?: unknown) {
    const parts = parse(url, base);
    if (parts === undefined) throw invalid(url, base);
    this.#parts = parts;
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return parse(url, base) !== undefined;
  }

  static parse(url: unknown, base?: unknown): URL | null {
    return parse(url, base) === undefined ? null : new URL(url, base);
  }

  /** A part that cannot be set as asked stays as it was, as the standard has it. */
  #set(set: Settable, value: unknown): void {
    const parts = ask({ url: this.#parts.href, set, to: `${value}`.toWellFormed() });
    if (parts === undefined) throw invalid(value, undefined);
    this.#parts = parts;
  }

  get href(): string {
    return this.#parts.href;
  }
  set href(value: unknown) {
    const parts = parse(value, undefined);
    if (parts === undefined) throw invalid(value, undefined);
    this.#parts = parts;
    if (this.#params !== undefined) replaceQuery(this.#params, parts.search);
  }
  get origin(): string {
    return this.#parts.origin;
  }
  get protocol(): string {
    return this.#parts.protocol;
  }
  set protocol(value: unknown) {
    this.#set('protocol', value);
  }
  get username(): string {
    return this.#parts.username;
  }
  set username(value: unknown) {
    this.#set('username', value);
  }
  get password(): string {
    return this.#parts.password;
  }
  set password(value: unknown) {
    this.#set('password', value);
  }
  get host(): string {
    return this.#parts.host;
  }
  set host(value: unknown) {
    this.#set('host', value);
  }
  get hostname(): string {
    return this.#parts.hostname;
  }
  set hostname(value: unknown) {
    this.#set('hostname', value);
  }
  get port(): string {
    return this.#parts.port;
  }
  set port(value: unknown) {
    this.#set('port', value);
  }
  get pathname(): string {
    return this.#parts.pathname;
  }
  set pathname(value: unknown) {
    this.#set('pathname', value);
  }
  get search(): string {
    return this.#parts.search;
  }
  set search(value: unknown) {
    this.#set('search', value);
    if (this.#params !== undefined) replaceQuery(this.#params, this.#parts.search);
  }
  get searchParams(): URLSearchParams {
    this.#params ??= paramsOf(this.#parts.search, (query) => this.#set('search', query));
    return this.#params;
  }
  get hash(): string {
    return this.#parts.hash;
  }
  set hash(value: unknown) {
    this.#set('hash', value);
  }
  toString(): string {
    return this.#parts.href;
  }
  toJSON(): string {
    return this.#parts.href;
  }
  get [Symbol.toStringTag](): string {
    return 'URL';
  }
}
