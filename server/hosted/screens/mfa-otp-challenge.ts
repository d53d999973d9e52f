// Server, hosted pages: the code of an authenticator app. There is nothing to send again.
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { icon } from '../icons.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaOtpChallengeScreen: Screen = {
  prompt: 'mfa-otp',
  name: 'mfa-otp-challenge',
  body: (view) => {
    const say = speak(view, 'mfa-otp', 'mfa-otp-challenge');
    return html`<div class="mark">${icon('app')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${codeForm(view, say, { remember: say('rememberMeText') })}`;
  },
  read: (fields, view) => readCodeForm(fields, view),
};
