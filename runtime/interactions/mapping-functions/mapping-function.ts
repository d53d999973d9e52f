// Mapping functions: what one is. A value in, a value out, pure but for the clock and the dice that it is handed. Bad
// arguments, and results that are too big, give null; a function never throws. Names and arguments: idp-server reference, §2.5.
import type { Json, JsonObject } from '#storage/records.ts';
import type { Random } from '../../ports.ts';
import { type Budget, spend } from '../budget.ts';
import { entryOf, MOST_CHARACTERS } from '../json-bounds.ts';

/** What functions have at hand. `now`: milliseconds since 1970. */
export type Means = { now: () => number; random: Pick<Random, 'uuid' | 'hex'>; budget: Budget };

export type MappingFunction = (input: Json, args: JsonObject, means: Means) => Json;

/**
 * A function, and which arguments it knows; `needs` must be there for it to have any effect. `costs`: units of the budget for
 * one call, where it takes longer than its value is long.
 */
export type FunctionEntry = {
  apply: MappingFunction;
  knows: readonly string[];
  needs?: readonly string[];
  costs?: number;
};

/** The value as a text: numbers and booleans in digits and letters, null as nothing, the rest as JSON. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function textArg(args: JsonObject, name: string): string | undefined {
  const value = entryOf(args, name);
  return value === undefined || value === null ? undefined : textOf(value);
}

export function flagArg(args: JsonObject, name: string, otherwise: boolean): boolean {
  const text = textArg(args, name)?.toLowerCase();
  return text === 'true' || (text === 'false' ? false : otherwise);
}

/** A whole number. */
export function countArg(args: JsonObject, name: string): number | undefined {
  const text = textArg(args, name);
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** What a function that works on lists makes of anything else: a list of it. */
export function listOf(value: Json): Json[] {
  return Array.isArray(value) ? value : [value];
}

/** Texts one after the other. Null: together they are too long. They are counted before they are put together. */
export function joined(texts: readonly string[], separator = ''): string | null {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  return length > MOST_CHARACTERS ? null : texts.join(separator);
}

/** The text with `target` replaced each time. Null: the result would be too long. */
export function replacedAll(text: string, target: string, replacement: string): string | null {
  if (target === '') return text;
  return joined(text.split(target), replacement);
}

/** Whether the budget still pays for so many characters. */
export function pays(means: Means, characters: number): boolean {
  return spend(means.budget, characters);
}
