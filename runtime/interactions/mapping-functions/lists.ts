// Mapping functions: lists made of lists. What is no list counts as one of it alone.
import type { Json, JsonObject } from '#storage/records.ts';
import { entryOf, isObject, MOST_CHARACTERS, putEntry, sizeOf } from '../json-bounds.ts';
import { readPath } from '../json-path.ts';
import { sameJson } from '../same-json.ts';
import { readFilterCondition } from './filter-condition.ts';
import { type FunctionEntry, flagArg, listOf, type MappingFunction, textArg } from './mapping-function.ts';

const filter: MappingFunction = (input, args) => {
  const condition = readFilterCondition(textArg(args, 'condition') ?? '');
  if (input === null || !condition) return null;
  const negate = flagArg(args, 'negate', false);
  const field = textArg(args, 'field');
  return listOf(input).filter((item) => condition(field ? fieldOf(item, field) : item) !== negate);
};

const append: MappingFunction = (input, args) => [
  ...(input === null ? [] : listOf(input)),
  entryOf(args, 'value') ?? null,
];

const merge: MappingFunction = (input, args) => {
  const source = entryOf(args, 'source') ?? null;
  const all = [...(input === null ? [] : listOf(input)), ...(source === null ? [] : listOf(source))];
  const key = textArg(args, 'key');
  if (key) {
    // The last of the same key stands, at the place of the first.
    const byKey = new Map<string, Json>();
    for (const item of all) byKey.set(keyOf(isObject(item) ? fieldOf(item, key) : item), item);
    return [...byKey.values()];
  }
  if (!flagArg(args, 'distinct', false)) return all;
  const distinct = new Map<string, Json>();
  for (const item of all) if (!distinct.has(keyOf(item))) distinct.set(keyOf(item), item);
  return [...distinct.values()];
};

/** Nothing to remove removes nothing: a parameter that was left out must not empty a list. */
const remove: MappingFunction = (input, args) => {
  if (input === null) return null;
  const value = entryOf(args, 'value') ?? null;
  if (value === null) return listOf(input);
  const field = textArg(args, 'field');
  return listOf(input).filter((item) => !sameJson(field ? fieldOf(item, field) : item, value));
};

const pluck: MappingFunction = (input, args) => {
  const field = textArg(args, 'field');
  if (input === null || !field) return null;
  const values = listOf(input).map((item) => fieldOf(item, field));
  return flagArg(args, 'skipNull', false) ? values.filter((value) => value !== null) : values;
};

/** Texts of `fields` that begin with `$.` are read in the value itself. */
const reshape: MappingFunction = (input, args, { budget }) => {
  const fields = entryOf(args, 'fields');
  if (!isObject(input) || !isObject(fields)) return null;
  const shaped: JsonObject = {};
  let size = 0;
  for (const [name, value] of Object.entries(fields)) {
    const put = typeof value === 'string' && value.startsWith('$.') ? readPath(input, value, budget) : value;
    size += name.length + sizeOf(put);
    if (size > MOST_CHARACTERS) return null;
    putEntry(shaped, name, put);
  }
  return shaped;
};

export const LIST_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  filter: { apply: filter, knows: ['condition', 'field', 'negate'], needs: ['condition'] },
  append: { apply: append, knows: ['value'], needs: ['value'] },
  merge: { apply: merge, knows: ['source', 'distinct', 'key'], needs: ['source'] },
  remove: { apply: remove, knows: ['value', 'field'], needs: ['value'] },
  pluck: { apply: pluck, knows: ['field', 'skipNull'], needs: ['field'] },
  reshape: { apply: reshape, knows: ['fields'], needs: ['fields'] },
};

function fieldOf(item: Json, field: string): Json {
  return (isObject(item) ? entryOf(item, field) : undefined) ?? null;
}

/** The same text for the same value, whatever the order of its entries. */
function keyOf(value: Json): string {
  return JSON.stringify(value, (_name, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
