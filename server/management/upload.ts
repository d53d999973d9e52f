// Management: a form with a file in it (RFC 7578), read once. Each part is a text, by its name; nothing is written to disk.
import type { Context } from 'hono';
import { isStorable, readText } from '../request.ts';
import { type Refusal, refuse } from './answer.ts';
import { invalid } from './validation.ts';

/** What the wire grants a file of users, and room for the other parts. */
export const FILE_BYTES = 500 * 1024;
const LIMIT_BYTES = FILE_BYTES + 16 * 1024;

export const TOO_LARGE = refuse(413, `Payload content length greater than maximum allowed: ${FILE_BYTES}`);
const MALFORMED = refuse(400, 'Invalid multipart payload format');

export async function readUpload(c: Context): Promise<{ ok: true; body: unknown } | { ok: false; refusal: Refusal }> {
  const type = c.req.header('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) return { ok: false, refusal: refuse(415, 'Unsupported Media Type') };
  const read = await readText(c, LIMIT_BYTES);
  if (!read.ok) return { ok: false, refusal: read.problem === 'too-large' ? TOO_LARGE : MALFORMED };
  const parts = new Map<string, string>();
  try {
    const form = await new Response(read.text, { headers: { 'content-type': type } }).formData();
    for (const [name, part] of form) {
      const text = typeof part === 'string' ? part : await part.text();
      if (parts.has(name)) return { ok: false, refusal: invalid('payload', `Given twice: ${name}`) };
      if (![name, text].every(isStorable) || name === '__proto__') return { ok: false, refusal: MALFORMED };
      parts.set(name, text);
    }
  } catch (_noForm) {
    return { ok: false, refusal: MALFORMED };
  }
  return { ok: true, body: Object.fromEntries(parts) };
}
