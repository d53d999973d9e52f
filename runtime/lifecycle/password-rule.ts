// Lifecycle: one thing that a password is asked for, and whether one meets it.

export type PasswordCharacters = 'lowerCase' | 'upperCase' | 'numbers' | 'specialCharacters';

const KINDS: { readonly [K in PasswordCharacters]: RegExp } = {
  lowerCase: /[a-z]/,
  upperCase: /[A-Z]/,
  numbers: /[0-9]/,
  specialCharacters: /[^a-zA-Z0-9]/,
};

/** One thing that is asked for. `least` of `kinds` must occur; no character more than `most` times in a row. */
export type PasswordRule =
  | { code: 'lengthAtLeast'; least: number }
  | { code: 'shouldContain'; kinds: readonly PasswordCharacters[] }
  | { code: 'containsAtLeast'; least: number; kinds: readonly PasswordCharacters[] }
  | { code: 'identicalChars'; most: number };

export function meets(rule: PasswordRule, password: string): boolean {
  switch (rule.code) {
    case 'lengthAtLeast':
      // Characters, not UTF-16 units.
      return [...password].length >= rule.least;
    case 'shouldContain':
      return rule.kinds.every((kind) => hasKind(password, kind));
    case 'containsAtLeast':
      return rule.kinds.filter((kind) => hasKind(password, kind)).length >= rule.least;
    case 'identicalChars':
      return !new RegExp(`(.)\\1{${rule.most}}`, 'su').test(password);
  }
}

export const hasKind = (password: string, kind: PasswordCharacters): boolean => KINDS[kind].test(password);
