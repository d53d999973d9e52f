// Server, hosted pages: a new security key. Its person names it on the next page.
import { html } from 'hono/html';
import { CEREMONY_SCRIPTS, otherMethod } from '../ceremony-form.ts';
import { icon } from '../icons.ts';
import { newKeyForm, readNewKey } from '../new-key.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnRoamingEnrollmentScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-roaming-enrollment',
  scripts: () => [...CEREMONY_SCRIPTS],
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-roaming-enrollment');
    return html`<div class="mark">${icon('security-key')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${newKeyForm(view, {
  waiting: say('awaitingConfirmation'),
  noScript: say('noJSErrorDescription'),
  button: say('continueButtonText'),
  others: [otherMethod(view, say('pickAuthenticatorText'))],
})}`;
  },
  read: (fields, view) => {
    if (fields.action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
    return readNewKey(fields, view, speak(view, 'mfa-webauthn', 'mfa-webauthn-change-key-nickname')('nickname'));
  },
};
