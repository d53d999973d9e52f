// Management: a JSON body, read once. Refused before any schema: what is no JSON, what is too long, what is nested so
// deep that walking it would exhaust the stack, and U+0000, which PostgreSQL cannot store in a text.
import type { Context } from 'hono';
import { mediaType, readText } from '../request.ts';
import { type Refusal, refuse } from './answer.ts';
import { invalid } from './validation.ts';

const LIMIT_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/** An empty body stands for an empty object. */
export async function readBody(c: Context): Promise<{ ok: true; body: unknown } | { ok: false; refusal: Refusal }> {
  const read = await readText(c, LIMIT_BYTES);
  if (!read.ok) {
    const refusal =
      read.problem === 'too-large'
        ? refuse(413, `Payload content length greater than maximum allowed: ${LIMIT_BYTES}`)
        : MALFORMED;
    return { ok: false, refusal };
  }
  if (read.text.trim() === '') return { ok: true, body: {} };
  if (mediaType(c.req.header('content-type')) !== 'application/json') {
    return { ok: false, refusal: refuse(415, 'Unsupported Media Type') };
  }
  let body: unknown;
  try {
    body = JSON.parse(read.text);
  } catch (_notJson) {
    return { ok: false, refusal: MALFORMED };
  }
  const refusal = refuseShape(body);
  return refusal ? { ok: false, refusal } : { ok: true, body };
}

const MALFORMED = refuse(400, 'Invalid request payload JSON format');

/** Walks without recursion: the depth of the input must not become the depth of the stack. */
function refuseShape(body: unknown): Refusal | undefined {
  const open: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > MAX_DEPTH) return invalid('payload', `Nested too deep, maximum ${MAX_DEPTH}`);
    if (typeof value === 'string' && value.includes('\0')) return NUL;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (key.includes('\0')) return NUL;
      // Schemas drop it without a word, and what is left would mean something else.
      if (key === '__proto__') return invalid('payload', `Additional properties not allowed: ${key}`);
      open.push({ value: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

const NUL = invalid('payload', 'The character U+0000 is not allowed');
