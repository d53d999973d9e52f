// Server, hosted pages: what the screens that ask for six digits have in common: the field, and the ways around it.
import { html } from 'hono/html';
import { awaitedCode } from '#runtime/transaction/gated.ts';
import { form, invalid } from './form.ts';
import type { Markup } from './page.ts';
import { type Fields, hasOthers, presentEnrollment, type Reading, refused, sentValue, type View } from './screen.ts';

/** What a code screen offers beside the field, by the texts that say it. */
export type CodeForm = {
  /** To send the code again, where the code is one that we send. */
  resend?: string;
  /** To have this browser remembered. */
  remember?: string;
  /** To go back to the number that is being enrolled. */
  edit?: string;
  /** Between the button and those of all code screens, quieter ones: their actions and texts. */
  others?: [action: string, text: string][];
};

type SayCode = (key: 'placeholder' | 'buttonText' | 'pickAuthenticatorText') => string;

/** @param say the texts of the screen. */
export function codeForm(view: View, say: SayCode, { resend, remember, edit, others = [] }: CodeForm = {}): Markup {
  const { notice } = view;
  const wrongCode = notice !== undefined && CODE_NOTICES.has(notice.key);
  const quiet: [string, string | undefined][] = [
    ['resend-code', resend],
    ...others,
    ['back-action', canChangeNumber(view) ? edit : undefined],
    ['pick-authenticator', hasOthers(view.login) ? say('pickAuthenticatorText') : undefined],
  ];
  // The first button is the one that Enter presses.
  return form(
    view,
    html`<label for="code">${say('placeholder')}</label>
<input class="code-field" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="32" aria-required="true"${invalid(wrongCode)} autofocus>
${remember !== undefined && canBeRemembered(view) ? rememberBox(view, remember) : ''}
<button type="submit" name="action" value="default">${say('buttonText')}</button>
${quiet.map(([action, text]) =>
  text === undefined
    ? ''
    : html`<button class="quiet-button" type="submit" name="action" value="${action}">${text}</button>
`,
)}`,
  );
}

export function rememberBox(view: View, text: string): Markup {
  const ticked = sentValue(view, 'rememberBrowser') === 'true';
  return html`<p class="tick"><input id="rememberBrowser" name="rememberBrowser" type="checkbox" value="true"${ticked ? ' checked' : ''}><label for="rememberBrowser">${text}</label></p>`;
}

export function canBeRemembered({ login }: View): boolean {
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

/**
 * Format is judged here, before an attempt is spent.
 * @param canResend the code is one that we send.
 */
export function readCodeForm(fields: Fields, view: View, { canResend }: { canResend?: true } = {}): Reading {
  const { action = 'default', code, rememberBrowser } = fields;
  if (action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
  if (action === 'resend-code' && canResend) return { ok: true, input: { kind: 'resent' } };
  if (action === 'back-action' && canChangeNumber(view)) return { ok: true, input: { kind: 'returned' } };
  if (action !== 'default') return refused('authenticator-error');
  // People paste "123 456" and type full-width digits.
  const digits = (code ?? '').normalize('NFKC').replace(/[\s-]/g, '');
  if (digits === '') return refused('no-code');
  // Services outside make codes of other shapes.
  if (awaitedCode(view.login) && /^[0-9A-Za-z]{4,16}$/.test(digits)) {
    return { ok: true, input: { kind: 'responded', code: digits } };
  }
  if (!/^[0-9]{6}$/.test(digits)) return refused('invalid-otp-code-format');
  const remember = rememberBrowser === 'true' && canBeRemembered(view) ? { remember: true } : {};
  return { ok: true, input: { kind: 'responded', code: digits, ...remember } };
}
