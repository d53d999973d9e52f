// Server, hosted pages: the phone is a device now.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPushSuccessScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-success',
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-success');
    return html`<div class="mark good">${icon('check')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(view, html`<button type="submit" name="action" value="continue" autofocus>${say('buttonText')}</button>`)}`;
  },
  read: () => ({ ok: true, input: { kind: 'acknowledged' } }),
};
