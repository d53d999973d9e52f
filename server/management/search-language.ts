// Management: the search language of `q`, from text to tree: the part of Lucene's that the reference documents. Nothing is
// guessed: what is not understood is refused, for a search that silently finds too much is worse than none.
import { type Refusal, refuse } from './answer.ts';

/** What a search asks for. Without a field a condition stands for whatever a family searches then. */
export type Search =
  | { kind: 'all' | 'any'; of: Search[] }
  | { kind: 'not'; of: Search }
  | { kind: 'condition'; field?: string; match: Match };

export type Match =
  /** Exactly this. `phrase`: it was written in quotes. */
  | { kind: 'text'; text: string; phrase: boolean }
  /** Texts with anything between them: `jo*` is `['jo', '']`. Two or three. */
  | { kind: 'pattern'; texts: string[] }
  /** A bound that is not there is open. */
  | { kind: 'range'; from?: Bound; to?: Bound }
  /** There is a value. */
  | { kind: 'exists' };

export type Bound = { text: string; inclusive: boolean };

/** Longer ones are refused by the query's schema. */
export const SEARCH_LENGTH = 2000;
/** Both bound what a database is asked, whatever somebody writes. */
const MOST_CONDITIONS = 50;
const DEEPEST = 20;

/** The refusal of a search that cannot be made. */
export const refuseSearch = (why: string): Refusal =>
  refuse(400, `The query is not supported: ${why}`, 'invalid_query_string');

export function parseSearch(q: string): { ok: true; search: Search } | Refusal {
  try {
    return { ok: true, search: parse(tokens(q)) };
  } catch (problem) {
    if (problem instanceof Unsupported) return refuseSearch(problem.message);
    throw problem;
  }
}

/** Never leaves this file. */
class Unsupported extends Error {}

function unsupported(why: string): never {
  throw new Unsupported(why);
}

type Token =
  /** Brackets, and the operators in one spelling. */
  | { kind: '(' | ')' | 'AND' | 'OR' | 'NOT' | '+' | 'end' }
  | { kind: 'field'; name: string }
  | { kind: 'value'; match: Match };

/** A part of a word: a character, escaped or not, that does not mean anything else. */
const WORD = String.raw`(?:\\.|[^\s\\"()[\]{}:~^?])+`;
const BOUND = String.raw`(?:"(?:\\.|[^"\\])*"|(?:\\.|[^\s\\"()[\]{}])+)`;
/** Every alternative begins with another character or is tried on one run of characters, so none is tried twice. */
const TOKEN = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    '(?<bracket>[()])',
    String.raw`(?<operator>(?:AND|OR|NOT)(?![^\s()"])|&&|\|\||[!+-])`,
    String.raw`"(?<phrase>(?:\\.|[^"\\])*)"`,
    String.raw`(?<open>[[{])\s*(?<from>${BOUND})\s+TO\s+(?<to>${BOUND})\s*(?<close>[\]}])`,
    `(?<word>${WORD})(?<colon>:)?`,
  ].join('|'),
  'suy',
);

const OPERATORS: Record<string, 'AND' | 'OR' | 'NOT' | '+'> = {
  AND: 'AND',
  '&&': 'AND',
  OR: 'OR',
  '||': 'OR',
  NOT: 'NOT',
  '!': 'NOT',
  '-': 'NOT',
  '+': '+',
};

function tokens(q: string): Token[] {
  const found: Token[] = [];
  let conditions = 0;
  for (let at = 0; at < q.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(q)?.groups;
    if (!groups) return unsupported(unreadable(q, at));
    const token = tokenOf(groups, found.at(-1));
    if (token?.kind === 'value' && ++conditions > MOST_CONDITIONS) {
      return unsupported(`it has more than ${MOST_CONDITIONS} conditions.`);
    }
    if (token) found.push(token);
  }
  return [...found, { kind: 'end' }];
}

function unreadable(q: string, at: number): string {
  const mark = q[at] ?? '';
  if (!'?~^'.includes(mark)) return `it cannot be read from its character ${at + 1} on.`;
  return `${mark} means nothing here; write a value that has it in quotes.`;
}

type Groups = { [name: string]: string | undefined } & { open?: string; close?: string };

function tokenOf(groups: Groups, before: Token | undefined): Token | undefined {
  const { bracket, operator, phrase, word, colon, from, to } = groups;
  if (bracket !== undefined) return { kind: bracket as '(' | ')' };
  if (phrase !== undefined) return { kind: 'value', match: { kind: 'text', text: plain(phrase), phrase: true } };
  if (from !== undefined && to !== undefined) {
    const bounds = { ...bound('from', from, groups.open === '['), ...bound('to', to, groups.close === ']') };
    return { kind: 'value', match: { kind: 'range', ...bounds } };
  }
  // After a field a sign belongs to its value: a number below zero, a phone number.
  if (operator === '-' || operator === '+') {
    if (before?.kind === 'field') unsupported(`write a value that begins with ${operator} in quotes.`);
  }
  if (operator !== undefined) return { kind: OPERATORS[operator] ?? 'AND' };
  if (word === undefined) return undefined;
  if (colon !== undefined) {
    if (before?.kind === 'field') unsupported('write a value with a colon in quotes.');
    return { kind: 'field', name: plain(word) };
  }
  return { kind: 'value', match: matchOf(word) };
}

/** `*` is no bound. */
function bound(side: 'from' | 'to', written: string, inclusive: boolean): { from?: Bound; to?: Bound } {
  if (written === '*') return {};
  const text = plain(written.startsWith('"') ? written.slice(1, -1) : written);
  return { [side]: { text, inclusive } };
}

function matchOf(word: string): Match {
  const compared = /^([<>])(=?)(.+)$/su.exec(word);
  if (compared)
    return { kind: 'range', ...bound(compared[1] === '>' ? 'from' : 'to', compared[3] ?? '', compared[2] !== '') };
  if (word.startsWith('/'))
    return unsupported('regular expressions are not searched for; write a value that begins with / in quotes.');
  const texts = starred(word);
  if (texts.length === 1) return { kind: 'text', text: texts[0] ?? '', phrase: false };
  if (texts.every((text) => text === '')) return { kind: 'exists' };
  // What a database tries for one value grows with the power of the stars.
  if (texts.length > 3) return unsupported('a value has two wildcards at most.');
  return { kind: 'pattern', texts };
}

/** The texts between stars that are not escaped, as they are meant. */
function starred(word: string): string[] {
  const texts = [''];
  for (const [part] of word.matchAll(/\\.|\*|[^\\*]+/gsu)) {
    if (part === '*') texts.push('');
    else texts.push((texts.pop() ?? '') + plain(part));
  }
  return texts;
}

const plain = (written: string): string => written.replaceAll(/\\(.)/gsu, '$1');

/** Reads by descent; how deep is bounded, so that nobody can exhaust the stack. */
function parse(found: readonly Token[]): Search {
  let at = 0;
  let depth = 0;
  const next = (): Token => found[at] ?? { kind: 'end' };

  function deeper<T>(read: () => T): T {
    if (++depth > DEEPEST) unsupported(`it is nested deeper than ${DEEPEST}.`);
    const result = read();
    depth -= 1;
    return result;
  }

  function joined(operator: 'AND' | 'OR', kind: 'all' | 'any', read: () => Search): Search {
    const of = [read()];
    for (; next().kind === operator; of.push(read())) at += 1;
    return one(kind, of);
  }

  const alternatives = (field?: string): Search => joined('OR', 'any', () => neighbours(field));

  /** Side by side any one suffices, of those without a sign; `+` and what is denied hold in any case, as in Lucene. */
  function neighbours(field?: string): Search {
    const parts = { optional: [] as Search[], required: [] as Search[] };
    do {
      const sign = next().kind;
      const read = joined('AND', 'all', () => signed(field));
      parts[sign === '+' || (sign === 'NOT' && read.kind === 'not') ? 'required' : 'optional'].push(read);
    } while (!['OR', ')', 'end'].includes(next().kind));
    const plus = parts.required.some(({ kind }) => kind !== 'not');
    const optional = plus || parts.optional.length === 0 ? [] : [one('any', parts.optional)];
    return one('all', [...optional, ...parts.required]);
  }

  function signed(field?: string): Search {
    const { kind } = next();
    if (kind !== 'NOT' && kind !== '+') return condition(field);
    at += 1;
    const of = deeper(() => signed(field));
    return kind === 'NOT' ? { kind: 'not', of } : of;
  }

  function condition(field?: string): Search {
    const token = next();
    at += 1;
    switch (token.kind) {
      case '(': {
        const inside = deeper(() => alternatives(field));
        if (next().kind !== ')') unsupported('a bracket is not closed.');
        at += 1;
        return inside;
      }
      case 'field':
        if (field !== undefined) unsupported(`the brackets after ${field}: hold values only.`);
        if (next().kind !== 'value' && next().kind !== '(') unsupported(`there is no value after ${token.name}:.`);
        return token.name === '_exists_' ? existence() : condition(token.name);
      case 'value':
        return { kind: 'condition', ...(field === undefined ? {} : { field }), match: token.match };
      case 'end':
        return unsupported('it ends where a condition is expected.');
      default:
        return unsupported(`there is no condition before ${token.kind}.`);
    }
  }

  /** `_exists_:field` names a field where others have a value. */
  function existence(): Search {
    const token = next();
    if (token.kind !== 'value' || token.match.kind !== 'text') return unsupported('_exists_: is followed by a field.');
    at += 1;
    return { kind: 'condition', field: token.match.text, match: { kind: 'exists' } };
  }

  const whole = alternatives();
  if (next().kind !== 'end') unsupported(`there is a ${next().kind} too many.`);
  return whole;
}

function one(kind: 'all' | 'any', of: Search[]): Search {
  const [only] = of;
  return only && of.length === 1 ? only : { kind, of };
}
