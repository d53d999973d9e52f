// Values of secrets, taken out of what scripts leave behind. A script that prints its key must not thereby hand it to
// everybody who may read logs. It is a net for accidents: a script that splits or transforms a value gets through.
import type { Json } from '#storage/records.ts';

export type Redact = (text: string) => string;

/** Shorter values would be found in every other word. */
const MIN_LENGTH = 6;
const MARK = '***';

export const noRedaction: Redact = (text) => text;

/** Replaces these values, also where they stand inside JSON or a URL. */
export function redactor(values: readonly string[]): Redact {
  const forms = new Set<string>();
  for (const value of values) {
    if (value.length < MIN_LENGTH) continue;
    for (const form of [value, JSON.stringify(value).slice(1, -1), urlEncoded(value)]) forms.add(form);
  }
  if (forms.size === 0) return noRedaction;
  // The longest first: one value may contain another.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, form) => left.replaceAll(form, MARK), text);
}

/** Every text in it, keys too. */
export function redactJson<T extends Json>(value: T, redact: Redact): T {
  return redact === noRedaction ? value : (walk(value, redact) as T);
}

function walk(value: Json, redact: Redact): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => walk(inner, redact));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), walk(inner, redact)]));
}

function urlEncoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value; // A lone surrogate has no encoding.
  }
}
