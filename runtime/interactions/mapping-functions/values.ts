// Mapping functions: a value as another kind of value, and values out of nothing.
import type { Json } from '#storage/records.ts';
import { entryOf, MOST_CHARACTERS } from '../json-bounds.ts';
import {
  countArg,
  type FunctionEntry,
  flagArg,
  type MappingFunction,
  type Means,
  textArg,
  textOf,
} from './mapping-function.ts';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Without those that look alike: 0 and o, 1 and l. */
const CLEAR = 'abcdefghijkmnpqrstuvwxyz23456789';
const LOWER_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LONGEST_RANDOM = 10_000;

const convertType: MappingFunction = (input, args) => {
  if (input === null) return null;
  const converted = convert(input, textArg(args, 'type')?.toLowerCase() ?? '', flagArg(args, 'trim', true));
  if (converted !== undefined) return converted;
  return textArg(args, 'onError') === 'default' ? (entryOf(args, 'default') ?? null) : null;
};

const randomString: MappingFunction = (_input, args, means) => {
  const length = countArg(args, 'length') ?? 16;
  const charset = textArg(args, 'charset') || LETTERS_AND_DIGITS;
  return length < 1 || length > LONGEST_RANDOM || charset.length > 256 ? null : drawn(means, length, [...charset]);
};

const uuid4: MappingFunction = (_input, _args, { random }) => random.uuid();

const uuidShort: MappingFunction = (_input, args, means) => {
  const length = countArg(args, 'length') ?? 8;
  if (length < 4 || length > 32) return null;
  const text = drawn(means, length, [...(flagArg(args, 'exclude_ambiguous', true) ? CLEAR : LOWER_AND_DIGITS)]);
  return flagArg(args, 'uppercase', false) ? text.toUpperCase() : text;
};

export const VALUE_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  convert_type: { apply: convertType, knows: ['type', 'trim', 'onError', 'default', 'locale'], needs: ['type'] },
  random_string: { apply: randomString, knows: ['length', 'charset'] },
  uuid4: { apply: uuid4, knows: [] },
  uuid_short: { apply: uuidShort, knows: ['length', 'uppercase', 'exclude_ambiguous'] },
};

/** Undefined: the value cannot be one of that type. A type that does not exist leaves it as it is. */
function convert(input: Json, type: string, trim: boolean): Json | undefined {
  const text = trim ? textOf(input).trim() : textOf(input);
  switch (type) {
    case 'string':
      return text;
    case 'integer':
    case 'long': {
      if (typeof input === 'number') return Math.trunc(input);
      const number = /^[+-]?\d{1,19}$/.test(text) ? Number(text) : Number.NaN;
      const most = type === 'integer' ? 2 ** 31 : Number.MAX_SAFE_INTEGER;
      return number >= -most && number <= most ? number : undefined;
    }
    case 'double': {
      if (typeof input === 'number') return input;
      const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      return typeof input === 'boolean' ? input : ['1', 'true', 'yes', 'y', 'on'].includes(text.toLowerCase());
    case 'datetime': {
      const at = text.length <= 40 && /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
      return Number.isNaN(at) ? undefined : new Date(at).toISOString();
    }
    default:
      return input;
  }
}

/** Each sign as likely as any other: bytes above the last whole multiple are thrown away. */
function drawn({ random }: Means, length: number, signs: readonly string[]): string {
  const usable = 256 - (256 % signs.length);
  let text = '';
  for (let drawn = 0; drawn < length && text.length < MOST_CHARACTERS; ) {
    for (const byte of Buffer.from(random.hex(2 * (length - drawn)), 'hex')) {
      if (byte >= usable) continue;
      text += signs[byte % signs.length];
      drawn++;
    }
  }
  return text;
}
