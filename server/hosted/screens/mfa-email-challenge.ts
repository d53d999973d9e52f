// Server, hosted pages: the code of an e-mail, and where it went (masked).
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { type Screen, sentTo } from '../screen.ts';

export const mfaEmailChallengeScreen: Screen = {
  path: '/u/mfa-email-challenge',
  title: ({ texts }) => texts.challenges.email.title,
  body: (view) => html`<h1>${view.texts.challenges.email.title}</h1>
<p class="lead">${view.texts.challenges.email.lead(sentTo(view.login))}</p>
${codeForm(view, { canResend: true })}`,
  read: (fields, view) => readCodeForm(fields, view, { canResend: true }),
};
