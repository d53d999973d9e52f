// Server, hosted pages: a key, this device or a passkey is there from now on.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnEnrollmentSuccessScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-enrollment-success',
  title: titleOf,
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-enrollment-success');
    return html`<div class="mark good">${icon('check')}</div>
<h1>${titleOf(view)}</h1>
<p class="lead">${say('description')}</p>
${form(view, html`<button type="submit" name="action" value="default" autofocus>${say('buttonText')}</button>`)}`;
  },
  read: ({ action = 'default' }) =>
    action === 'default' ? { ok: true, input: { kind: 'acknowledged' } } : refused('authenticator-error'),
};

function titleOf(view: View): string {
  const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-enrollment-success');
  const { state } = view.login;
  const [note] = state.name === 'informing' ? state.notes : [];
  if (note?.kind !== 'enrolled') return say('title');
  if (note.factor === 'passkey') return say('titlePasskey');
  return say(note.factor === 'webauthn-platform' ? 'titlePlatform' : 'title');
}
