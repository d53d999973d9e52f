// Server, hosted pages: a new authenticator app, by its key alone.
import { html } from 'hono/html';
import { appKey, keyText } from '../app-key.ts';
import { codeForm, readCodeForm } from '../code-form.ts';
import type { Screen } from '../screen.ts';
import { OTP_CODE_PATH, OTP_QR_PATH } from './mfa-otp-enrollment-qr.ts';

export const mfaOtpEnrollmentCodeScreen: Screen = {
  path: OTP_CODE_PATH,
  title: ({ texts }) => texts.enrollment.title,
  body: (view) => {
    const { enrollment } = view.texts;
    return html`<h1>${enrollment.title}</h1>
<p class="lead">${enrollment.type}</p>
${keyText(appKey(view), enrollment.key)}
${codeForm(view, { others: [['toggle-view', enrollment.showPicture]] })}`;
  },
  read: (fields, view) =>
    fields.action === 'toggle-view' ? { ok: true, turnTo: OTP_QR_PATH } : readCodeForm(fields, view),
};
