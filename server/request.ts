// Server: what comes in, read once and strictly. One reader of bodies, one of query strings, one of the Authorization
// header, one of the caller's address. Whatever is odd is refused with a value; nothing here throws on input.
import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { Caller } from '#runtime/runtime.ts';
import type { Env } from './deps.ts';

/** Why a request could not be read. `name` is the parameter in question. */
export type Unreadable =
  | { ok: false; problem: 'too-large' | 'wrong-type' | 'malformed' }
  | { ok: false; problem: 'duplicate' | 'not-text'; name: string };

export type Parameters = Record<string, string>;
export type ReadParameters = { ok: true; parameters: Parameters } | Unreadable;

const BODY_LIMIT_BYTES = 64 * 1024;

/** A body as text, refused when it is longer than `limitBytes` or not UTF-8. */
export async function readText(c: Context, limitBytes: number): Promise<{ ok: true; text: string } | Unreadable> {
  if (Number(c.req.header('content-length') ?? 0) > limitBytes) return { ok: false, problem: 'too-large' };
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.byteLength;
    if (length > limitBytes) return { ok: false, problem: 'too-large' };
    chunks.push(chunk);
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { ok: false, problem: 'malformed' }; // Not UTF-8.
  }
}

/** Parameters of a body: a form, or (where `json` is allowed) a JSON object of texts. */
export async function readParameters(c: Context, { json }: { json: boolean }): Promise<ReadParameters> {
  const type = mediaType(c.req.header('content-type'));
  const form = type === 'application/x-www-form-urlencoded';
  if (!form && !(json && type === 'application/json')) return { ok: false, problem: 'wrong-type' };
  const body = await readText(c, BODY_LIMIT_BYTES);
  if (!body.ok) return body;
  return form ? parseForm(body.text) : parseObject(body.text);
}

/** Parameters of the query string. */
export function readQuery(c: Context): ReadParameters {
  const url = c.req.url;
  const start = url.indexOf('?');
  return parseForm(start === -1 ? '' : url.slice(start + 1));
}

/** RFC 6749 §3.1: a parameter comes once; one without a value counts as left out. */
function parseForm(text: string): ReadParameters {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return { ok: false, problem: 'malformed' };
  const seen = new Set<string>();
  const entries: [string, string][] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    if (seen.has(name)) return { ok: false, problem: 'duplicate', name };
    seen.add(name);
    if (value !== '') entries.push([name, value]);
  }
  return { ok: true, parameters: Object.fromEntries(entries) };
}

function parseObject(text: string): ReadParameters {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { ok: false, problem: 'malformed' };
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null || value === '') continue;
    if (typeof value === 'object') return { ok: false, problem: 'not-text', name };
    entries.push([name, String(value)]);
  }
  return { ok: true, parameters: Object.fromEntries(entries) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON text at all; the caller refuses it like any other non-object.
  }
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
  return id === undefined || secret === undefined ? 'malformed' : { id, secret };
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined; // A lone percent sign.
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
  const userAgent = c.req.header('user-agent')?.slice(0, 1000);
  const language = c.req.header('accept-language')?.split(/[,;]/, 1)[0]?.trim().slice(0, 35);
  return {
    ip: clientAddress(c, trustProxy),
    method: c.req.method,
    ...(userAgent ? { userAgent } : {}),
    ...(language && language !== '*' ? { language } : {}),
  };
}

/** The browser says that a page of another origin sent this. Old browsers send neither header: then it is unknown. */
export function isForeign(c: Context, baseUrl: string): boolean {
  const origin = c.req.header('origin');
  if (origin !== undefined) return origin !== baseUrl;
  return c.req.header('sec-fetch-site') === 'cross-site';
}
