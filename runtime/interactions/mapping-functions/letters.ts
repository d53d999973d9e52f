// Mapping functions: the same text in other letters.
import { type FunctionEntry, flagArg, type MappingFunction, textArg, textOf } from './mapping-function.ts';

const WORD_ENDS = ' _-.';

const letterCase: MappingFunction = (input, args) => {
  if (input === null) return null;
  const text = textOf(input);
  const delimiter = textArg(args, 'delimiter');
  const ends = (letter: string) =>
    delimiter === undefined ? WORD_ENDS.includes(letter) || letter.trim() === '' : delimiter.includes(letter);
  switch (textArg(args, 'mode')?.toLowerCase()) {
    case 'upper':
      return text.toLocaleUpperCase(localeOf(args));
    case 'lower':
      return text.toLocaleLowerCase(localeOf(args));
    case 'title':
      return inWords(text, ends, { first: 'upper', keepEnds: true });
    case 'camel':
      return inWords(text, ends, { first: 'lower', keepEnds: false });
    case 'pascal':
      return inWords(text, ends, { first: 'upper', keepEnds: false });
    default:
      return null;
  }
};

const trim: MappingFunction = (input, args) => {
  if (input === null) return null;
  const text = textOf(input);
  const mode = textArg(args, 'mode')?.toLowerCase() ?? 'both';
  if (mode !== 'both' && mode !== 'start' && mode !== 'end') return null;
  const chars = textArg(args, 'chars') ?? '';
  const whitespace = flagArg(args, 'whitespace', true);
  const goes = (at: number) => {
    const letter = text[at] ?? '';
    return chars.includes(letter) || (whitespace && (letter.trim() === '' || letter === '\u200b'));
  };
  let start = 0;
  let end = text.length;
  if (mode !== 'end') while (start < end && goes(start)) start++;
  if (mode !== 'start') while (end > start && goes(end - 1)) end--;
  const trimmed = text.slice(start, end);
  return flagArg(args, 'normalize', false) ? trimmed.replace(/\s+/g, ' ') : trimmed;
};

const normalize: MappingFunction = (input, args) => {
  if (input === null) return null;
  const form = textArg(args, 'form')?.toUpperCase() ?? 'NFKC';
  return ['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form) ? textOf(input).normalize(form) : null;
};

/** Hiragana and katakana stand in the same order, 0x60 apart; the sound mark belongs to both. */
const kana: MappingFunction = (input, args) => {
  if (input === null) return null;
  const text = textOf(input);
  switch (textArg(args, 'to')?.toLowerCase() ?? 'katakana') {
    case 'katakana':
      return text.replace(/[\u3041-\u3096\u309d\u309e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0x60));
    case 'hiragana':
      return text.replace(/[\u30a1-\u30f6\u30fd\u30fe]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60));
    default:
      return null;
  }
};

export const LETTER_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  case: { apply: letterCase, knows: ['mode', 'locale', 'delimiter'], needs: ['mode'] },
  trim: { apply: trim, knows: ['mode', 'chars', 'whitespace', 'normalize'] },
  normalize: { apply: normalize, knows: ['form'] },
  kana: { apply: kana, knows: ['to'] },
};

function inWords(
  text: string,
  ends: (letter: string) => boolean,
  { first, keepEnds }: { first: 'upper' | 'lower'; keepEnds: boolean },
): string {
  let next = first;
  let begun = false;
  const letters: string[] = [];
  for (const letter of text) {
    if (ends(letter)) {
      if (keepEnds) letters.push(letter);
      if (begun || keepEnds) next = 'upper';
      continue;
    }
    letters.push(next === 'upper' ? letter.toUpperCase() : letter.toLowerCase());
    next = 'lower';
    begun = true;
  }
  return letters.join('');
}

/** English where none is named, or something that is no language. */
function localeOf(args: Parameters<MappingFunction>[1]): string {
  try {
    return Intl.getCanonicalLocales(textArg(args, 'locale') ?? 'en')[0] ?? 'en';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'en';
  }
}
