// Guest code: header fields, RFC 9110 §5. A line break in one would begin another field, so such values are refused here
// already, with the errors Node has for them.

import { withCode } from '../errors.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Tab, visible ASCII, and the upper half of Latin-1. */
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

export function validateHeaderName(name: unknown): void {
  if (typeof name === 'string' && TOKEN.test(name)) return;
  throw withCode(new TypeError(`Header name must be a valid HTTP token ["${name}"]`), 'ERR_INVALID_HTTP_TOKEN');
}

export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined)
    throw withCode(new TypeError(`Invalid value "undefined" for header "${name}"`), 'ERR_HTTP_INVALID_HEADER_VALUE');
  if (!VALUE.test(String(value)))
    throw withCode(new TypeError(`Invalid character in header content ["${name}"]`), 'ERR_INVALID_CHAR');
}

/** Fields of which the first one counts, as Node reads answers. */
const SINGLE = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

/** The `headers` of an answer: `set-cookie` is a list, what may come often is joined. */
export function joinFields(fields: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const joined: Record<string, string | string[]> = Object.create(null);
  for (const [written, value] of fields) {
    const name = written.toLowerCase();
    const before = joined[name];
    if (name === 'set-cookie') joined[name] = [...(Array.isArray(before) ? before : []), value];
    else if (before === undefined) joined[name] = value;
    else if (!SINGLE.has(name)) joined[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return Object.setPrototypeOf(joined, Object.prototype);
}
