// Interactions: reads one place of a document by JSONPath, in the dialect of Jayway's library: names may hold hyphens, a
// path that can match many gives a list, a place that is not there gives null. The parser is a library's; a path to one
// place is walked here, which is quicker and knows no prototypes, and only paths to many are handed to its evaluator.
import { JSONPathSyntaxError, parse, query } from 'jsonpathly';
import type { Json } from '#storage/records.ts';
import { type Budget, spend } from './budget.ts';
import { entryOf, isObject, MOST_CHARACTERS, sizeOf } from './json-bounds.ts';

type Root = NonNullable<ReturnType<typeof parse>>;
type Step = { name: string } | { index: number };

/** One place: its steps. Many: the text that the evaluator is given, and whether it may look into everything. */
type Path = { steps: Step[] } | { text: string; deep: boolean } | { wrong: string };

const LONGEST = 500;
/** The library compares what a filter reads with anything reachable by the name; these are reachable in every object. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));
/** `..` takes the library time that grows with the square of the values. */
const MOST_FOR_DEEP = 20_000;
const MOST_KEPT = 1_000;
const kept = new Map<string, Path>();

/**
 * What is wrong with a path, for who wrote it; undefined when nothing is.
 * Regular expressions in filters are refused, because the library runs them by the language's own engine, which a pattern
 * can hold for hours; so are more than one `..` and lists of more than ten names, whose cost multiplies.
 */
export function checkPath(text: string): string | undefined {
  const path = read(text);
  return 'wrong' in path ? path.wrong : undefined;
}

/** The value at a place of the document. Null: nothing is there, the path is none, or the budget is spent. */
export function readPath(document: Json, text: string, budget?: Budget): Json {
  const path = read(text);
  if ('wrong' in path) return null;
  if ('steps' in path) return walk(document, path.steps);
  const limit = path.deep ? MOST_FOR_DEEP : MOST_CHARACTERS;
  const size = sizeOf(document, limit);
  if (size > limit || !spend(budget, path.deep ? 10 * size : size)) return null;
  return (query(document, path.text, { returnArray: true }) ?? []) as Json;
}

function walk(document: Json, steps: readonly Step[]): Json {
  let at: Json | undefined = document;
  for (const step of steps) {
    if ('index' in step) at = Array.isArray(at) ? at.at(step.index) : undefined;
    else if (Array.isArray(at) && /^\d{1,9}$/.test(step.name)) at = at[Number(step.name)];
    else at = isObject(at) ? entryOf(at, step.name) : undefined;
    if (at === undefined || at === null) return null;
  }
  return at;
}

function read(text: string): Path {
  if (text.length > LONGEST) return { wrong: `is longer than ${LONGEST} characters` };
  const known = kept.get(text);
  if (known) return known;
  const path = parsed(text);
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(text, path);
  return path;
}

function parsed(written: string): Path {
  const text = quoteNames(written.trim());
  let root: Root | null;
  try {
    root = parse(text);
  } catch (error) {
    if (!(error instanceof JSONPathSyntaxError)) throw error;
    return { wrong: `is no JSONPath: ${error.message}` };
  }
  if (!root) return { wrong: 'is no JSONPath' };
  const steps = stepsOf(root);
  if (steps) return { steps };
  const parts = partsOf(root);
  const wrong = costly(parts);
  return wrong === undefined ? { text, deep: parts.some(({ type }) => type === 'dotdot') } : { wrong };
}

/** The steps of a path that names one place; undefined when it can match many. */
function stepsOf(root: Root): Step[] | undefined {
  const steps: Step[] = [];
  for (let next = root.next; next; next = next.next) {
    const { value } = next;
    if (value.type !== 'dot' && value.type !== 'bracketMember') return undefined;
    const inner = value.value;
    if (inner.type === 'wildcard') return undefined;
    if (inner.type !== 'numericLiteral') steps.push({ name: inner.value });
    else steps.push(value.type === 'dot' ? { name: String(inner.value) } : { index: inner.value });
  }
  return steps;
}

type Part = { type: string; [key: string]: unknown };

/** Everything the path is made of, filters included. */
function partsOf(root: unknown): Part[] {
  const parts: Part[] = [];
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null) continue;
    if ('type' in one && typeof one.type === 'string') parts.push(one as Part);
    waiting.push(...Object.values(one));
  }
  return parts;
}

function costly(parts: readonly Part[]): string | undefined {
  const many = (type: string) => parts.filter((part) => part.type === type);
  if (many('dotdot').length > 1) return 'holds more than one ..';
  if (many('filterExpression').length > 2) return 'holds more than two filters';
  if (many('filterExpression').some((filter) => partsOf(filter.value).some(({ type }) => LOOKS_AROUND.has(type)))) {
    return 'looks for many places inside a filter';
  }
  const unions = many('unions');
  if (unions.length > 2 || unions.some(({ values }) => Array.isArray(values) && values.length > 10)) {
    return 'holds too many lists of names';
  }
  if (many('value').some(({ subtype }) => subtype === 'regex')) return 'holds a regular expression';
  if (many('functionCall').some(({ name }) => name === 'match' || name === 'search'))
    return 'holds a regular expression';
  if (
    many('identifier')
      .concat(many('stringLiteral'))
      .some(({ value }) => INHERITED.has(String(value)))
  ) {
    return 'names what every object has';
  }
  return undefined;
}

const LOOKS_AROUND: ReadonlySet<string> = new Set(['dotdot', 'wildcard', 'filterExpression', 'slices', 'unions']);

/**
 * Names that the library's grammar does not take after a dot, in brackets: `$.sms.2fa` and `$.step-2` are `$.sms['2fa']`
 * and `$['step-2']`. What stands in brackets is left as it is.
 */
function quoteNames(text: string): string {
  let quoted = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '[') depth++;
    if (sign === ']') depth--;
    const name =
      sign === '.' && depth === 0 && text[at - 1] !== '.'
        ? /^[^.[\]'"()\s*]+/.exec(text.slice(at + 1))?.[0]
        : undefined;
    if (name !== undefined && !/^([A-Za-z_][\w]*|\d+)$/.test(name)) {
      quoted += `['${name.replaceAll('\\', '\\\\')}']`;
      at += name.length;
    } else quoted += sign;
  }
  return quoted;
}
