// Server, hosted pages: a new authenticator app, by its key alone.
import { html } from 'hono/html';
import { appKey, keyText } from '../app-key.ts';
import { codeForm, readCodeForm } from '../code-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaOtpEnrollmentCodeScreen: Screen = {
  prompt: 'mfa-otp',
  name: 'mfa-otp-enrollment-code',
  body: (view) => {
    const say = speak(view, 'mfa-otp', 'mfa-otp-enrollment-code');
    return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${keyText(appKey(view), say('keyText'))}
${codeForm(view, say, { others: [['toggle-view', say('qrEnrollmentText')]] })}`;
  },
  read: (fields, view) =>
    fields.action === 'toggle-view' ? { ok: true, turnTo: 'mfa-otp-enrollment-qr' } : readCodeForm(fields, view),
};
