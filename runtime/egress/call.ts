// Egress: reads a call that a stranger wrote. What crosses the wall is parsed here once and trusted behind it; headers
// that belong to the connection are ours and are dropped, and nothing can smuggle a line break into a request.
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { type ClientIdentity, readIdentity } from './client-identity.ts';
import { EgressFault, type EgressLimits } from './egress.ts';
import { readTarget } from './guard.ts';

export type HeaderPair = readonly [name: string, value: string];

/** A call as it was understood. */
export type Call = {
  url: URL;
  method: string;
  headers: HeaderPair[];
  body?: Buffer;
  redirect: 'follow' | 'manual' | 'error';
  identity?: ClientIdentity;
  timeoutMs?: number;
};

const PEM = z.string().max(65_536);
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5: no control characters but the tab, and one byte each. A line break would begin a header of its own. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const WRITTEN = z.strictObject({
  url: z.string().max(32_768),
  method: z.string().max(32).regex(TOKEN),
  headers: z.array(z.tuple([z.string(), z.string()])).max(1_000),
  body: z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })]).exactOptional(),
  redirect: z.enum(['follow', 'manual', 'error']),
  tls: z
    .strictObject({
      cert: PEM.exactOptional(),
      // Signing with an RSA key takes the cube of its length; this admits 8,192 bits.
      key: z.string().max(8_192).exactOptional(),
      ca: PEM.exactOptional(),
      passphrase: z.string().max(1_024).exactOptional(),
      servername: z.string().max(253).exactOptional(),
    })
    .exactOptional(),
  timeoutMs: z.number().nonnegative().exactOptional(),
});

/** Fetch standard §2.2.1: methods that would turn the connection into something else, or echo what was sent. */
const FORBIDDEN_METHODS = ['CONNECT', 'TRACE', 'TRACK'];
/** They speak about the connection or the framing of the message, which are ours (RFC 9110 §7.6.1, RFC 9112 §6). */
const OUR_HEADERS =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|http2-settings)$/i;

/** @throws EgressFault `ERR_EGRESS_INVALID`, `ERR_EGRESS_REFUSED` or `ERR_EGRESS_TOO_LARGE`. */
export function readCall(written: unknown, limits: EgressLimits): Call {
  const parsed = WRITTEN.safeParse(written);
  if (!parsed.success) {
    // Where it is wrong, never what was given.
    const place = parsed.error.issues[0]?.path.join('.') || 'its top';
    throw new EgressFault('ERR_EGRESS_INVALID', `the call is not well formed at ${place}`);
  }
  const { url, method, headers, body, redirect, tls, timeoutMs } = parsed.data;
  if (FORBIDDEN_METHODS.includes(method.toUpperCase())) {
    throw new EgressFault('ERR_EGRESS_INVALID', `the method ${method.toUpperCase()} is not allowed`);
  }
  return {
    url: readTarget(url),
    method,
    headers: readHeaders(headers, limits.headerBytes),
    ...(body === undefined ? {} : { body: readBody(body, limits.requestBytes) }),
    redirect,
    ...(tls === undefined ? {} : { identity: readIdentity(tls) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function readHeaders(written: readonly HeaderPair[], limit: number): HeaderPair[] {
  const headers: HeaderPair[] = [];
  let bytes = 0;
  for (const [name, value] of written) {
    if (!TOKEN.test(name)) {
      throw new EgressFault('ERR_EGRESS_INVALID', 'a header name holds a character that HTTP does not allow there');
    }
    if (!FIELD_VALUE.test(value)) {
      const shown = name.length > 64 ? `${name.slice(0, 64)}…` : name;
      throw new EgressFault(
        'ERR_EGRESS_INVALID',
        `the value of the header ${shown} holds a line break or another character that HTTP does not allow`,
      );
    }
    bytes += name.length + value.length + ': \r\n'.length;
    if (bytes > limit) throw new EgressFault('ERR_EGRESS_TOO_LARGE', `the headers of the call exceed ${limit} bytes`);
    if (!OUR_HEADERS.test(name)) headers.push([name, value.replace(/^[\t ]+|[\t ]+$/g, '')]);
  }
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  if (!has('accept')) headers.push(['accept', '*/*']);
  if (!has('user-agent')) headers.push(['user-agent', 'sallyport']);
  // Fetch standard §4.5: a range counts bytes of what is sent, so it must not be sent in another coding.
  if (!has('accept-encoding')) headers.push(['accept-encoding', has('range') ? 'identity' : 'br, gzip, deflate, zstd']);
  return headers;
}

function readBody(body: { text: string } | { base64: string }, limit: number): Buffer {
  const bytes = 'text' in body ? Buffer.from(body.text, 'utf8') : Buffer.from(body.base64, 'base64');
  if (bytes.length > limit)
    throw new EgressFault('ERR_EGRESS_TOO_LARGE', `the body of the call exceeds ${limit} bytes`);
  return bytes;
}
