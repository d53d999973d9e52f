// Server, hosted pages: the factor picker, for something new to enroll.
import { html } from 'hono/html';
import { pickerForm, readPickerForm } from '../picker-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaBeginEnrollOptionsScreen: Screen = {
  prompt: 'mfa',
  name: 'mfa-begin-enroll-options',
  body: (view) => {
    const say = speak(view, 'mfa', 'mfa-begin-enroll-options');
    const heading = html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>`;
    return pickerForm(view, heading, say);
  },
  read: readPickerForm,
};
