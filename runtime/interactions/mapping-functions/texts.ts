// Mapping functions: texts made of texts.
import type { Json } from '#storage/records.ts';
import { entryOf, MOST_CHARACTERS } from '../json-bounds.ts';
import { type Match, matchesIn } from '../linear-regex.ts';
import {
  countArg,
  type FunctionEntry,
  flagArg,
  joined,
  listOf,
  type MappingFunction,
  replacedAll,
  textArg,
  textOf,
} from './mapping-function.ts';

/** Of a replacement with groups. */
const LONGEST_REPLACEMENT = 1_000;

const format: MappingFunction = (input, args) => {
  const template = textArg(args, 'template');
  return template === undefined ? null : replacedAll(template, '{{value}}', textOf(input));
};

const replace: MappingFunction = (input, args, { budget }) => {
  if (input === null) return null;
  const text = textOf(input);
  const target = textArg(args, 'target') ?? '';
  const replacement = textArg(args, 'replacement') ?? '';
  if (target === '') return text;
  const once = flagArg(args, 'replaceFirst', false);
  if (flagArg(args, 'ignoreCase', false)) {
    const found = matchesIn(quoted(target), text, { flags: 'i', budget });
    return found ? substituted(text, once ? found.slice(0, 1) : found, () => replacement) : null;
  }
  if (!once) return replacedAll(text, target, replacement);
  const at = text.indexOf(target);
  return at < 0 ? text : joined([text.slice(0, at), replacement, text.slice(at + target.length)]);
};

/** `$1` and `${1}` in the replacement are groups of the pattern, `\$` is a dollar sign. */
const regexReplace: MappingFunction = (input, args, { budget }) => {
  if (input === null) return null;
  const pattern = textArg(args, 'pattern');
  if (pattern === undefined) return null;
  const text = textOf(input);
  const found = matchesIn(pattern, text, { flags: textArg(args, 'flags') ?? '', budget });
  if (!found) return null;
  const replacement = textArg(args, 'replacement') ?? '';
  if (replacement.length > LONGEST_REPLACEMENT) return null;
  const pieces = piecesOf(replacement);
  const filled = ({ groups }: Match) =>
    pieces.map((piece) => (typeof piece === 'number' ? (groups[piece] ?? '') : piece)).join('');
  return substituted(text, flagArg(args, 'replaceFirst', false) ? found.slice(0, 1) : found, filled);
};

const substring: MappingFunction = (input, args) => {
  if (input === null) return null;
  const text = textOf(input);
  const from = countArg(args, 'start') ?? 0;
  const start = from < 0 ? Math.max(0, text.length + from) : from;
  const length = countArg(args, 'length');
  if (length !== undefined) return text.slice(start, start + Math.max(0, length));
  // A negative end counts from the end of the text, as it does for `slice`.
  return text.slice(start, countArg(args, 'end') ?? text.length);
};

const split: MappingFunction = (input, args, { budget }) => {
  if (input === null) return null;
  const text = textOf(input);
  if (text === '') return [];
  const separator = textArg(args, 'separator') ?? ',';
  const limit = countArg(args, 'limit') ?? 0;
  const found = flagArg(args, 'regex', false)
    ? matchesIn(separator, text, { budget })?.filter(({ start, end }) => end > start)
    : placesOf(text, separator);
  if (!found) return null;
  const cuts = limit > 0 ? found.slice(0, limit - 1) : found;
  let parts = cuts.map(({ start }, at) => text.slice(cuts[at - 1]?.end ?? 0, start));
  parts.push(text.slice(cuts.at(-1)?.end ?? 0));
  // As in Java: without a limit, nothing at the end is nothing at all.
  if (limit <= 0) parts = parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
  if (flagArg(args, 'trim', false)) parts = parts.map((part) => part.trim());
  return flagArg(args, 'removeEmpty', false) ? parts.filter((part) => part !== '') : parts;
};

const join: MappingFunction = (input, args) => {
  if (input === null) return null;
  const texts = kept(listOf(input), flagArg(args, 'skipNull', true), flagArg(args, 'skipEmpty', false));
  const middle = joined(texts, textArg(args, 'separator') ?? ',');
  return middle === null ? null : joined([textArg(args, 'prefix') ?? '', middle, textArg(args, 'suffix') ?? '']);
};

/** Looks at its arguments alone: the values are texts, or paths that were read before. */
const concat: MappingFunction = (_input, args) => {
  const values = entryOf(args, 'values');
  if (!Array.isArray(values)) return null;
  const texts = kept(values, flagArg(args, 'skipNull', false), flagArg(args, 'skipEmpty', false));
  return joined(texts, textArg(args, 'separator') ?? '');
};

export const TEXT_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  format: { apply: format, knows: ['template'], needs: ['template'] },
  replace: { apply: replace, knows: ['target', 'replacement', 'ignoreCase', 'replaceFirst'], needs: ['target'] },
  regex_replace: {
    apply: regexReplace,
    knows: ['pattern', 'replacement', 'flags', 'replaceFirst'],
    needs: ['pattern'],
  },
  substring: { apply: substring, knows: ['start', 'end', 'length'] },
  split: { apply: split, knows: ['separator', 'trim', 'removeEmpty', 'limit', 'regex'] },
  join: { apply: join, knows: ['separator', 'skipNull', 'skipEmpty', 'prefix', 'suffix'] },
  concat: { apply: concat, knows: ['values', 'separator', 'skipNull', 'skipEmpty'], needs: ['values'] },
};

function kept(values: readonly Json[], skipNull: boolean, skipEmpty: boolean): string[] {
  return values
    .filter((value) => !(skipNull && value === null))
    .map(textOf)
    .filter((text) => !(skipEmpty && text === ''));
}

/** Texts, and numbers of groups. Read once, because there may be ten thousand matches. */
function piecesOf(replacement: string): (string | number)[] {
  return [...replacement.matchAll(/\\(.)|\$(\d)|\$\{(\d)\}|[^\\$]+|[\\$]/gs)].map(
    ([piece, escaped, plain, braced]) => escaped ?? ((plain ?? braced) ? Number(plain ?? braced) : piece),
  );
}

function substituted(text: string, found: readonly Match[], replacement: (match: Match) => string): string | null {
  const pieces: string[] = [];
  let at = 0;
  let length = 0;
  for (const match of found) {
    const put = replacement(match);
    length += put.length;
    // Here, and not at the end: each may be as long as the whole may be.
    if (length > MOST_CHARACTERS) return null;
    pieces.push(text.slice(at, match.start), put);
    at = match.end;
  }
  return joined([...pieces, text.slice(at)]);
}

function placesOf(text: string, separator: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  if (separator === '') return found;
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + separator.length)) {
    found.push({ start: at, end: at + separator.length });
  }
  return found;
}

/** RE2's own notation for a text that is no pattern. */
function quoted(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
