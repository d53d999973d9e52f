// Server: what comes in, read once and strictly. One reader of bodies, one of query strings, one of the Authorization
// header, one of the caller's address. Whatever is odd is refused with a value; nothing here throws on input.
import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { Caller } from '#runtime/runtime.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import type { Env } from './deps.ts';

/** Why a request could not be read. `name` is the parameter in question. */
export type Unreadable =
  /** `coded`: compressed or otherwise encoded. `malformed`: also a text that no database keeps, see `isStorable`. */
  | { ok: false; problem: 'too-large' | 'wrong-type' | 'coded' | 'malformed' }
  | { ok: false; problem: 'duplicate' | 'not-text'; name: string };

export type Parameters = Record<string, string>;
export type ReadParameters = { ok: true; parameters: Parameters } | Unreadable;

const BODY_LIMIT_BYTES = 64 * 1024;
const FORM = 'application/x-www-form-urlencoded';

/** A body as text, refused when it is longer than `limitBytes` or not UTF-8. */
export async function readText(c: Context, limitBytes: number): Promise<{ ok: true; text: string } | Unreadable> {
  // What a few bytes unpack to is bounded by nothing.
  if (!/^(identity)?$/i.test(c.req.header('content-encoding')?.trim() ?? '')) return { ok: false, problem: 'coded' };
  if (Number(c.req.header('content-length') ?? 0) > limitBytes) return { ok: false, problem: 'too-large' };
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      length += chunk.byteLength;
      if (length > limitBytes) return { ok: false, problem: 'too-large' };
      chunks.push(chunk);
    }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { ok: false, problem: 'malformed' }; // Not UTF-8, or broken off by whoever sent it.
  }
}

/** Parameters of a body: a form, or (where `json` is allowed) a JSON object of texts. */
export async function readParameters(c: Context, { json }: { json: boolean }): Promise<ReadParameters> {
  const type = mediaType(c.req.header('content-type'));
  const form = type === FORM;
  if (!form && !(json && type === 'application/json')) return { ok: false, problem: 'wrong-type' };
  const body = await readText(c, BODY_LIMIT_BYTES);
  if (!body.ok) return body;
  return form ? parseForm(body.text) : parseObject(body.text);
}

/** Parameters of the query string. */
export function readQuery(c: Context): ReadParameters {
  return parseForm(queryOf(c));
}

/** The names of a form or a query with all their values, in the order they were sent; empty ones too. */
export type Values = ReadonlyMap<string, readonly string[]>;
export type ReadValues = { ok: true; values: Values } | Unreadable;

/** Every value of the query string. */
export function readQueryValues(c: Context): ReadValues {
  return parseValues(queryOf(c));
}

/** Every value of a form in the body. */
export async function readFormValues(c: Context): Promise<ReadValues> {
  if (mediaType(c.req.header('content-type')) !== FORM) return { ok: false, problem: 'wrong-type' };
  const body = await readText(c, BODY_LIMIT_BYTES);
  return body.ok ? parseValues(body.text) : body;
}

/** A JSON object in the body, with values of any kind. */
export async function readJsonObject(c: Context): Promise<{ ok: true; object: JsonObject } | Unreadable> {
  const body = await readText(c, BODY_LIMIT_BYTES);
  if (!body.ok) return body;
  const object = toObject(body.text);
  return object === undefined || !isKept(object) ? { ok: false, problem: 'malformed' } : { ok: true, object };
}

/** Levels of nesting: more than any message has, and less than what overflows a stack that walks it. */
const DEEPEST = 100;

/** Without recursion: the depth of the input must not become the depth of the stack. */
function isKept(object: Json): boolean {
  const open: { value: Json; depth: number }[] = [{ value: object, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > DEEPEST || (typeof value === 'string' && !isStorable(value))) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!isName(name)) return false;
      open.push({ value: inner, depth: depth + 1 });
    }
  }
  return true;
}

/** PostgreSQL keeps no U+0000, and half a surrogate pair is no character that UTF-8 could write. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** `__proto__` as a name would change what an object is, wherever somebody copies it property by property. */
const isName = (text: string): boolean => isStorable(text) && text !== '__proto__';

/** RFC 6749 §3.1: a parameter comes once; one without a value counts as left out. */
export function onceEach(values: Values): ReadParameters {
  const repeated = [...values].find(([, all]) => all.length > 1);
  if (repeated) return { ok: false, problem: 'duplicate', name: repeated[0] };
  const present = [...values].flatMap(([name, [value = '']]) => (value === '' ? [] : [[name, value] as const]));
  return { ok: true, parameters: Object.fromEntries(present) };
}

function queryOf(c: Context): string {
  const url = c.req.url;
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}

/** Parameters of a form's text, as a query string and a body of that type have them. */
export function parseForm(text: string): ReadParameters {
  const parsed = parseValues(text);
  return parsed.ok ? onceEach(parsed.values) : parsed;
}

function parseValues(text: string): ReadValues {
  // A lone percent sign, or bytes that are no UTF-8.
  if (formDecode(text) === undefined) return { ok: false, problem: 'malformed' };
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!isName(name) || !isStorable(value)) return { ok: false, problem: 'malformed' };
    const former = values.get(name);
    if (former) former.push(value);
    else values.set(name, [value]);
  }
  return { ok: true, values };
}

function parseObject(text: string): ReadParameters {
  const object = toObject(text);
  if (object === undefined) return { ok: false, problem: 'malformed' };
  const repeated = repeatedName(text);
  if (repeated !== undefined) return { ok: false, problem: 'duplicate', name: repeated };
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(object)) {
    if (!isName(name) || (typeof value === 'string' && !isStorable(value))) return { ok: false, problem: 'malformed' };
    if (value === null || value === '') continue;
    if (typeof value === 'object') return { ok: false, problem: 'not-text', name };
    entries.push([name, String(value)]);
  }
  return { ok: true, parameters: Object.fromEntries(entries) };
}

/**
 * A name that the outermost object of a JSON text holds twice. Parsers disagree which of the two counts, and whoever
 * checked the request before us may have looked at the other one.
 */
function repeatedName(text: string): string | undefined {
  const names = new Set<string>();
  let depth = 0;
  for (const [token, quoted] of text.matchAll(/("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (quoted !== undefined && depth === 1) {
      const name = String(JSON.parse(quoted));
      if (names.has(name)) return name;
      names.add(name);
    } else if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
  }
  return undefined;
}

function toObject(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined; // No JSON text at all; the caller refuses it like any other non-object.
  }
}

/** What `JSON.parse` gave holds nothing but JSON. */
function isObject(parsed: unknown): parsed is JsonObject {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
}

export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export type BasicCredentials = { id: string; secret: string };

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined and base64-encoded. */
export function readBasic(header: string | undefined): BasicCredentials | 'absent' | 'malformed' {
  if (header === undefined || !/^basic( |$)/i.test(header)) return 'absent';
  const encoded = header.slice(6).trim();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return 'malformed';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return 'malformed';
  const id = formDecode(text.slice(0, colon));
  const secret = formDecode(text.slice(colon + 1));
  if (id === undefined || secret === undefined) return 'malformed';
  return isStorable(id) && isStorable(secret) ? { id, secret } : 'malformed';
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined; // A lone percent sign, or bytes that are no UTF-8.
  }
}

/**
 * The address of who is calling: the socket's, or with trusted proxies in front the entry that many from the right of
 * X-Forwarded-For. What stands further left can be written by anybody.
 */
function clientAddress(c: Context<Env>, trustProxy: number): string {
  // Requests that the server makes to itself have no socket.
  const direct = plain(c.env?.incoming?.socket?.remoteAddress ?? '127.0.0.1');
  if (trustProxy === 0) return direct;
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((entry) => plain(entry.trim()));
  const entry = forwarded.at(-trustProxy);
  return entry !== undefined && isIP(entry) !== 0 ? entry : direct;
}

/** IPv4 as IPv4, also where the socket speaks IPv6. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

/** Who speaks to us in this request. Header texts are cut: they are stored and shown to scripts. */
export function readCaller(c: Context<Env>, trustProxy: number): Caller {
  // What a client's server says of its user counts before what its HTTP library says of itself.
  const asked = c.req.header('x-request-language') ?? c.req.header('accept-language');
  return {
    ip: clientAddress(c, trustProxy),
    method: c.req.method,
    ...readBrowser(c.req.header('user-agent'), asked),
    ...(trustProxy > 0 ? proxyWord(c) : {}),
  };
}

/** What a browser's headers say of it. @param asked its `accept-language`. */
export function readBrowser(
  agent: string | undefined,
  asked: string | undefined,
): Pick<Caller, 'userAgent' | 'language'> {
  const userAgent = agent?.slice(0, 1000);
  const language = asked?.split(/[,;]/, 1)[0]?.trim().slice(0, 35);
  return {
    ...(userAgent ? { userAgent } : {}),
    // Templates may repeat it in messages to whomever the caller names: it says a language, or nothing.
    ...(language !== undefined && /^[\w-]+$/.test(language) ? { language } : {}),
  };
}

/** What a trusted proxy says of the connection it took. Where none is in front, anybody could say so, and nobody is heard. */
function proxyWord(c: Context): Pick<Caller, 'asn' | 'ja3' | 'ja4'> {
  const read = (name: string, shape: RegExp) => {
    const value = c.req.header(name)?.trim();
    return value !== undefined && shape.test(value) ? value : undefined;
  };
  const asn = read('x-client-asn', /^(AS)?\d{1,10}$/i)?.replace(/^as/i, '');
  const ja3 = read('x-ja3-fingerprint', /^[0-9a-f]{32}$/i);
  const ja4 = read('x-ja4-fingerprint', /^[a-z0-9_]{1,64}$/i);
  return {
    ...(asn === undefined ? {} : { asn }),
    ...(ja3 === undefined ? {} : { ja3 }),
    ...(ja4 === undefined ? {} : { ja4 }),
  };
}

/**
 * The browser says that a page of another origin than that of `baseUrl` sent this. Old browsers send neither header: then it
 * is unknown.
 */
export function isForeign(c: Context, baseUrl: string): boolean {
  const origin = c.req.header('origin');
  if (origin !== undefined) return origin !== new URL(baseUrl).origin;
  return c.req.header('sec-fetch-site') === 'cross-site';
}

/** The address that was called, without its query; the host as it is stored, not as a Host header has it. */
export function calledAddress(c: Context<Env>): string {
  return (c.var.origin ?? new URL(c.var.tenant.baseUrl).origin) + new URL(c.req.url).pathname;
}
