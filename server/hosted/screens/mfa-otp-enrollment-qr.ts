// Server, hosted pages: a new authenticator app, by a picture. The key also stands there as text: who cannot scan, or
// reads the page on the phone itself, needs it.
import { html } from 'hono/html';
import { appAddress, appKey, keyText, qrPicture } from '../app-key.ts';
import { codeForm, readCodeForm } from '../code-form.ts';
import type { Screen } from '../screen.ts';

export const OTP_QR_PATH = '/u/mfa-otp-enrollment-qr';
export const OTP_CODE_PATH = '/u/mfa-otp-enrollment-code';

export const mfaOtpEnrollmentQrScreen: Screen = {
  path: OTP_QR_PATH,
  title: ({ texts }) => texts.enrollment.title,
  body: (view) => {
    const { enrollment } = view.texts;
    const address = appAddress(view);
    return html`<h1>${enrollment.title}</h1>
<p class="lead">${enrollment.scan}</p>
${qrPicture(address, enrollment.picture)}
${keyText(appKey(view), enrollment.key)}
<p class="turn"><a href="${address}">${enrollment.open}</a></p>
${codeForm(view, { others: [['toggle-view', enrollment.showKey]] })}`;
  },
  read: (fields, view) =>
    fields.action === 'toggle-view' ? { ok: true, turnTo: OTP_CODE_PATH } : readCodeForm(fields, view),
};
