// Server, hosted pages: what the three code screens have in common: one field for six digits, and the ways around it.
import { html } from 'hono/html';
import { form, invalid } from './form.ts';
import type { Markup } from './page.ts';
import { type Fields, type Reading, refused, type View } from './screen.ts';

/** @param canResend the code is one that we send. */
export function codeForm(view: View, canResend: boolean): Markup {
  const { challenges } = view.texts;
  const { notice } = view;
  const hasOthers = view.login.state.name === 'challenging' && view.login.state.offers.length > 1;
  const wrongCode = notice !== undefined && CODE_NOTICES.has(notice.key);
  // The first button is the one that Enter presses.
  return form(
    view,
    html`<label for="code">${challenges.code}</label>
<input class="code-field" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="32" aria-required="true"${invalid(wrongCode)} autofocus>
<button type="submit" name="action" value="default">${challenges.submit}</button>
${canResend ? html`<button class="quiet-button" type="submit" name="action" value="resend-code">${challenges.resend}</button>` : ''}
${hasOthers ? html`<button class="quiet-button" type="submit" name="action" value="pick-authenticator">${challenges.other}</button>` : ''}`,
  );
}

const CODE_NOTICES: ReadonlySet<string> = new Set([
  'no-code',
  'invalid-otp-code-format',
  'invalid-code',
  'too-many-failures',
]);

/** Format is judged here, before an attempt is spent. */
export function readCodeForm({ action = 'default', code }: Fields, canResend: boolean): Reading {
  if (action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
  if (action === 'resend-code' && canResend) return { ok: true, input: { kind: 'resent' } };
  if (action !== 'default') return refused('authenticator-error');
  // People paste "123 456" and type full-width digits.
  const digits = (code ?? '').normalize('NFKC').replace(/[\s-]/g, '');
  if (digits === '') return refused('no-code');
  if (!/^[0-9]{6}$/.test(digits)) return refused('invalid-otp-code-format');
  return { ok: true, input: { kind: 'responded', code: digits } };
}
