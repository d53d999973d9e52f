// Interactions: rules that put values somewhere. They are data of the tenant and run over what strangers sent; whatever
// either of them wrote, the result is an object, made in bounded time.
import type { Json, JsonObject } from '#storage/records.ts';
import { createBudget } from './budget.ts';
import { compose } from './compose.ts';
import { holds } from './conditions.ts';
import type { MappingContext, MappingRule } from './interaction.ts';
import { isObject, MOST_CHARACTERS, putEntry, shallow, sizeOf } from './json-bounds.ts';
import { readPath } from './json-path.ts';
import { applyFunction } from './mapping-functions/all-functions.ts';
import type { Means } from './mapping-functions/mapping-function.ts';

/** Rules of one list, and functions of one rule; more of them are not looked at. */
export const MOST_RULES = 200;
export const MOST_FUNCTIONS = 20;

/** Clock and dice of functions that give what was not there before. */
export type MappingMeans = Omit<Means, 'budget'>;

/**
 * Runs the rules in their order (idp-server reference, §2.5). A place that is not there, a path that is none and a function
 * that cannot work give null, which is put like any other value; a condition that does not hold leaves the rule out.
 */
export function applyRules(rules: readonly MappingRule[], given: MappingContext, means: MappingMeans): JsonObject {
  const context = shallow(given);
  const all: Means = { now: means.now, random: means.random, budget: createBudget() };
  const flat = new Map<string, Json>();
  let size = 0;
  for (const rule of rules.slice(0, MOST_RULES)) {
    if (typeof rule.to !== 'string' || (rule.condition && !holds(rule.condition, context, all.budget))) continue;
    const value = produced(rule, context, all);
    size += sizeOf(value);
    // Many rules may each put the same million characters.
    if (size > MOST_CHARACTERS) break;
    for (const [name, entry] of entriesOf(rule.to, value)) {
      // A later rule is also later in the order of what is composed.
      flat.delete(name);
      flat.set(name, entry);
    }
  }
  return compose(flat);
}

function produced(rule: MappingRule, context: MappingContext, means: Means): Json {
  let value: Json =
    rule.static_value ?? (typeof rule.from === 'string' ? readPath(context, rule.from, means.budget) : null);
  if (!Array.isArray(rule.functions)) return value;
  for (const step of rule.functions.slice(0, MOST_FUNCTIONS)) {
    if (typeof step?.name === 'string')
      value = applyFunction(step.name, value, argsOf(step.args, context, means), means);
  }
  return value;
}

/** Texts that begin with `$.` are read first, in lists of arguments too. */
function argsOf(written: JsonObject | undefined, context: MappingContext, { budget }: Means): JsonObject {
  const args: JsonObject = {};
  if (!isObject(written)) return args;
  const read = (value: Json) =>
    typeof value === 'string' && value.startsWith('$.') ? readPath(context, value, budget) : value;
  for (const [name, value] of Object.entries(written)) {
    putEntry(args, name, Array.isArray(value) ? value.map(read) : read(value));
  }
  return args;
}

/** `*` puts the entries of an object; what is no object has none. */
function entriesOf(to: string, value: Json): [string, Json][] {
  if (to !== '*') return [[to, value]];
  return isObject(value) ? Object.entries(value) : [];
}
