// Server, hosted pages: identifier and password on one page. A wrong password and an unknown person look the same.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { REQUEST_PATH } from '../reset-pages.ts';
import { addressAt, refused, type Screen, sentValue } from '../screen.ts';

export const LOGIN_PATH = '/u/login';
export const SIGN_UP_PATH = '/u/signup';

export const loginScreen: Screen = {
  path: LOGIN_PATH,
  title: ({ texts }) => texts.login.title,
  body: (view) => {
    const { texts, notice, login, surroundings } = view;
    const identifier = view.sent.has('username') ? sentValue(view, 'username') : (login.request.loginHint ?? '');
    const wrong = notice?.key === 'wrong-credentials';
    // The field to look at first: the one that is wrong, or the first empty one.
    const atPassword = identifier !== '' && notice?.key !== 'no-email';
    return html`<h1>${texts.login.title}</h1>
<p class="lead">${texts.login.lead(surroundings.application)}</p>
${form(
  view,
  html`<label for="username">${texts.login.identifier}</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${identifier}"${invalid(wrong || notice?.key === 'no-email')}${atPassword ? '' : ' autofocus'}>
<label for="password">${texts.login.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" aria-required="true"${invalid(wrong || notice?.key === 'no-password')}${atPassword ? ' autofocus' : ''}>
<button type="submit" name="action" value="default">${texts.login.submit}</button>`,
)}
${surroundings.canReset ? html`<p class="turn"><a href="${addressAt(REQUEST_PATH, view.state)}">${texts.login.forgot}</a></p>` : ''}
${surroundings.signUp ? html`<p class="turn">${texts.login.noAccount} <a href="${addressAt(SIGN_UP_PATH, view.state)}">${texts.login.signUp}</a></p>` : ''}`;
  },
  read: ({ action = 'default', username, password }) => {
    if (action !== 'default') return refused('authenticator-error');
    const identifier = username?.trim();
    if (!identifier) return refused('no-email');
    if (password === undefined) return refused('no-password');
    return { ok: true, input: { kind: 'submitted', identifier, password } };
  },
};
