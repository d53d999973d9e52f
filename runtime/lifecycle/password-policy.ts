// Lifecycle: which passwords a database connection takes. The five levels and what they ask for are Auth0's; a connection
// that names none asks for eight characters.
import type { JsonObject } from '#storage/records.ts';
import { newerPasswordRules } from './password-options.ts';
import type { PasswordRule } from './password-rule.ts';

const SIGNS = ['lowerCase', 'upperCase', 'numbers', 'specialCharacters'] as const;
const THREE_OF_FOUR: PasswordRule = { code: 'containsAtLeast', least: 3, kinds: SIGNS };

const LEVELS = new Map<unknown, { least: number; rules: readonly PasswordRule[] }>([
  ['none', { least: 1, rules: [] }],
  ['low', { least: 6, rules: [] }],
  ['fair', { least: 8, rules: [{ code: 'shouldContain', kinds: ['lowerCase', 'upperCase', 'numbers'] }] }],
  ['good', { least: 8, rules: [THREE_OF_FOUR] }],
  ['excellent', { least: 10, rules: [THREE_OF_FOUR, { code: 'identicalChars', most: 2 }] }],
]);
const UNNAMED = { least: 8, rules: [] };

/**
 * What a connection asks for, from its options `passwordPolicy` and `password_complexity_options.min_length`, or from
 * `password_options.complexity`.
 */
export function passwordRules(options: JsonObject): PasswordRule[] {
  const newer = newerPasswordRules(options);
  if (newer) return newer;
  const { passwordPolicy, password_complexity_options: own } = options;
  const { least, rules } = LEVELS.get(passwordPolicy) ?? UNNAMED;
  const named = typeof own === 'object' && own !== null && !Array.isArray(own) ? own.min_length : undefined;
  const length = typeof named === 'number' && Number.isInteger(named) && named >= 1 ? named : least;
  return [{ code: 'lengthAtLeast', least: length }, ...rules];
}
