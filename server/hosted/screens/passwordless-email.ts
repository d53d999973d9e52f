// Server, hosted pages: the mailbox that a code to log in is sent to. Whether anybody has it shows nowhere.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { otherWays } from '../other-ways.ts';
import { refused, type Screen, sentValue } from '../screen.ts';
import { speak } from '../speak.ts';

export const passwordlessEmailScreen: Screen = {
  prompt: 'login-passwordless',
  name: 'login-passwordless-email',
  isOpen: ({ passwordless }) => passwordless?.email !== undefined,
  body: (view) => {
    const { notice, login } = view;
    const say = speak(view, 'login-passwordless', 'login-passwordless-email');
    const typed = view.sent.has('email') ? sentValue(view, 'email') : (login.request.loginHint ?? '');
    const wrong = notice?.key === 'no-email' || notice?.key === 'invalid-email';
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`<label for="email">${say('placeholder')}</label>
<input id="email" name="email" type="email" autocomplete="email" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${typed}"${invalid(wrong)} autofocus>
<button type="submit" name="action" value="default">${say('buttonText')}</button>`,
)}
${otherWays(view, { sms: say('smsCodeText'), password: say('passwordText') })}`;
  },
  read: ({ action = 'default', email }, { surroundings }) => {
    const connection = surroundings.passwordless?.email;
    if (action !== 'default' || connection === undefined) return refused('authenticator-error');
    const address = email?.trim();
    return address ? { ok: true, input: { kind: 'addressed', address, connection } } : refused('no-email');
  },
};
