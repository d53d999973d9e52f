// Server, hosted pages: the code that was sent to an address, for as many digits as its connection gives it, and the ways
// around it: another code, another address. Two screens ask for it.
import { html } from 'hono/html';
import { form, invalid } from './form.ts';
import type { Markup } from './page.ts';
import { placed } from './partials.ts';
import { type Fields, type Reading, refused, type View } from './screen.ts';

const CODE_NOTICES: ReadonlySet<string> = new Set(['no-code', 'invalid-code', 'too-many-failures']);

type Say = (key: 'placeholder' | 'buttonText' | 'resendActionText' | 'editText') => string;

/** @param say the texts of the screen. */
export function passwordlessCodeForm(view: View, say: Say): Markup {
  const wrong = view.notice !== undefined && CODE_NOTICES.has(view.notice.key);
  // The first button is the one that Enter presses.
  return html`${form(
    view,
    html`${placed(view, 'form-content-start')}<label for="code">${say('placeholder')}</label>
<input class="code-field" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="60" aria-required="true"${invalid(wrong)} autofocus>
${placed(view, 'form-content-end')}<button type="submit" name="action" value="default">${say('buttonText')}</button>
${placed(view, 'form-footer-start')}<button class="quiet-button" type="submit" name="action" value="resend">${say('resendActionText')}</button>
<button class="quiet-button" type="submit" name="action" value="edit">${say('editText')}</button>${placed(view, 'form-footer-end')}`,
  )}${placed(view, 'secondary-actions-start')}${placed(view, 'secondary-actions-end')}`;
}

/** Format is judged here, before a try is spent. */
export function readPasswordlessCode({ action = 'default', code }: Fields): Reading {
  switch (action) {
    case 'resend':
      return { ok: true, input: { kind: 'resent' } };
    case 'edit':
      return { ok: true, input: { kind: 'returned' } };
    case 'default': {
      // People paste "123 456" and type full-width digits.
      const digits = (code ?? '').normalize('NFKC').replace(/[\s-]/g, '');
      if (digits === '') return refused('no-code');
      return /^[0-9]{4,40}$/.test(digits)
        ? { ok: true, input: { kind: 'responded', code: digits } }
        : refused('invalid-code');
    }
    default:
      return refused('authenticator-error');
  }
}

/** Where the code went: what the person typed themselves, so in full. */
export function addressOf({ state }: View['login']): string {
  return state.name === 'expecting' ? state.address : '';
}
