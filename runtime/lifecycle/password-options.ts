// Lifecycle: `password_options` of a database connection, the wire's newer name of what it asks of passwords, read as the older
// options that say the same. Where they are given, the older ones count for nothing.
import type { Json, JsonObject } from '#storage/records.ts';
import type { PasswordCharacters, PasswordRule } from './password-rule.ts';

const CHARACTERS: { readonly [Type in string]?: PasswordCharacters } = {
  lowercase: 'lowerCase',
  uppercase: 'upperCase',
  number: 'numbers',
  special: 'specialCharacters',
};

const LEAST = 15;
const THREE = 3;

/** What must be in a password, where the options say it in the newer way. */
export function newerPasswordRules(options: JsonObject): PasswordRule[] | undefined {
  const { password_options: own } = options;
  if (!isObject(own)) return undefined;
  const {
    min_length: least,
    character_types: types,
    character_type_rule: rule,
    identical_characters: identical,
  } = objectOf(own.complexity);
  const kinds = Array.isArray(types) ? types.flatMap((type) => CHARACTERS[String(type)] ?? []) : [];
  return [
    { code: 'lengthAtLeast', least: typeof least === 'number' && least >= 1 ? least : LEAST },
    ...(kinds.length === 0
      ? []
      : rule === 'three_of_four'
        ? [{ code: 'containsAtLeast', least: Math.min(THREE, kinds.length), kinds } as const]
        : [{ code: 'shouldContain', kinds } as const]),
    ...(identical === 'block' ? [{ code: 'identicalChars', most: 2 } as const] : []),
  ];
}

/** History, dictionary and personal data in the older words. */
export function olderPasswordOptions(options: JsonObject): JsonObject {
  const { password_options: own } = options;
  if (!isObject(own)) return options;
  const [history, dictionary, personal] = [own.history, own.dictionary, own.profile_data].map(objectOf);
  return {
    ...options,
    password_history: {
      enable: history?.active === true,
      ...(history?.size === undefined ? {} : { size: history.size }),
    },
    password_dictionary: {
      enable: dictionary?.active === true,
      ...(dictionary?.custom === undefined ? {} : { dictionary: dictionary.custom }),
    },
    password_no_personal_info: { enable: personal?.active === true },
  };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
