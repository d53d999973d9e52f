// Server, hosted pages: where a push does not reach the phone, the code that it shows.
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { icon } from '../icons.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPushChallengeCodeScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-challenge-code',
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-challenge-code');
    return html`<div class="mark">${icon('push')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${codeForm(view, say, { remember: say('rememberMeText'), others: [['back-action', say('backText')]] })}`;
  },
  read: (fields, view) =>
    fields.action === 'back-action' ? { ok: true, turnTo: 'mfa-push-challenge-push' } : readCodeForm(fields, view),
};
