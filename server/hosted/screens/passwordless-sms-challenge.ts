// Server, hosted pages: the code of a text message that lets somebody in.
import { html } from 'hono/html';
import { icon } from '../icons.ts';
import { addressOf, passwordlessCodeForm, readPasswordlessCode } from '../passwordless-code-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const passwordlessSmsChallengeScreen: Screen = {
  prompt: 'login-passwordless',
  name: 'login-passwordless-sms-otp',
  body: (view) => {
    const say = speak(view, 'login-passwordless', 'login-passwordless-sms-otp');
    return html`<div class="mark">${icon('message')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { phoneNumber: addressOf(view.login) })}</p>
${passwordlessCodeForm(view, say)}`;
  },
  read: readPasswordlessCode,
};
