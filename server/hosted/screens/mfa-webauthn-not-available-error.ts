// Server, hosted pages: this browser has no keys at all. Another method helps, or another browser; what was only suggested
// can be left.
import { html } from 'hono/html';
import { otherMethod } from '../ceremony-form.ts';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { skip } from '../new-key.ts';
import { refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnNotAvailableErrorScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-not-available-error',
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-not-available-error');
    const [action, text] = isSuggested(view)
      ? ([
          'refuse-add-device',
          speak(view, 'mfa-webauthn', 'mfa-webauthn-error')('refuseAddingAuthenticatorText'),
        ] as const)
      : otherMethod(view, say('pickAuthenticatorText'));
    return html`<div class="mark bad">${icon('warning')}</div>
<h1>${say('errorTitle')}</h1>
<p class="lead">${say('errorDescription')}</p>
${form(view, text === undefined ? html`` : html`<button type="submit" name="action" value="${action}" autofocus>${text}</button>`)}`;
  },
  read: ({ action }, view) => {
    if (isSuggested(view) && action === 'refuse-add-device') return skip(view, 'for-good');
    return action === 'pick-authenticator'
      ? { ok: true, input: { kind: 'reconsidered' } }
      : refused('authenticator-error');
  },
};

const isSuggested = ({ login }: View): boolean => login.state.name === 'suggesting';
