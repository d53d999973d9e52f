// Interactions: what is found in a configuration that somebody wants to keep.
import type { Json, JsonObject } from '#storage/records.ts';
import { textOf } from './mapping-functions/mapping-function.ts';

/** Sentences; each begins with its place. No value of a secret is among them. */
export type Findings = { errors: string[]; warnings: string[] };

export function unknownFields(at: string, written: JsonObject, known: readonly string[], { warnings }: Findings): void {
  for (const name of Object.keys(written)) {
    if (!known.includes(name)) warnings.push(`${at}.${textAt(name)}: is unknown and has no effect`);
  }
}

/** What somebody wrote, for a sentence. */
export function textAt(value: Json): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
