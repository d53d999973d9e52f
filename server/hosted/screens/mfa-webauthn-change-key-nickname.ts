// Server, hosted pages: the key that was just added gets a name, so that its person can tell it from others.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { NAME_LENGTH } from '../new-key.ts';
import { refused, type Screen, sentValue } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnChangeKeyNicknameScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-change-key-nickname',
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-change-key-nickname');
    const { state } = view.login;
    const [note] = state.name === 'informing' ? state.notes : [];
    const name = view.notice ? sentValue(view, 'nickname') : note?.kind === 'naming' ? note.name : '';
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`<label for="nickname">${say('nicknamePlaceholder')}</label>
<input id="nickname" name="nickname" type="text" autocomplete="off" maxlength="${NAME_LENGTH}" aria-required="true" value="${name}"${invalid(view.notice !== undefined)} autofocus>
<button type="submit" name="action" value="default">${say('buttonText')}</button>`,
)}`;
  },
  read: ({ action = 'default', nickname = '' }) => {
    if (action !== 'default') return refused('authenticator-error');
    const name = nickname
      .normalize('NFC')
      .replaceAll(/\p{Cc}/gu, '')
      .trim();
    if (name === '') return refused('no-nickname');
    return { ok: true, input: { kind: 'named', name: [...name].slice(0, NAME_LENGTH).join('') } };
  },
};
