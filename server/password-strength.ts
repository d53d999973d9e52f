// Server: how the sign-up endpoint tells an application what a password lacks: rules with their verdicts, and the same as
// a text for people. Codes and texts are those that Auth0's libraries show (wire reference, section 6.3).
import { hasKind, meets, type PasswordRule } from '#runtime/lifecycle/password-rule.ts';

const KIND_TEXTS = {
  lowerCase: 'lower case letters (a-z)',
  upperCase: 'upper case letters (A-Z)',
  numbers: 'numbers (i.e. 0-9)',
  specialCharacters: 'special characters (e.g. !@#$%^&*)',
} as const;

type Item = { message: string; code: string; verified: boolean };
type ShownRule = { message: string; code: string; format?: (number | string)[]; items?: Item[]; verified: boolean };

export type Strength = { description: { rules: ShownRule[]; verified: false }; policy: string };

/** Of a password that was refused; nothing of the password itself is told. */
export function strengthOf(rules: readonly PasswordRule[], password: string): Strength {
  return {
    description: { rules: rules.map((rule) => shown(rule, password)), verified: false },
    policy: rules.map(textOf).join('\n'),
  };
}

function shown(rule: PasswordRule, password: string): ShownRule {
  const { code } = rule;
  const verified = meets(rule, password);
  switch (code) {
    case 'lengthAtLeast':
      return { message: 'At least %d characters in length', format: [rule.least], code, verified };
    case 'shouldContain':
      return { message: 'Should contain:', code, items: itemsOf(rule.kinds, password), verified };
    case 'containsAtLeast':
      return {
        message: 'Contain at least %d of the following %d types of characters:',
        code,
        format: [rule.least, rule.kinds.length],
        items: itemsOf(rule.kinds, password),
        verified,
      };
    case 'identicalChars':
      return {
        message: 'No more than %d identical characters in a row (e.g., "%s" not allowed)',
        code,
        format: [rule.most, 'a'.repeat(rule.most + 1)],
        verified,
      };
  }
}

function itemsOf(kinds: readonly (keyof typeof KIND_TEXTS)[], password: string): Item[] {
  return kinds.map((code) => ({ message: KIND_TEXTS[code], code, verified: hasKind(password, code) }));
}

function textOf(rule: PasswordRule): string {
  const { message, format = [], items = [] } = shown(rule, '');
  const values = [...format];
  const line = message.replaceAll(/%[ds]/g, () => String(values.shift()));
  return [`* ${line}`, ...items.map((item) => ` * ${item.message}`)].join('\n');
}
