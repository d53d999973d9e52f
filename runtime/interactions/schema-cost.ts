// Interactions: what it costs to judge a body by a schema. Both are short, but each entry of a list may have to be held
// against thousands of choices, names or patterns; what would hold up everybody else is not judged at all.
import type { Json, JsonObject } from '#storage/records.ts';
import { type Budget, createBudget, spend } from './budget.ts';
import { entryOf, isObject, sizeOf } from './json-bounds.ts';
import { compileRegex, priceOf } from './linear-regex.ts';

/** Units of the budget: for a value, for a name that may be missing, for a choice, for a character of a text with a form. */
const VALUE = 20;
const NAME = 20;
const CHOICE = 1;
const CHARACTER = 2;

/** @param schema of which every keyword was read, so that there is nothing in it that is not looked at here. */
export function canJudge(schema: JsonObject, body: Json): boolean {
  return pays(schema, body, createBudget());
}

function pays(schema: JsonObject, value: Json, budget: Budget): boolean {
  const { properties, items } = schema;
  if (!spend(budget, VALUE + costOf(schema, value))) return false;
  if (Array.isArray(value)) return !isObject(items) || value.every((item) => pays(items, item, budget));
  if (!isObject(value) || !isObject(properties)) return true;
  return Object.entries(properties).every(([name, inner]) => {
    const entry = entryOf(value, name);
    return entry === undefined ? spend(budget, 1) : !isObject(inner) || pays(inner, entry, budget);
  });
}

/** Of the value itself, without what is in it. */
function costOf({ required, enum: choices, pattern, uniqueItems }: JsonObject, value: Json): number {
  // Of a choice, only as much is looked at as the value has.
  const choosing = Array.isArray(choices) ? choices.length * CHOICE * Math.min(sizeOf(value), 1_000) : 0;
  if (typeof value === 'string') {
    const regex = typeof pattern === 'string' ? compileRegex(pattern) : undefined;
    return choosing + value.length * (CHARACTER + (regex ? priceOf(regex) : 0));
  }
  if (Array.isArray(value)) return choosing + (uniqueItems === true ? (value.length * sizeOf(value)) / 4 : 0);
  return choosing + (Array.isArray(required) && isObject(value) ? required.length * NAME : 0);
}
