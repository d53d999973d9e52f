// Values of secrets, taken out of what scripts leave behind. A script that prints its key must not thereby hand it to
// everybody who may read logs. It is a net for accidents: a script that splits or transforms a value gets through.
import type { Json } from '#storage/records.ts';

export type Redact = (text: string) => string;

/** Shorter values would be found in every other word. */
const MIN_LENGTH = 6;
const MARK = '***';

export const noRedaction: Redact = (text) => text;

/**
 * Replaces these values, also where they stand inside JSON, a URL or HTML.
 * @param codes what lets somebody in: one of four or five digits is replaced where it stands as a number of its own.
 */
export function redactor(values: readonly string[], codes: readonly string[] = []): Redact {
  const forms = new Set<string>();
  for (const value of [...values, ...codes]) {
    if (value.length < MIN_LENGTH) continue;
    const inHtml = value.replaceAll('&', '&amp;');
    for (const form of [value, JSON.stringify(value).slice(1, -1), urlEncoded(value), inHtml]) forms.add(form);
  }
  const short = codes.filter((code) => code.length < MIN_LENGTH && /^\d{4,}$/.test(code));
  if (forms.size === 0 && short.length === 0) return noRedaction;
  // The longest first: one value may contain another.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  const numbers = short.map((code) => new RegExp(`\\b${code}\\b`, 'g'));
  return (text) => {
    const left = ordered.reduce((rest, form) => rest.replaceAll(form, MARK), text);
    return numbers.reduce((rest, number) => rest.replaceAll(number, MARK), left);
  };
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
