// Server, hosted pages: a new account, with which the login then goes on.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { placed } from '../partials.ts';
import { isAboutPassword, PASSWORD_RULES_ID, passwordRulesList } from '../password-rules.ts';
import { PROFILE_FIELDS } from '../profile-field.ts';
import { profileFields, readProfileFields, wrongField } from '../profile-fields.ts';
import { addressAt, type Fields, refused, type Screen, sentValue } from '../screen.ts';
import { type Say, speak } from '../speak.ts';
import { LOGIN_PATH } from './login.ts';

/** Auth0's names for fields that a tenant adds to its own pages begin with this. */
const EXTRA = /^ulp-/;

export const signupScreen: Screen = {
  prompt: 'signup',
  name: 'signup',
  isOpen: ({ signUp }) => signUp !== undefined,
  body: (view) => {
    const { notice, login, surroundings } = view;
    const say = speak(view, 'signup', 'signup');
    const email = view.sent.has('email') ? sentValue(view, 'email') : (login.request.loginHint ?? '');
    const key = notice?.key;
    const wrongEmail = key === 'no-email' || key === 'invalid-email' || key === 'user-exists';
    const field = notice?.key === 'invalid-field' ? notice.field : undefined;
    const wrongPassword = isAboutPassword(notice) || field === 'password';
    const wrongUsername = field === 'username';
    const wrongProfile = wrongField(notice) !== undefined;
    const needsUsername = surroundings.signUp?.needsUsername === true;
    const atEmail = wrongEmail || (!wrongPassword && !wrongUsername && !wrongProfile);
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  field === undefined ? view : { ...view, notice: { key: 'invalid-field', field: labelOf(say, field) } },
  html`${placed(view, 'form-content-start')}<label for="email">${say('emailPlaceholder')}</label>
<input id="email" name="email" type="email" autocomplete="email" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${email}"${invalid(wrongEmail)}${atEmail ? ' autofocus' : ''}>
${
  needsUsername
    ? html`<label for="username">${say('usernamePlaceholder')}</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="128" aria-required="true" value="${sentValue(view, 'username')}"${invalid(wrongUsername)}${wrongUsername ? ' autofocus' : ''}>`
    : ''
}
${profileFields(view, say)}
<label for="password">${say('passwordPlaceholder')}</label>
<input id="password" name="password" type="password" autocomplete="new-password" maxlength="1024" aria-required="true"${invalid(wrongPassword, PASSWORD_RULES_ID)}${wrongPassword ? ' autofocus' : ''}>
${passwordRulesList(view, say('passwordSecurityText'), surroundings.signUp?.passwordRules ?? [])}
${placed(view, 'form-content-end')}<button type="submit" name="action" value="default">${say('buttonText')}</button>
${placed(view, 'form-footer-start')}${placed(view, 'form-footer-end')}`,
)}
${placed(view, 'secondary-actions-start')}<p class="turn">${say('footerText')} <a href="${addressAt(LOGIN_PATH, view.state)}">${say('footerLinkText')}</a></p>${placed(view, 'secondary-actions-end')}`;
  },
  read: (fields, view) => {
    const { surroundings } = view;
    const { action = 'default', password } = fields;
    if (action !== 'default') return refused('authenticator-error');
    const email = fields.email?.trim();
    if (!email) return refused('no-email');
    if (!isAddress(email)) return refused('invalid-email');
    const username = fields.username?.trim();
    if (surroundings.signUp?.needsUsername && !username) {
      return { ok: false, notice: { key: 'invalid-field', field: 'username' } };
    }
    const profile = readProfileFields(fields, view);
    if (!profile.ok) return profile;
    if (password === undefined) return refused('no-password');
    return {
      ok: true,
      input: {
        kind: 'registered',
        registration: {
          email,
          ...(username && surroundings.signUp?.needsUsername ? { username } : {}),
          password,
          ...profile.filled,
          userMetadata: {},
          extra: extraOf(fields),
        },
      },
    };
  },
};

function labelOf(say: Say<'signup', 'signup'>, field: string): string {
  if (field === 'username') return say('usernamePlaceholder');
  return say(PROFILE_FIELDS.find(({ name }) => name === field)?.text ?? 'passwordPlaceholder');
}

/** One @ with something in front and a host behind; whether it exists is for a mail to tell. */
function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s@<>"]{1,64}@[^\s@.<>"]+(\.[^\s@.<>"]+)+$/.test(text);
}

function extraOf(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => EXTRA.test(name)));
}
