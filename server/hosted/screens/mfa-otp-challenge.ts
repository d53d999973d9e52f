// Server, hosted pages: the code of an authenticator app. There is nothing to send again.
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import type { Screen } from '../screen.ts';

export const mfaOtpChallengeScreen: Screen = {
  path: '/u/mfa-otp-challenge',
  title: ({ texts }) => texts.challenges.otp.title,
  body: (view) => html`<h1>${view.texts.challenges.otp.title}</h1>
<p class="lead">${view.texts.challenges.otp.lead}</p>
${codeForm(view)}`,
  read: (fields, view) => readCodeForm(fields, view),
};
