// Test: the event that a script was given, read from the execution in which it printed it.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { EVENT_PROPERTIES } from '#test/actions/event-properties.ts';
import { items, type Json } from './stage.ts';

/** Prints the event: a line for each of its parts, because a line has a bound. */
export const PRINT = 'for (const part of Object.keys(event)) console.log(JSON.stringify([part, event[part]]));';

/** The event that one run printed, or the one it printed `nth`. */
export function eventOf(result: Json | undefined, nth = 0): Json {
  const parts = items(result?.logs).map(({ text }) => JSON.parse(String(text)) as [string, Json]);
  const starts = parts.flatMap(([part], index) => (part === parts[0]?.[0] ? [index] : []));
  return Object.fromEntries(parts.slice(starts[nth], starts[nth + 1]));
}

/** What stands at a path; undefined where nothing does. */
export const at = (event: Json, path: string): unknown =>
  path.split('.').reduce<Json | undefined>((value, name) => value?.[name], event);

const text = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');

/** Properties of a trigger's event that the table does not call absent. */
export function present(triggerId: string): string[] {
  const [, after = ''] = text.split(`\n### \`${triggerId}\`\n`);
  const [section = ''] = after.split(/\n##/);
  const absent = new Set(
    [...section.matchAll(/^\| `event\.([^`]+)` \| not supported \|/gm)].map(([, name = '']) => name),
  );
  return (EVENT_PROPERTIES[triggerId] ?? []).filter((path) => !absent.has(path));
}

/** Every path of an object down to what is no object, or is an object of the tenant's own. */
function pathsIn(value: unknown, known: readonly string[], prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  if (prefix !== '' && !known.some((path) => path.startsWith(prefix))) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = `${prefix}${name}`;
    return [path, ...pathsIn(inner, known, `${path}.`)];
  });
}

/** In each event a property is there exactly where its row says so, is of its kind, and nothing else is there. */
export function expectShape<Where extends string>(
  events: ReadonlyMap<Where, Json>,
  rows: { readonly [path: string]: readonly [kind: string, when: 'always' | readonly Where[], ...unknown[]] },
  kinds: { readonly [kind: string]: (value: unknown) => boolean },
  beyond: readonly string[] = [],
): void {
  const known = Object.keys(rows);
  for (const [where, event] of events) {
    const expected = known.filter((path) => rows[path]?.[1] === 'always' || rows[path]?.[1].includes(where));
    const found = pathsIn(event, known).filter((path) => !beyond.includes(path));
    expect([where, found.toSorted()]).toEqual([where, expected.toSorted()]);
    const odd = expected.filter((path) => !kinds[rows[path]?.[0] ?? '']?.(at(event, path)));
    expect([where, odd.map((path) => [path, at(event, path)])]).toEqual([where, []]);
  }
}
