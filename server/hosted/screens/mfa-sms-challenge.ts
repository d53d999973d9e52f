// Server, hosted pages: the code of a text message, and where it went (masked).
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { type Screen, sentTo } from '../screen.ts';

export const mfaSmsChallengeScreen: Screen = {
  path: '/u/mfa-sms-challenge',
  title: (texts) => texts.challenges.sms.title,
  body: (view) => html`<h1>${view.texts.challenges.sms.title}</h1>
<p class="lead">${view.texts.challenges.sms.lead(sentTo(view.login))}</p>
${codeForm(view, true)}`,
  read: (fields) => readCodeForm(fields, true),
};
