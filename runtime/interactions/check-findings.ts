// Interactions: what is found in a configuration that somebody wants to keep.
import type { Json, JsonObject } from '#storage/records.ts';
import type { Budget } from './budget.ts';
import { textOf } from './mapping-functions/mapping-function.ts';

/**
 * Sentences; each begins with its place. No value of a secret is among them.
 * `budget`: of patterns, all of them together: each takes its time to be compiled.
 */
export type Findings = { errors: string[]; warnings: string[]; budget: Budget };

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
