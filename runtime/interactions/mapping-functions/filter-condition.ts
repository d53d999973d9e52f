// Mapping functions: the little language of `filter`: `{{value}} != null && ({{value}} contains 'a' || {{value}} length > 3)`.
// The value is compared, never put into the text of the condition, so no value can change what is asked.
import type { Json } from '#storage/records.ts';
import { textOf } from './mapping-function.ts';

export type Condition = (value: Json) => boolean;

/** Characters of a condition, and levels of its brackets. */
const LONGEST = 1_000;
const DEEPEST = 20;
const WORDS = /\s*(\{\{value\}\}|&&|\|\||[()]|!=|==|<|>|'(?:[^'\\]|\\.)*'|[^\s()'&|=!<>]+)/y;

/** Undefined: the text is no condition. */
export function readFilterCondition(text: string): Condition | undefined {
  if (text.length > LONGEST) return undefined;
  const words = wordsOf(text);
  if (!words) return undefined;
  const reader = { words, at: 0 };
  const condition = either(reader, 0);
  return reader.at === words.length ? condition : undefined;
}

type Reader = { words: readonly string[]; at: number };

function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  const pattern = new RegExp(WORDS);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const found = pattern.exec(text);
    if (!found) return undefined;
    words.push(found[1] ?? '');
  }
  return words;
}

function either(reader: Reader, depth: number): Condition | undefined {
  return chain(
    reader,
    '||',
    () => both(reader, depth),
    (conditions) => (value) => conditions.some((one) => one(value)),
  );
}

function both(reader: Reader, depth: number): Condition | undefined {
  return chain(
    reader,
    '&&',
    () => single(reader, depth),
    (conditions) => (value) => conditions.every((one) => one(value)),
  );
}

function chain(
  reader: Reader,
  sign: string,
  next: () => Condition | undefined,
  combine: (conditions: readonly Condition[]) => Condition,
): Condition | undefined {
  const conditions: Condition[] = [];
  do {
    const one = next();
    if (!one) return undefined;
    conditions.push(one);
  } while (taken(reader, sign));
  return combine(conditions);
}

function single(reader: Reader, depth: number): Condition | undefined {
  if (taken(reader, '(')) {
    const inner = depth < DEEPEST ? either(reader, depth + 1) : undefined;
    return inner && taken(reader, ')') ? inner : undefined;
  }
  if (taken(reader, 'true')) return () => true;
  if (taken(reader, 'false')) return () => false;
  if (!taken(reader, '{{value}}')) return undefined;
  return taken(reader, 'length') ? ofLength(reader) : ofValue(reader);
}

function ofValue(reader: Reader): Condition | undefined {
  const sign = reader.words[reader.at++];
  const word = reader.words[reader.at++];
  if (word === undefined) return undefined;
  if (word === 'null' && (sign === '==' || sign === '!=')) return (value) => (value === null) === (sign === '==');
  const wanted = unquoted(word);
  const test = TESTS[sign ?? ''];
  // Nothing is neither the same as something, nor different from it, as for databases.
  return test && ((value) => value !== null && test(textOf(value), wanted));
}

const TESTS: { readonly [sign: string]: ((text: string, wanted: string) => boolean) | undefined } = {
  '==': (text, wanted) => text === wanted,
  '!=': (text, wanted) => text !== wanted,
  contains: (text, wanted) => text.includes(wanted),
  startsWith: (text, wanted) => text.startsWith(wanted),
  endsWith: (text, wanted) => text.endsWith(wanted),
};

function ofLength(reader: Reader): Condition | undefined {
  const sign = reader.words[reader.at++];
  const word = reader.words[reader.at++] ?? '';
  if (!/^\d{1,9}$/.test(word)) return undefined;
  const wanted = Number(word);
  const test = LENGTHS[sign ?? ''];
  return test && ((value) => value !== null && test(textOf(value).length, wanted));
}

const LENGTHS: { readonly [sign: string]: ((length: number, wanted: number) => boolean) | undefined } = {
  '>': (length, wanted) => length > wanted,
  '<': (length, wanted) => length < wanted,
  '==': (length, wanted) => length === wanted,
};

function taken(reader: Reader, word: string): boolean {
  if (reader.words[reader.at] !== word) return false;
  reader.at++;
  return true;
}

function unquoted(word: string): string {
  return word.startsWith("'") ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word;
}
