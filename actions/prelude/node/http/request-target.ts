// Guest code: what `http.request` is given, read the way Node reads it.

import { URL } from '../../web/url.ts';
import { withCode, wrongType } from '../errors.ts';
import type { Agent } from './agent.ts';
import { urlToHttpOptions } from './url-options.ts';

export type RequestOptions = Record<string, unknown> & {
  protocol?: string | null;
  host?: string | null;
  hostname?: string | null;
  port?: number | string | null;
  defaultPort?: number | string;
  path?: string | null;
  method?: string;
  headers?: unknown;
  auth?: string | null;
  agent?: Agent | boolean;
  timeout?: number;
  signal?: AbortSignal;
};

export type Listener = (...args: unknown[]) => void;

/** `(url, options?, listener?)` or `(options, listener?)`. */
export function readArguments(args: unknown[]): { options: RequestOptions; listener: Listener | undefined } {
  const rest = [...args];
  let options: RequestOptions = {};
  const first = rest[0];
  if (typeof first === 'string' || first instanceof URL) {
    rest.shift();
    options = urlToHttpOptions(typeof first === 'string' ? new URL(first) : first);
  }
  if (typeof rest[0] === 'object' && rest[0] !== null) Object.assign(options, rest.shift());
  else if (rest[0] !== undefined && typeof rest[0] !== 'function')
    throw wrongType('options', 'of type object', rest[0]);
  else if (rest[0] === undefined) rest.shift();
  return { options, listener: rest[0] as Listener | undefined };
}

/** The address of a request. */
export function addressOf(options: RequestOptions, protocol: string, path: string): string {
  const host = options.hostname || options.host || 'localhost';
  if (typeof host !== 'string') throw wrongType('options.hostname', 'of type string', host);
  const isV6 = host.includes(':') && !host.startsWith('[');
  const port = options.port || options.defaultPort;
  return `${protocol}//${isV6 ? `[${host}]` : host}${port ? `:${port}` : ''}${path}`;
}

/** Spaces and control characters would end the request line, RFC 9112 §3. */
const BAD_PATH = /[^\u0021-\u00ff]/;

export function pathOf(options: RequestOptions): string {
  const path = String(options.path || '/');
  if (BAD_PATH.test(path))
    throw withCode(new TypeError('Request path contains unescaped characters'), 'ERR_UNESCAPED_CHARACTERS');
  return path.startsWith('/') ? path : `/${path}`;
}
