// In the cell: URLs are read by Node's own parser, the same that the egress guard uses: two parsers that differ would be a
// way around the guard's refusals.

import { z } from 'zod';

/** A `data:` URL may carry a document; nobody writes longer ones. */
const MAX_CHARACTERS = 1024 * 1024;
const text = z.string().max(MAX_CHARACTERS, `a URL must not be longer than ${MAX_CHARACTERS} characters`);

const PARTS = [
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;

const question = z.strictObject({
  url: text,
  base: text.optional(),
  set: z.enum(PARTS).optional(),
  to: text.optional(),
});

/** Parses a URL, or sets one part of it. `payload`: JSON of a question. The answer: JSON of the parts, or nothing. */
export function readUrl(payload: string): string {
  const asked = question.safeParse(JSON.parse(payload));
  if (!asked.success) throw new RangeError(asked.error.issues[0]?.message ?? 'no question about a URL');
  const { url, base, set, to } = asked.data;
  const parsed = URL.parse(url, base);
  if (parsed === null) return '';
  if (set !== undefined) parsed[set] = to ?? '';
  const parts = Object.fromEntries(PARTS.map((part) => [part, parsed[part]]));
  return JSON.stringify({ ...parts, origin: parsed.origin });
}
