// Server, hosted pages: what the screens that ask for six digits have in common: the field, and the ways around it.
import { html } from 'hono/html';
import { form, invalid } from './form.ts';
import type { Markup } from './page.ts';
import { type Fields, hasOthers, presentEnrollment, type Reading, refused, sentValue, type View } from './screen.ts';

/** What a code screen offers beside the field. */
export type CodeForm = {
  /** The code is one that we send. */
  canResend?: true;
  /** Between the field and the buttons of `action`, quieter ones: their actions and texts. */
  others?: [action: string, text: string][];
};

export function codeForm(view: View, { canResend, others = [] }: CodeForm = {}): Markup {
  const { challenges } = view.texts;
  const { notice } = view;
  const wrongCode = notice !== undefined && CODE_NOTICES.has(notice.key);
  const quiet: [string, string][] = [
    ...(canResend ? [['resend-code', challenges.resend] as [string, string]] : []),
    ...others,
    ...(canChangeNumber(view) ? [['back-action', view.texts.enrollment.changePhone] as [string, string]] : []),
    ...(hasOthers(view.login) ? [['pick-authenticator', challenges.other] as [string, string]] : []),
  ];
  // The first button is the one that Enter presses.
  return form(
    view,
    html`<label for="code">${challenges.code}</label>
<input class="code-field" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="32" aria-required="true"${invalid(wrongCode)} autofocus>
${canBeRemembered(view) ? rememberBox(view) : ''}
<button type="submit" name="action" value="default">${challenges.submit}</button>
${quiet.map(
  ([action, text]) => html`<button class="quiet-button" type="submit" name="action" value="${action}">${text}</button>
`,
)}`,
  );
}

function rememberBox(view: View): Markup {
  const ticked = sentValue(view, 'rememberBrowser') === 'true';
  return html`<p class="tick"><input id="rememberBrowser" name="rememberBrowser" type="checkbox" value="true"${ticked ? ' checked' : ''}><label for="rememberBrowser">${view.texts.challenges.remember}</label></p>`;
}

function canBeRemembered({ login }: View): boolean {
  return login.state.name === 'challenging' && login.mfa.rememberable === 'offered';
}

function canChangeNumber({ login }: View): boolean {
  return presentEnrollment(login)?.factor === 'phone';
}

const CODE_NOTICES: ReadonlySet<string> = new Set([
  'no-code',
  'invalid-otp-code-format',
  'invalid-code',
  'too-many-failures',
]);

/** Format is judged here, before an attempt is spent. */
export function readCodeForm(fields: Fields, view: View, { canResend }: CodeForm = {}): Reading {
  const { action = 'default', code, rememberBrowser } = fields;
  if (action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
  if (action === 'resend-code' && canResend) return { ok: true, input: { kind: 'resent' } };
  if (action === 'back-action' && canChangeNumber(view)) return { ok: true, input: { kind: 'returned' } };
  if (action !== 'default') return refused('authenticator-error');
  // People paste "123 456" and type full-width digits.
  const digits = (code ?? '').normalize('NFKC').replace(/[\s-]/g, '');
  if (digits === '') return refused('no-code');
  if (!/^[0-9]{6}$/.test(digits)) return refused('invalid-otp-code-format');
  const remember = rememberBrowser === 'true' && canBeRemembered(view) ? { remember: true } : {};
  return { ok: true, input: { kind: 'responded', code: digits, ...remember } };
}
