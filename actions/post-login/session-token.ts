// The token that goes with a person to another site and comes back: a JSON Web Token signed with HMAC-SHA-256
// (RFC 7519, RFC 7515 §3.1). Made in here, so that no secret of a script leaves its sandbox.

import { isObject } from './complaints.ts';
import { hmac } from './hmac-sha-256.ts';

const HEADER = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SHAPE = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** Bytes of a text in UTF-8; half a surrogate pair becomes the replacement character. */
function toBytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point >= 0xd800 && point <= 0xdfff) bytes.push(0xef, 0xbf, 0xbd);
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

/** base64url without padding, RFC 4648 §5. */
function encode(bytes: number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    text += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    if (b !== undefined) text += ALPHABET.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    if (c !== undefined) text += ALPHABET.charAt(c & 63);
  }
  return text;
}

/** The text in a part of a token; throws where it is no UTF-8. */
function decode(part: string): string {
  let escaped = '';
  let bits = 0;
  let held = 0;
  for (const letter of part) {
    held = ((held << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    escaped += `%${(0x100 | ((held >> bits) & 0xff)).toString(16).slice(1)}`;
  }
  return decodeURIComponent(escaped);
}

const sign = (signed: string, secret: string): string => encode(hmac(toBytes(secret), toBytes(signed)));

/** Takes as long for a wrong signature as for the right one: the time would tell how much of it is right. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % Math.max(1, b.length));
  return difference === 0;
}

export function signToken(claims: object, secret: string): string {
  const signed = `${HEADER}.${encode(toBytes(JSON.stringify(claims)))}`;
  return `${signed}.${sign(signed, secret)}`;
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decode(part));
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON, or not even text: no token of ours either way.
    return undefined;
  }
}

type Expected = { now: number; issuer: unknown; subject: unknown; state: unknown };

/** `exp` and `nbf` are seconds since 1970. */
function timesFault({ exp, nbf }: Record<string, unknown>, now: number): string | undefined {
  if (nbf !== undefined && typeof nbf !== 'number') return 'invalid nbf value';
  if (typeof nbf === 'number' && nbf > now / 1000) return 'jwt not active';
  if (exp !== undefined && typeof exp !== 'number') return 'invalid exp value';
  return typeof exp === 'number' && now / 1000 >= exp ? 'jwt expired' : undefined;
}

/** The claims of a token, or why it is not accepted. */
export function readToken(token: unknown, secret: string, expected: Expected): Record<string, unknown> | string {
  if (typeof token !== 'string') return 'jwt must be a string';
  const parts = SHAPE.exec(token);
  if (parts === null) return 'jwt malformed';
  const [, header = '', payload = '', signature = ''] = parts;
  // A token that names another algorithm is not even tried: the choice is never the sender's (RFC 8725 §3.1).
  const alg = parse(header)?.alg;
  if (alg === undefined) return 'invalid token';
  if (alg !== 'HS256') return 'invalid algorithm';
  if (!isSame(sign(`${header}.${payload}`, secret), signature)) return 'invalid signature';
  const claims = parse(payload);
  if (claims === undefined) return 'invalid token';
  const fault = timesFault(claims, expected.now);
  if (fault !== undefined) return fault;
  if (claims.iss !== expected.issuer) return `jwt issuer invalid. expected: ${expected.issuer}`;
  if (claims.sub !== expected.subject) return `jwt subject invalid. expected: ${expected.subject}`;
  return claims.state === expected.state ? claims : 'jwt state invalid';
}
