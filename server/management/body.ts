// Management: a JSON body, read once. Refused before any schema: what is no JSON, what is too long, what is nested so
// deep that walking it would exhaust the stack, and U+0000, which PostgreSQL cannot store in a text.
import type { Context } from 'hono';
import { isStorable, mediaType, readText } from '../request.ts';
import { type Refusal, refuse } from './answer.ts';
import { invalid } from './validation.ts';

const LIMIT_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/** An empty body stands for an empty object. */
export async function readBody(c: Context): Promise<{ ok: true; body: unknown } | { ok: false; refusal: Refusal }> {
  const read = await readText(c, LIMIT_BYTES);
  if (!read.ok) {
    if (read.problem === 'coded') return { ok: false, refusal: UNSUPPORTED };
    const refusal =
      read.problem === 'too-large'
        ? refuse(413, `Payload content length greater than maximum allowed: ${LIMIT_BYTES}`)
        : MALFORMED;
    return { ok: false, refusal };
  }
  if (read.text.trim() === '') return { ok: true, body: {} };
  if (mediaType(c.req.header('content-type')) !== 'application/json') {
    return { ok: false, refusal: UNSUPPORTED };
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

const UNSUPPORTED = refuse(415, 'Unsupported Media Type');
const MALFORMED = refuse(400, 'Invalid request payload JSON format');

/** Whether a database can keep a value that came as JSON, and a schema may look at it. */
export const isKeepable = (body: unknown): boolean => refuseShape(body) === undefined;

/** Walks without recursion: the depth of the input must not become the depth of the stack. */
function refuseShape(body: unknown): Refusal | undefined {
  const open: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > MAX_DEPTH) return invalid('payload', `Nested too deep, maximum ${MAX_DEPTH}`);
    const wrong = typeof value === 'string' ? refuseText(value) : undefined;
    if (wrong) return wrong;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      const wrongKey = refuseText(key);
      if (wrongKey) return wrongKey;
      // Schemas drop it without a word, and what is left would mean something else.
      if (key === '__proto__') return invalid('payload', `Additional properties not allowed: ${key}`);
      open.push({ value: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

function refuseText(text: string): Refusal | undefined {
  if (text.includes('\0')) return invalid('payload', 'The character U+0000 is not allowed');
  return isStorable(text) ? undefined : invalid('payload', 'Half a surrogate pair is not a character');
}
