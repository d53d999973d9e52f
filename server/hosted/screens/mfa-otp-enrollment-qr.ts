// Server, hosted pages: a new authenticator app, by a picture. The key also stands there as text: who cannot scan, or
// reads the page on the phone itself, needs it.
import { html } from 'hono/html';
import { appAddress, appKey, keyText, qrPicture } from '../app-key.ts';
import { codeForm, readCodeForm } from '../code-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaOtpEnrollmentQrScreen: Screen = {
  prompt: 'mfa-otp',
  name: 'mfa-otp-enrollment-qr',
  body: (view) => {
    const say = speak(view, 'mfa-otp', 'mfa-otp-enrollment-qr');
    const address = appAddress(view);
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${qrPicture(address, say('qrCodeText'))}
${keyText(appKey(view), say('keyText'))}
<p class="turn"><a href="${address}">${say('openText')}</a></p>
${codeForm(view, say, { others: [['toggle-view', say('codeEnrollmentText')]] })}`;
  },
  read: (fields, view) =>
    fields.action === 'toggle-view' ? { ok: true, turnTo: 'mfa-otp-enrollment-code' } : readCodeForm(fields, view),
};
