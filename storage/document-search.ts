// Storage: what a path leads to in a document, as PostgreSQL's lax JSON paths have it: a list stands for its members, one
// level at each step. SQLite asks this for every row it reads.
import type { Scalar } from './user-filter.ts';

type Json = Scalar | null | Json[] | { [key: string]: Json };

/**
 * @param json the document as it is stored.
 * @param path a JSON list of keys.
 * @param values a JSON list of scalars, one of which it must be; `null`: any.
 */
export function leadsTo(json: string, path: string, values: string): boolean {
  const { keys, wanted, traces } = question(path, values);
  // What is not in the text is not in the document; most rows are done with here.
  if (!traces.every((either) => either.some((trace) => json.includes(trace)))) return false;
  const found = follow([JSON.parse(json) as Json], keys);
  // PostgreSQL opens a list for the test, and once more to compare.
  return wanted ? members(members(found)).some((value) => wanted.has(value as Scalar)) : found.some(holdsScalar);
}

type Question = { keys: string[]; wanted: Set<Scalar> | undefined; traces: string[][] };

/** Those of the queries under way: a query asks the same of every row. */
const asked = new Map<string, Question>();
const MOST_ASKED = 200;

function question(path: string, values: string): Question {
  const known = asked.get(path + values);
  if (known) return known;
  const keys = JSON.parse(path) as string[];
  const list = JSON.parse(values) as Scalar[] | null;
  const inKeys = keys.map((key) => [`${JSON.stringify(key)}:`]);
  const inValues = list ? [list.map((each) => JSON.stringify(each))] : [];
  const read = { keys, wanted: list ? new Set(list) : undefined, traces: [...inKeys, ...inValues] };
  if (asked.size >= MOST_ASKED) asked.clear();
  asked.set(path + values, read);
  return read;
}

function follow(values: Json[], keys: readonly string[]): Json[] {
  let found = values;
  for (const key of keys) {
    found = members(found).flatMap((value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return [];
      return [value[key] ?? null];
    });
  }
  return found;
}

const members = (values: Json[]): Json[] => values.flatMap((value) => (Array.isArray(value) ? value : [value]));

/** Without recursion: how deep a document is nested is somebody else's choice. */
function holdsScalar(value: Json): boolean {
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object') return true;
    if (next !== null) open.push(...Object.values(next));
  }
  return false;
}
