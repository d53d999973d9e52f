// Management: a query string whose names may come several times, as lists do on the wire: `strategy=sms&strategy=email`. A
// family that takes no list refuses one by its schema.
import type { Context } from 'hono';
import { readQueryValues } from '../request.ts';

/** A text, or a list of texts where the name comes more than once; what is empty counts as left out. */
export type QueryParameters = Record<string, string | string[]>;

export function readRepeatedQuery(c: Context): { ok: true; parameters: QueryParameters } | { ok: false } {
  const read = readQueryValues(c);
  if (!read.ok) return { ok: false };
  const given = [...read.values].flatMap(([name, values]) => {
    const [first, ...more] = values.filter((value) => value !== '');
    return first === undefined ? [] : [[name, more.length === 0 ? first : [first, ...more]] as const];
  });
  return { ok: true, parameters: Object.fromEntries(given) };
}
