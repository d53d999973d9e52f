// Server, hosted pages: identifier and password on one page. A wrong password and an unknown person look the same.
import { html } from 'hono/html';
import { scriptPath } from '../assets.ts';
import { capabilityFields, readCapabilities } from '../capabilities.ts';
import { CEREMONY_SCRIPTS } from '../ceremony-form.ts';
import { form, invalid } from '../form.ts';
import { otherWays } from '../other-ways.ts';
import { placed } from '../partials.ts';
import { passkeyPart, readPasskey } from '../passkey-part.ts';
import { REQUEST_PATH } from '../reset-pages.ts';
import { addressAt, refused, type Screen, sentValue } from '../screen.ts';
import { speak } from '../speak.ts';

export const LOGIN_PATH = '/u/login';
const SIGN_UP_PATH = '/u/signup';

export const loginScreen: Screen = {
  prompt: 'login',
  name: 'login',
  // Where nobody has a password, and something else is open, that comes first.
  isOpen: ({ hasPasswords, passwordless }) => hasPasswords === true || passwordless === undefined,
  scripts: ({ surroundings: { usesKeys, passkey } }) => [
    ...(usesKeys ? [scriptPath('capabilities')] : []),
    ...(passkey ? CEREMONY_SCRIPTS : []),
  ],
  body: (view) => {
    const { notice, login, surroundings } = view;
    const { passkey, usesKeys } = surroundings;
    const say = speak(view, 'login', 'login');
    const identifier = view.sent.has('username') ? sentValue(view, 'username') : (login.request.loginHint ?? '');
    const wrong = notice?.key === 'wrong-credentials';
    // The field to look at first: the one that is wrong, or the first empty one.
    const atPassword = identifier !== '' && notice?.key !== 'no-email';
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`${placed(view, 'form-content-start')}<label for="username">${say('usernamePlaceholder')}</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="${passkey && passkey.ui !== 'button' ? 'username webauthn' : 'username'}" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${identifier}"${invalid(wrong || notice?.key === 'no-email')}${atPassword ? '' : ' autofocus'}>
<label for="password">${say('passwordPlaceholder')}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" aria-required="true"${invalid(wrong || notice?.key === 'no-password')}${atPassword ? ' autofocus' : ''}>
${placed(view, 'form-content-end')}<button type="submit" name="action" value="default">${say('buttonText')}</button>
${placed(view, 'form-footer-start')}${usesKeys ? capabilityFields() : ''}
${passkey ? passkeyPart(view, passkey, say('separatorText'), say('passkeyButtonText')) : ''}${placed(view, 'form-footer-end')}`,
)}
${placed(view, 'secondary-actions-start')}${otherWays(view, { sms: say('smsCodeText'), email: say('emailCodeText') })}
${surroundings.canReset ? html`<p class="turn"><a href="${addressAt(REQUEST_PATH, view.state)}">${say('forgotPasswordText')}</a></p>` : ''}
${surroundings.signUp ? html`<p class="turn">${say('footerText')} <a href="${addressAt(SIGN_UP_PATH, view.state)}">${say('footerLinkText')}</a></p>` : ''}${placed(view, 'secondary-actions-end')}`;
  },
  read: (fields, view) => {
    const { action = 'default', username, password } = fields;
    const found = readCapabilities(fields, view);
    const capabilities = found ? { capabilities: found } : {};
    if (action === 'passkey' && view.surroundings.passkey) return readPasskey(fields, capabilities);
    if (action !== 'default') return refused('authenticator-error');
    const identifier = username?.trim();
    if (!identifier) return refused('no-email');
    if (password === undefined) return refused('no-password');
    return { ok: true, input: { kind: 'submitted', identifier, password, ...capabilities } };
  },
};
