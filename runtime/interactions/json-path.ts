// Interactions: reads one place of a document by JSONPath, in the dialect of Jayway's library: names may hold hyphens, a
// path that can match many gives a list, a place that is not there gives null. The parser is a library's; a path of names,
// places and wildcards is walked here, which is quicker and knows no prototypes; only others are handed to its evaluator,
// which takes time that grows with the square of what is found.
import { JSONPathSyntaxError, parse, query } from 'jsonpathly';
import type { Json } from '#storage/records.ts';
import { type Budget, spend } from './budget.ts';
import { entryOf, isObject, MOST_CHARACTERS, sizeOf } from './json-bounds.ts';

type Root = NonNullable<ReturnType<typeof parse>>;
type Step = { name: string } | { index: number } | { all: true };

/** Its steps; or the text that the evaluator is given, and whether it may find a great many. */
type Path = { steps: Step[] } | { text: string; wide: boolean } | { wrong: string };

const LONGEST = 500;
/** The parser takes seconds for a few hundred of them. */
const MOST_BRACKETS = 30;
/** The library compares what a filter reads with anything reachable by the name; these are reachable in every object. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));
/** `..`, slices and lists of names take the library time that grows with the square of the values. */
const MOST_FOR_WIDE = 20_000;
/** Units of the budget that the evaluator costs for each unit of size. */
const EVALUATING = 10;
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
  if ('steps' in path) {
    return path.steps.some((step) => 'all' in step)
      ? walkAll(document, path.steps, budget)
      : (walk(document, path.steps) ?? null);
  }
  const limit = path.wide ? MOST_FOR_WIDE : MOST_CHARACTERS;
  const size = sizeOf(document, limit);
  if (size > limit || !spend(budget, EVALUATING * size)) return null;
  return (query(document, path.text, { returnArray: true }) ?? []) as Json;
}

function walk(document: Json, steps: readonly Step[]): Json | undefined {
  let at: Json | undefined = document;
  for (const step of steps) {
    at = partOf(at, step);
    if (at === undefined || at === null) return undefined;
  }
  return at;
}

function partOf(whole: Json, step: Step): Json | undefined {
  if ('all' in step) return undefined;
  if ('index' in step) return Array.isArray(whole) ? whole.at(step.index) : undefined;
  if (Array.isArray(whole) && /^\d{1,9}$/.test(step.name)) return whole[Number(step.name)];
  return isObject(whole) ? entryOf(whole, step.name) : undefined;
}

/** Everything that is there; null once the budget is spent. */
function walkAll(document: Json, steps: readonly Step[], budget: Budget | undefined): Json {
  let found: Json[] = [document];
  for (const step of steps) {
    const parts: Json[] = [];
    for (const one of found) {
      if ('all' in step) {
        if (typeof one === 'object' && one !== null) for (const part of Object.values(one)) parts.push(part);
      } else {
        const part = partOf(one, step);
        if (part !== undefined) parts.push(part);
      }
    }
    if (!spend(budget, found.length + parts.length)) return null;
    found = parts;
  }
  return found;
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
  if ((written.match(/[({]/g)?.length ?? 0) > MOST_BRACKETS) return { wrong: 'holds too many brackets' };
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
  return wrong === undefined ? { text, wide: parts.some(({ type }) => WIDE.has(type)) } : { wrong };
}

/** The steps of a path of names, places and wildcards; undefined of any other. */
function stepsOf(root: Root): Step[] | undefined {
  const steps: Step[] = [];
  for (let next = root.next; next; next = next.next) {
    const { value } = next;
    if (value.type === 'bracketExpression' && value.value.type === 'wildcard') {
      steps.push({ all: true });
      continue;
    }
    if (value.type !== 'dot' && value.type !== 'bracketMember') return undefined;
    const inner = value.value;
    if (inner.type === 'wildcard') steps.push({ all: true });
    else if (inner.type !== 'numericLiteral') steps.push({ name: inner.value });
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

const WIDE: ReadonlySet<string> = new Set(['dotdot', 'slices', 'unions']);
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
