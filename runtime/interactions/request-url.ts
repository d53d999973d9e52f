// Interactions: the address of a request. Values of strangers may fill places in it; they can be no more than what they
// fill: not another host, not another path, not one level up.
import type { Json, JsonObject } from '#storage/records.ts';
import { entryOf } from './json-bounds.ts';
import { textOf } from './mapping-functions/mapping-function.ts';

const PLACEHOLDER = /\{\{\s*([^{}\s]+)\s*\}\}/g;
const LONGEST_VALUE = 1_000;

export type Addressed = { ok: true; url: string } | { ok: false; wrong: string };

/** Fills `{{name}}`; each value becomes one piece of a path, whatever it holds. */
export function fillUrl(template: string, values: JsonObject, query: JsonObject): Addressed {
  const empty: string[] = [];
  const filled = template.replace(PLACEHOLDER, (_all, name: string) => {
    const text = textOf(entryOf(values, name) ?? null);
    if (text === '' || text.length > LONGEST_VALUE || !text.isWellFormed()) empty.push(name);
    return encodeURIComponent(text.toWellFormed());
  });
  if (empty.length > 0)
    return { ok: false, wrong: `the value of ${empty[0]} is missing or cannot stand in an address` };
  const probe = probeOf(template);
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (!url || !probe) return { ok: false, wrong: 'the address is none' };
  // `.` and `..` are levels of a path and not names, even in escapes.
  if (url.origin !== probe.origin || levels(url) !== levels(probe)) {
    return { ok: false, wrong: 'a value would change where the request goes' };
  }
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null) url.searchParams.append(name, text(one));
  }
  return { ok: true, url: url.href };
}

/** What is wrong with an address as it is configured; undefined when nothing is. */
export function checkUrl(template: string): string | undefined {
  const url = probeOf(template);
  if (!url) return 'is no URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'holds a user name or a password; use auth_type or a header';
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(template)?.[0] ?? '';
  if (origin.includes('{{')) return 'has a placeholder outside of its path and its query';
  return undefined;
}

/** The names of its placeholders. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');
}

function probeOf(template: string): URL | undefined {
  const filled = template.replace(PLACEHOLDER, 'x');
  return URL.canParse(filled) ? new URL(filled) : undefined;
}

function levels({ pathname }: URL): number {
  return pathname.split('/').length;
}

function text(value: Json): string {
  return textOf(value).toWellFormed();
}
