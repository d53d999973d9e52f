// Guest code: Node's `url`: the classes of the web, and the functions of the time before, by npm's `url`.

import { format as formatParts, parse, resolve, resolveObject, Url } from 'url/url.js';
import { URL } from '../web/url.ts';
import { URLSearchParams } from '../web/url-search-params.ts';
import { withCode } from './errors.ts';
import { urlToHttpOptions } from './http/url-options.ts';

type FormatOptions = { auth?: boolean; fragment?: boolean; search?: boolean; unicode?: boolean };

function format(value: unknown, options: FormatOptions = {}): string {
  if (!(value instanceof URL)) return formatParts(value);
  const copy = new URL(value.href);
  if (options.auth === false) {
    copy.username = '';
    copy.password = '';
  }
  if (options.fragment === false) copy.hash = '';
  if (options.search === false) copy.search = '';
  return copy.href;
}

function fileURLToPath(value: unknown): string {
  const url = value instanceof URL ? value : new URL(value);
  if (url.protocol !== 'file:')
    throw withCode(new TypeError('The URL must be of scheme file'), 'ERR_INVALID_URL_SCHEME');
  return decodeURIComponent(url.pathname);
}

function pathToFileURL(path: string): URL {
  const url = new URL('file:///');
  url.pathname = path.startsWith('/') ? path : `/${path}`;
  return url;
}

function domainToASCII(domain: string): string {
  return URL.parse(`http://${domain}`)?.hostname ?? '';
}

export default {
  Url,
  URL,
  URLSearchParams,
  parse,
  format,
  resolve,
  resolveObject,
  fileURLToPath,
  pathToFileURL,
  urlToHttpOptions,
  domainToASCII,
  domainToUnicode: domainToASCII,
};
