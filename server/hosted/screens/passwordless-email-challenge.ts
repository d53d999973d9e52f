// Server, hosted pages: the code of an e-mail that lets somebody in.
import { html } from 'hono/html';
import { icon } from '../icons.ts';
import { addressOf, passwordlessCodeForm, readPasswordlessCode } from '../passwordless-code-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const passwordlessEmailChallengeScreen: Screen = {
  prompt: 'login-passwordless',
  name: 'login-passwordless-email-code',
  body: (view) => {
    const say = speak(view, 'login-passwordless', 'login-passwordless-email-code');
    return html`<div class="mark">${icon('email')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { email: addressOf(view.login) })}</p>
${passwordlessCodeForm(view, say)}`;
  },
  read: readPasswordlessCode,
};
