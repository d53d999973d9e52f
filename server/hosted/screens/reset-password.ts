// Server, hosted pages: the new password, typed twice, once a link and whatever scripts ask for have cleared the way.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { icon } from '../icons.ts';
import { isAboutPassword, PASSWORD_RULES_ID, passwordRulesList } from '../password-rules.ts';
import { refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const resetPasswordScreen: Screen = {
  prompt: 'reset-password',
  name: 'reset-password',
  body: (view) => {
    const { notice, surroundings } = view;
    const say = speak(view, 'reset-password', 'reset-password');
    const isDifferent = notice?.key === 'password-mismatch';
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`<label for="password">${say('passwordPlaceholder')}</label>
<input id="password" name="password" type="password" autocomplete="new-password" maxlength="1024" aria-required="true"${invalid(isAboutPassword(notice), PASSWORD_RULES_ID)}${isDifferent ? '' : ' autofocus'}>
${passwordRulesList(view, say('passwordSecurityText'), surroundings.passwordRules ?? [])}
<label for="re-enter-password">${say('reEnterpasswordPlaceholder')}</label>
<input id="re-enter-password" name="re-enter-password" type="password" autocomplete="new-password" maxlength="1024" aria-required="true"${invalid(isDifferent)}${isDifferent ? ' autofocus' : ''}>
<button type="submit" name="action" value="default">${say('buttonText')}</button>`,
)}`;
  },
  read: ({ action = 'default', password, 're-enter-password': again }) => {
    if (action !== 'default') return refused('authenticator-error');
    if (password === undefined) return refused('no-password');
    return again === password ? { ok: true, input: { kind: 'renewed', password } } : refused('password-mismatch');
  },
};

/** The last page, where no other site is. */
export const resetSuccessScreen: Screen = {
  prompt: 'reset-password',
  name: 'reset-password-success',
  body: (view) => {
    const say = speak(view, 'reset-password', 'reset-password-success');
    return html`<div class="mark good">${icon('check')}</div>
<h1>${say('eventTitle')}</h1>
<p class="lead">${say('description')}</p>`;
  },
  read: () => refused('authenticator-error'),
};
