// Server, hosted pages: the code of a text message, and where it went (masked). The same page proves a number that is
// being enrolled; from there a way leads back to the number.
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { type Screen, sentTo } from '../screen.ts';

export const mfaSmsChallengeScreen: Screen = {
  path: '/u/mfa-sms-challenge',
  title: ({ texts }) => texts.challenges.sms.title,
  body: (view) => html`<h1>${view.texts.challenges.sms.title}</h1>
<p class="lead">${view.texts.challenges.sms.lead(sentTo(view.login))}</p>
${codeForm(view, { canResend: true })}`,
  read: (fields, view) => readCodeForm(fields, view, { canResend: true }),
};
