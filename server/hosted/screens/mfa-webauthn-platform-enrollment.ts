// Server, hosted pages: this device's own authenticator becomes a factor: because a script asks for it, or because it was
// only suggested. Then the person may put it off.
import { html } from 'hono/html';
import { CEREMONY_SCRIPTS, otherMethod } from '../ceremony-form.ts';
import { icon } from '../icons.ts';
import { newKeyForm, readNewKey, skip } from '../new-key.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnPlatformEnrollmentScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-platform-enrollment',
  scripts: () => [...CEREMONY_SCRIPTS],
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-platform-enrollment');
    const isSuggested = view.login.state.name === 'suggesting';
    return html`<div class="mark">${icon('fingerprint')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${newKeyForm(view, {
  waiting: say('awaitingConfirmation'),
  noScript: say('noJSErrorDescription'),
  button: say('continueButtonText'),
  others: isSuggested
    ? [
        ['snooze-enrollment', say('snoozeEnrollmentButtonText')],
        ['refuse-add-device', say('refuseAddingDeviceText')],
      ]
    : [otherMethod(view, say('pickAuthenticatorText'))],
})}`;
  },
  read: (fields, view) => {
    const isSuggested = view.login.state.name === 'suggesting';
    if (isSuggested && fields.action === 'snooze-enrollment') return skip(view, 'for-now');
    if (isSuggested && fields.action === 'refuse-add-device') return skip(view, 'for-good');
    if (fields.action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-change-key-nickname');
    return readNewKey(fields, view, view.browser.name ?? say('nicknamePlatform'));
  },
};
