// Server: how doors of data say why a password was not taken: the name and the words of the error, and what the sign-up
// endpoint adds to them. Names and texts are those that Auth0's libraries know (wire reference, sections 4.2 and 6.3).
import type { PasswordFlaw } from '#runtime/lifecycle/judge-password.ts';
import { strengthOf } from './password-strength.ts';

const ERRORS = {
  weak: { name: 'PasswordStrengthError', message: 'Password is too weak' },
  common: {
    name: 'PasswordDictionaryError',
    message: 'Password is too common',
    description: 'Password is not allowed, it might be too common.',
  },
  personal: {
    name: 'PasswordNoUserInfoError',
    message: 'Password contains user information',
    description: 'Password contains user information',
  },
  used: {
    name: 'PasswordHistoryError',
    message: 'Password has previously been used',
    description: 'Password has previously been used',
  },
} as const;

/** As one line, for the envelope of the Management API. */
export function passwordErrorText({ kind }: PasswordFlaw): string {
  const { name, message } = ERRORS[kind];
  return `${name}: ${message}`;
}

/** The body of the sign-up endpoint; nothing of the password itself is told. */
export function passwordError(flaw: PasswordFlaw, password: string): object {
  const { name, message, ...more } = ERRORS[flaw.kind];
  const detail = flaw.kind === 'weak' ? strengthOf(flaw.rules, password) : more;
  return { name, message, code: 'invalid_password', ...detail, statusCode: 400 };
}
