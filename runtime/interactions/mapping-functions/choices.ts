// Mapping functions: one value or another, as the value is.
import type { Json } from '#storage/records.ts';
import { entryOf, isObject } from '../json-bounds.ts';
import { type FunctionEntry, flagArg, type MappingFunction, textArg, textOf } from './mapping-function.ts';

const exists: MappingFunction = (input) => input !== null;

const choose: MappingFunction = (input, args) => {
  const held = conditionHolds(input, textArg(args, 'condition') ?? '');
  if (held === undefined) return null;
  return (held ? entryOf(args, 'then') : (entryOf(args, 'else') ?? input)) ?? null;
};

const change: MappingFunction = (input, args) => {
  const cases = entryOf(args, 'cases');
  if (!isObject(cases)) return null;
  const otherwise = entryOf(args, 'default') ?? input;
  if (input === null) return otherwise;
  const text = textOf(input);
  const exact = entryOf(cases, text);
  if (exact !== undefined) return exact;
  if (!flagArg(args, 'ignoreCase', false)) return otherwise;
  const lower = text.toLowerCase();
  const found = Object.entries(cases).find(([name]) => name.toLowerCase() === lower);
  return found ? found[1] : otherwise;
};

export const CHOICE_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  exists: { apply: exists, knows: [] },
  if: { apply: choose, knows: ['condition', 'then', 'else'], needs: ['condition', 'then'] },
  switch: { apply: change, knows: ['cases', 'default', 'ignoreCase'], needs: ['cases'] },
};

function conditionHolds(input: Json, condition: string): boolean | undefined {
  const [, name = '', wanted] = /^([a-z_]+)(?::(.*))?$/is.exec(condition) ?? [];
  switch (name.toLowerCase()) {
    case 'null':
      return input === null;
    case 'not_null':
    case 'exists':
      return input !== null;
    case 'empty':
      return isEmpty(input);
    case 'not_empty':
      return !isEmpty(input);
    case 'equals':
      return wanted === undefined ? undefined : input !== null && textOf(input) === wanted;
    case 'not_equals':
      return wanted === undefined ? undefined : input === null || textOf(input) !== wanted;
    default:
      return undefined;
  }
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
