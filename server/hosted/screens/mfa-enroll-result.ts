// Server, hosted pages: the last page of who set up a second factor by a link, where no other site is.
import { html } from 'hono/html';
import { icon } from '../icons.ts';
import { refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaEnrollResultScreen: Screen = {
  prompt: 'mfa',
  name: 'mfa-enroll-result',
  body: (view) => {
    const say = speak(view, 'mfa', 'mfa-enroll-result');
    return html`<div class="mark good">${icon('check')}</div>
<h1>${say('enrolledTitle')}</h1>
<p class="lead">${say('enrolledDescription')}</p>`;
  },
  read: () => refused('authenticator-error'),
};
