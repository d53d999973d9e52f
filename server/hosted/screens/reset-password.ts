// Server, hosted pages: the new password, typed twice, once a link and whatever scripts ask for have cleared the way.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { isAboutPassword, PASSWORD_RULES_ID, passwordRulesList } from '../password-rules.ts';
import { refused, type Screen } from '../screen.ts';

const PATH = '/u/reset-password';

export const resetPasswordScreen: Screen = {
  path: PATH,
  title: ({ texts }) => texts.reset.title,
  body: (view) => {
    const { texts, notice, surroundings } = view;
    const isDifferent = notice?.key === 'password-mismatch';
    return html`<h1>${texts.reset.title}</h1>
<p class="lead">${texts.reset.lead(surroundings.brand)}</p>
${form(
  view,
  html`<label for="password">${texts.reset.password}</label>
<input id="password" name="password" type="password" autocomplete="new-password" maxlength="1024" aria-required="true"${invalid(isAboutPassword(notice), PASSWORD_RULES_ID)}${isDifferent ? '' : ' autofocus'}>
${passwordRulesList(texts, surroundings.passwordRules ?? [])}
<label for="re-enter-password">${texts.reset.again}</label>
<input id="re-enter-password" name="re-enter-password" type="password" autocomplete="new-password" maxlength="1024" aria-required="true"${invalid(isDifferent)}${isDifferent ? ' autofocus' : ''}>
<button type="submit" name="action" value="default">${texts.reset.submit}</button>`,
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
  path: `${PATH}/success`,
  title: ({ texts }) => texts.reset.done,
  body: ({ texts }) => html`<h1>${texts.reset.done}</h1>
<p class="lead">${texts.reset.next}</p>`,
  read: () => refused('authenticator-error'),
};
