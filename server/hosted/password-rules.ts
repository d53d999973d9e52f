// Server, hosted pages: what a connection asks of a password, as a list below the field where one is chosen.
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { PasswordRule } from '#runtime/lifecycle/password-policy.ts';
import type { Markup } from './page.ts';
import type { Texts } from './texts/texts.ts';

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

export function passwordRulesList({ passwordRules }: Texts, rules: readonly PasswordRule[]): Markup | '' {
  if (rules.length === 0) return '';
  const items = rules.map((rule) => html`<li>${line(passwordRules, rule)}</li>`);
  return html`<div class="fine" id="${PASSWORD_RULES_ID}">${passwordRules.lead}<ul>${items}</ul></div>`;
}

function line(texts: Texts['passwordRules'], rule: PasswordRule): string {
  switch (rule.code) {
    case 'lengthAtLeast':
      return texts.lengthAtLeast(rule.least);
    case 'shouldContain':
      return texts.shouldContain(rule.kinds.map((kind) => texts.kinds[kind]));
    case 'containsAtLeast':
      return texts.containsAtLeast(
        rule.least,
        rule.kinds.map((kind) => texts.kinds[kind]),
      );
    case 'identicalChars':
      return texts.identicalChars(rule.most);
  }
}
