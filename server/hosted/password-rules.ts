// Server, hosted pages: what a connection asks of a password, as a list below the field where one is chosen.
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { PasswordCharacters, PasswordRule } from '#runtime/lifecycle/password-rule.ts';
import { listFormat } from './formats.ts';
import type { Markup } from './page.ts';
import { type Say, speak, type Voice } from './speak.ts';

/** Of the list, for the field that it describes. */
export const PASSWORD_RULES_ID = 'password-rules';

const ABOUT_PASSWORDS: ReadonlySet<string> = new Set<Notice['key']>([
  'no-password',
  'password-too-weak',
  'password-too-common',
  'password-contains-user-information',
  'password-previously-used',
  'password-breached',
]);

/** Whether the password that was chosen is why the page is shown again. */
export const isAboutPassword = (notice: Notice | undefined): boolean =>
  notice !== undefined && ABOUT_PASSWORDS.has(notice.key);

/** @param lead what stands above the list. */
export function passwordRulesList(voice: Voice, lead: string, rules: readonly PasswordRule[]): Markup | '' {
  if (rules.length === 0) return '';
  const say = speak(voice, 'common', 'password-policy');
  const items = rules.map((rule) => html`<li>${line(say, rule, listFormat(voice.language))}</li>`);
  return html`<div class="fine" id="${PASSWORD_RULES_ID}">${lead}<ul>${items}</ul></div>`;
}

const KINDS = {
  lowerCase: 'password-policy-lower-case',
  upperCase: 'password-policy-upper-case',
  numbers: 'password-policy-numbers',
  specialCharacters: 'password-policy-special-characters',
} as const satisfies Record<PasswordCharacters, string>;

function line(say: Say<'common', 'password-policy'>, rule: PasswordRule, list: Intl.ListFormat): string {
  switch (rule.code) {
    case 'lengthAtLeast':
      return say('password-policy-length-at-least', { count: rule.least });
    case 'shouldContain':
      return say('password-policy-should-contain', { kinds: list.format(rule.kinds.map((kind) => say(KINDS[kind]))) });
    case 'containsAtLeast':
      return say('password-policy-contains-at-least', {
        least: rule.least,
        kinds: list.format(rule.kinds.map((kind) => say(KINDS[kind]))),
      });
    case 'identicalChars':
      return say('password-policy-identical-chars', { most: rule.most });
  }
}
