// Server, hosted pages: the recovery code that was written down, in any case, with or without spaces.
import { html } from 'hono/html';
import { canBeRemembered, rememberBox } from '../code-form.ts';
import { form, invalid } from '../form.ts';
import { icon } from '../icons.ts';
import { hasOthers, refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

/** Of every recovery code, without what people put between its letters (wire reference, §2.6). */
const SHAPE = /^[A-Z0-9]{24}$/;

export const mfaRecoveryCodeChallengeScreen: Screen = {
  prompt: 'mfa-recovery-code',
  name: 'mfa-recovery-code-challenge',
  body: (view) => {
    const { notice } = view;
    const say = speak(view, 'mfa-recovery-code', 'mfa-recovery-code-challenge');
    return html`<div class="mark">${icon('recovery')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`<label for="code">${say('placeholder')}</label>
<input id="code" name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64" aria-required="true" dir="ltr"${invalid(notice !== undefined)} autofocus>
${canBeRemembered(view) ? rememberBox(view, say('rememberMeText')) : ''}
<button type="submit" name="action" value="default">${say('buttonText')}</button>
${hasOthers(view.login) ? html`<button class="quiet-button" type="submit" name="action" value="pick-authenticator">${say('pickAuthenticatorText')}</button>` : ''}`,
)}`;
  },
  read: ({ action = 'default', code = '', rememberBrowser }, view) => {
    if (action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
    if (action !== 'default') return refused('authenticator-error');
    // Judged here, before an attempt is spent. People type full-width letters too.
    const given = code.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
    if (given === '') return refused('no-code');
    if (!SHAPE.test(given)) return refused('invalid-code-format');
    const remember = rememberBrowser === 'true' && canBeRemembered(view) ? { remember: true } : {};
    return { ok: true, input: { kind: 'responded', code: given, ...remember } };
  },
};
