// Mapping functions: the list of them, and how a chain of them is run. Whatever they make of a value is measured after each.
import type { Json, JsonObject } from '#storage/records.ts';
import { entryOf, isObject, MOST_CHARACTERS, sizeOf } from '../json-bounds.ts';
import { CHOICE_FUNCTIONS } from './choices.ts';
import { DATE_FUNCTIONS } from './dates.ts';
import { ENCODING_FUNCTIONS } from './encodings.ts';
import { LETTER_FUNCTIONS } from './letters.ts';
import { LIST_FUNCTIONS } from './lists.ts';
import { type FunctionEntry, listOf, type Means, pays, textArg } from './mapping-function.ts';
import { TEXT_FUNCTIONS } from './texts.ts';
import { VALUE_FUNCTIONS } from './values.ts';

/** Levels of `map` inside of `map`. */
const DEEPEST = 5;
/** Units that a call costs, unless the function says otherwise. */
const CALLING = 50;

const FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  ...TEXT_FUNCTIONS,
  ...LETTER_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...VALUE_FUNCTIONS,
  ...CHOICE_FUNCTIONS,
  ...LIST_FUNCTIONS,
  // Below, because it knows the others.
  map: { apply: () => null, knows: ['function', 'function_args'], needs: ['function'] },
};

export function functionNamed(name: string): FunctionEntry | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}

/** Null: too big a result, arguments that make no sense, or no budget. A function that does not exist is passed over. */
export function applyFunction(name: string, input: Json, args: JsonObject, means: Means, depth = 1): Json {
  const entry = functionNamed(name);
  if (!entry) return input;
  if (!pays(means, (entry.costs ?? CALLING) + sizeOf(input))) return null;
  const output = name === 'map' ? mapped(input, args, means, depth) : entry.apply(input, args, means);
  const size = sizeOf(output);
  return size <= MOST_CHARACTERS && pays(means, size) ? output : null;
}

function mapped(input: Json, args: JsonObject, means: Means, depth: number): Json {
  const name = textArg(args, 'function') ?? '';
  if (input === null || depth > DEEPEST || !functionNamed(name)) return null;
  const given = entryOf(args, 'function_args');
  const inner = isObject(given) ? given : {};
  const results: Json[] = [];
  let size = 0;
  for (const item of listOf(input)) {
    const result = applyFunction(name, item, inner, means, depth + 1);
    size += sizeOf(result);
    if (size > MOST_CHARACTERS) return null;
    results.push(result);
  }
  return results;
}
