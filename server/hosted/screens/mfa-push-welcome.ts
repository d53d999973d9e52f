// Server, hosted pages: what it means to approve sign-ins on a phone, before anything is scanned.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { hasOthers, refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPushWelcomeScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-welcome',
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-welcome');
    return html`<div class="mark">${icon('push')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`<button type="submit" name="action" value="enroll" autofocus>${say('buttonText')}</button>
${hasOthers(view.login) ? html`<button class="quiet-button" type="submit" name="action" value="pick-authenticator">${say('pickAuthenticatorText')}</button>` : ''}`,
)}`;
  },
  read: ({ action = 'enroll' }) => {
    if (action === 'enroll') return { ok: true, turnTo: 'mfa-push-enrollment-qr' };
    return action === 'pick-authenticator'
      ? { ok: true, input: { kind: 'reconsidered' } }
      : refused('authenticator-error');
  },
};
