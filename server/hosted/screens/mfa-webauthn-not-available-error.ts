// Server, hosted pages: this browser has no keys at all. Another method helps, or another browser.
import { html } from 'hono/html';
import { otherMethod } from '../ceremony-form.ts';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnNotAvailableErrorScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-not-available-error',
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-not-available-error');
    const [action, text] = otherMethod(view, say('pickAuthenticatorText'));
    return html`<div class="mark bad">${icon('warning')}</div>
<h1>${say('errorTitle')}</h1>
<p class="lead">${say('errorDescription')}</p>
${form(view, text === undefined ? html`` : html`<button type="submit" name="action" value="${action}" autofocus>${text}</button>`)}`;
  },
  read: ({ action }) =>
    action === 'pick-authenticator' ? { ok: true, input: { kind: 'reconsidered' } } : refused('authenticator-error'),
};
