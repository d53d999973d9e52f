// Interactions: comparisons that tenants write: of mapping rules, of what an outside service answered, and of policies.
// Whatever is compared with whatever, the answer is yes or no: a comparison that makes no sense is false.
import type { Json } from '#storage/records.ts';
import { type Budget, createBudget, spend } from './budget.ts';
import type { MappingCondition, MappingContext } from './interaction.ts';
import { entryOf, isObject } from './json-bounds.ts';
import { readPath } from './json-path.ts';
import { matchesWhole } from './linear-regex.ts';
import { sameJson } from './same-json.ts';

type Comparison = (actual: Json, wanted: Json, budget?: Budget) => boolean;

/** Levels of `allOf` and `anyOf`. */
const DEEPEST = 10;
/** Units of the budget that any comparison costs. */
const COMPARING = 100;

const COMPARISONS: { readonly [operation: string]: Comparison } = {
  eq: sameJson,
  ne: (actual, wanted) => !sameJson(actual, wanted),
  gt: byNumber((actual, wanted) => actual > wanted),
  gte: byNumber((actual, wanted) => actual >= wanted),
  lt: byNumber((actual, wanted) => actual < wanted),
  lte: byNumber((actual, wanted) => actual <= wanted),
  in: (actual, wanted) => Array.isArray(wanted) && wanted.some((one) => sameJson(one, actual)),
  nin: (actual, wanted) => Array.isArray(wanted) && !wanted.some((one) => sameJson(one, actual)),
  exists: (actual) => actual !== null,
  missing: (actual) => actual === null,
  contains: (actual, wanted) => {
    if (Array.isArray(actual)) return actual.some((one) => sameJson(one, wanted));
    return typeof actual === 'string' && typeof wanted === 'string' && actual.includes(wanted);
  },
  regex: (actual, wanted, budget) =>
    typeof actual === 'string' && typeof wanted === 'string' && matchesWhole(wanted, actual, budget),
};

/** Names of the comparisons, in lower case; any case is understood. */
export const OPERATIONS: readonly string[] = Object.keys(COMPARISONS);

/**
 * Compares what was found with what is wanted (idp-server reference, §3.3). Strict: 1 is not "1", but `gt` and its like
 * take numbers that are written as texts. An operation that does not exist is false.
 * @param actual null where nothing was found.
 */
export function compare(operation: string, actual: Json, wanted: Json | undefined, budget?: Budget): boolean {
  const name = operation.toLowerCase();
  if (!Object.hasOwn(COMPARISONS, name) || !spend(budget, lengthOf(actual) + lengthOf(wanted))) return false;
  return COMPARISONS[name]?.(actual, wanted ?? null, budget) ?? false;
}

/** What may have to be looked at one by one. */
function lengthOf(value: Json | undefined): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 1;
}

/** Whether a condition of a rule holds. Conditions that nest too deep, or are more than the budget pays for, do not. */
export function holds(
  condition: MappingCondition,
  context: MappingContext,
  budget: Budget = createBudget(),
  depth = 1,
): boolean {
  if (depth > DEEPEST || !spend(budget, COMPARING) || typeof condition.operation !== 'string') return false;
  const name = condition.operation.toLowerCase();
  if (name !== 'allof' && name !== 'anyof') {
    const actual = typeof condition.path === 'string' ? readPath(context, condition.path, budget) : null;
    return compare(name, actual, condition.value, budget);
  }
  if (!Array.isArray(condition.value)) return false;
  const nested = (one: Json) => {
    const read = conditionOf(one);
    return read !== undefined && holds(read, context, budget, depth + 1);
  };
  return name === 'allof' ? condition.value.every(nested) : condition.value.some(nested);
}

/** Reads a condition that stands inside another. */
function conditionOf(written: Json): MappingCondition | undefined {
  if (!isObject(written)) return undefined;
  const operation = entryOf(written, 'operation');
  const path = entryOf(written, 'path');
  const value = entryOf(written, 'value');
  if (typeof operation !== 'string') return undefined;
  return {
    operation,
    ...(typeof path === 'string' ? { path } : {}),
    ...(value === undefined ? {} : { value }),
  };
}

function byNumber(compared: (actual: number, wanted: number) => boolean): Comparison {
  return (actual, wanted) => {
    const [one, other] = [numberOf(actual), numberOf(wanted)];
    return one !== undefined && other !== undefined && compared(one, other);
  };
}

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value)) return undefined;
  return value.length <= 100 ? Number(value) : undefined;
}
