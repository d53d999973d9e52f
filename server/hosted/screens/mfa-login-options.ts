// Server, hosted pages: the factor picker, for a challenge.
import { html } from 'hono/html';
import { pickerForm, readPickerForm } from '../picker-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaLoginOptionsScreen: Screen = {
  prompt: 'mfa',
  name: 'mfa-login-options',
  body: (view) => {
    const say = speak(view, 'mfa', 'mfa-login-options');
    const heading = html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>`;
    return pickerForm(view, heading, say, (count) => say('moreText', { count }));
  },
  read: readPickerForm,
};
