// Server, hosted pages: a picture that a phone reads to become a device. What is in it is good for five minutes.
import { html } from 'hono/html';
import { qrPicture } from '../app-key.ts';
import { isOver, phoneAddress, waitForm, waiting, waitScripts } from '../push-wait.ts';
import { type Fields, hasOthers, type Reading, refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPushEnrollmentQrScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-enrollment-qr',
  scripts: waitScripts,
  connects: true,
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-enrollment-qr');
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${isOver(view) ? '' : qrPicture(phoneAddress(view), say('qrCodeText'))}
${waiting(view, say('awaitingConfirmation'))}
${waitForm(view, {
  texts: {
    proceed: say('buttonText'),
    others: [
      ['resend', say('resendActionText')],
      ['toggle-view', say('linkText')],
      ['pick-authenticator', hasOthers(view.login) ? say('pickAuthenticatorText') : undefined],
    ],
  },
})}`;
  },
  read: (fields) =>
    fields.action === 'toggle-view' ? { ok: true, turnTo: 'mfa-push-enrollment-code' } : readPushEnrollment(fields),
};

export function readPushEnrollment({ action = 'continue' }: Fields): Reading {
  switch (action) {
    case 'continue':
      return { ok: true, input: { kind: 'polled' } };
    case 'resend':
      return { ok: true, input: { kind: 'resent' } };
    case 'pick-authenticator':
      return { ok: true, input: { kind: 'reconsidered' } };
    default:
      return refused('authenticator-error');
  }
}
