// The fuzz test: a request as plain data, so that any part of it can be changed, and as the request it stands for.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Pairs = [name: string, value: string][];

export type Wire = {
  /** Which well-formed request it was made from. */
  name: string;
  method: string;
  /** Percent-encoded already. */
  path: string;
  query: Pairs;
  headers: Pairs;
  body?: { as: 'form'; fields: Pairs } | { as: 'json'; value: Json } | { as: 'text'; type: string; text: string };
};

const FORM = 'application/x-www-form-urlencoded';

export function contentOf({ body }: Wire): { type: string; text: string } | undefined {
  switch (body?.as) {
    case 'form':
      return { type: FORM, text: encode(body.fields) };
    case 'json':
      return { type: 'application/json', text: JSON.stringify(body.value) };
    case 'text':
      return { type: body.type, text: body.text };
    case undefined:
      return undefined;
  }
}

function targetOf({ path, query }: Wire): string {
  return query.length === 0 ? path : `${path}?${encode(query)}`;
}

const METHODS_WITHOUT_BODY = new Set(['GET', 'HEAD']);

/** What the platform can send of it: it writes neither line breaks in headers nor a body to a GET. */
export function requestOf(site: string, wire: Wire): { url: string; init: RequestInit } {
  const content = METHODS_WITHOUT_BODY.has(wire.method) ? undefined : contentOf(wire);
  const headers = new Headers();
  if (content) headers.set('content-type', content.type);
  for (const [name, value] of wire.headers) headers.append(name, value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''));
  return {
    url: site + targetOf(wire),
    init: { method: wire.method, headers, ...(content ? { body: content.text } : {}) },
  };
}

/** Percent sequences that a mutation wrote stay as they are. */
const encode = (pairs: Pairs): string =>
  pairs.map((pair) => pair.map((part) => (part.startsWith(RAW) ? part.slice(1) : percent(part))).join('=')).join('&');

/** Before a text that goes out as it stands. */
export const RAW = '\u{10ffff}';

const percent = (text: string): string => encodeURIComponent(text.toWellFormed());

/** The same as it goes over a socket, which is closed after it. */
export function bytesOf(site: string, wire: Wire): Buffer {
  const content = contentOf(wire);
  const headers: Pairs = [
    ['host', new URL(site).host],
    ['connection', 'close'],
    ...(content
      ? ([
          ['content-type', content.type],
          ['content-length', String(Buffer.byteLength(content.text))],
        ] satisfies Pairs)
      : []),
    ...wire.headers,
  ];
  const head = [`${wire.method} ${targetOf(wire)} HTTP/1.1`, ...headers.map((header) => header.join(': '))];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${content?.text ?? ''}`);
}
