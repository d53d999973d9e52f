// Server, hosted pages: the same address as text, for who cannot scan it, or reads this on the phone itself.
import { html } from 'hono/html';
import { phoneAddress, waitForm, waiting, waitScripts } from '../push-wait.ts';
import { hasOthers, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';
import { readPushEnrollment } from './mfa-push-enrollment-qr.ts';

export const mfaPushEnrollmentCodeScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-enrollment-code',
  scripts: waitScripts,
  connects: true,
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-enrollment-code');
    const address = phoneAddress(view);
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<p class="key-line"><span class="key-label">${say('addressText')}</span> <a class="address" href="${address}" target="_blank" rel="noopener" translate="no">${address}</a></p>
${waiting(view, say('awaitingConfirmation'))}
${waitForm(view, {
  texts: {
    proceed: say('buttonText'),
    others: [
      ['resend', say('resendActionText')],
      ['toggle-view', say('qrEnrollmentText')],
      ['pick-authenticator', hasOthers(view.login) ? say('pickAuthenticatorText') : undefined],
    ],
  },
})}`;
  },
  read: (fields) =>
    fields.action === 'toggle-view' ? { ok: true, turnTo: 'mfa-push-enrollment-qr' } : readPushEnrollment(fields),
};
