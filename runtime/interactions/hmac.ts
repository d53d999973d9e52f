// Interactions: a request signed with a secret that both sides know (`auth_type: hmac_sha256`).
import { createHmac } from 'node:crypto';
import type { HttpRequest } from './build-request.ts';
import type { HttpRequestConfiguration } from './interaction.ts';

type Hmac = NonNullable<HttpRequestConfiguration['hmac_authentication']>;

const FIELDS = ['method', 'path', 'timestamp', 'body'];

/**
 * The headers that sign a request. Signed is what `signing_fields` name, in their order, joined by line feeds: `method`,
 * `path` (without the query), `timestamp`, `body` as it is sent; all four unless given. HMAC-SHA256 in hexadecimal digits.
 * `Authorization` is `signature_format` with `{signature}`, `{api_key}` and `{timestamp}` in their places. The timestamp, ISO
 * 8601, goes in `X-Timestamp` too: without it the other side could not check a signature that covers it.
 */
export function signed(
  { method, url, body = '' }: HttpRequest,
  { api_key = '', secret, signature_format, signing_fields }: Hmac,
  now: number,
): [name: string, value: string][] {
  const timestamp = new Date(now).toISOString();
  const parts: { [field: string]: string } = { method, path: new URL(url).pathname, timestamp, body };
  const fields = Array.isArray(signing_fields) && signing_fields.length > 0 ? signing_fields : FIELDS;
  const payload = fields.map((field) => (FIELDS.includes(field) ? parts[field] : '')).join('\n');
  const signature = createHmac('sha256', secret).update(payload).digest('hex');
  const value = (signature_format ?? 'HMAC-SHA256 {signature}').replace(
    /\{(signature|api_key|timestamp)\}/g,
    (_all, name: string) => ({ signature, api_key, timestamp })[name] ?? '',
  );
  return [
    ['authorization', value],
    ['x-timestamp', timestamp],
  ];
}

/** Names that `signing_fields` may hold. */
export const SIGNING_FIELDS: readonly string[] = FIELDS;
