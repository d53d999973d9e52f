// Server, hosted pages: identifier and password on one page. A wrong password and an unknown person look the same.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { refused, type Screen } from '../screen.ts';

export const loginScreen: Screen = {
  path: '/u/login',
  title: (texts) => texts.login.title,
  body: (view) => {
    const { texts, notice, login } = view;
    const identifier = view.identifier ?? login.request.loginHint ?? '';
    const wrong = notice?.key === 'wrong-credentials';
    // The field to look at first: the one that is wrong, or the first empty one.
    const atPassword = identifier !== '' && notice?.key !== 'no-email';
    return html`<h1>${texts.login.title}</h1>
<p class="lead">${texts.login.lead(view.application)}</p>
${form(
  view,
  html`<label for="username">${texts.login.identifier}</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${identifier}"${invalid(wrong || notice?.key === 'no-email')}${atPassword ? '' : ' autofocus'}>
<label for="password">${texts.login.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" aria-required="true"${invalid(wrong || notice?.key === 'no-password')}${atPassword ? ' autofocus' : ''}>
<button type="submit" name="action" value="default">${texts.login.submit}</button>`,
)}`;
  },
  read: ({ action = 'default', username, password }) => {
    if (action !== 'default') return refused('authenticator-error');
    const identifier = username?.trim();
    if (!identifier) return refused('no-email');
    if (password === undefined) return refused('no-password');
    return { ok: true, input: { kind: 'submitted', identifier, password } };
  },
};
