// Server, hosted pages: the factor picker, for something new to enroll.
import { html } from 'hono/html';
import { pickerForm, readPickerForm } from '../picker-form.ts';
import type { Screen } from '../screen.ts';

export const mfaBeginEnrollOptionsScreen: Screen = {
  path: '/u/mfa-begin-enroll-options',
  title: ({ texts }) => texts.enrollPicker.title,
  body: (view) => html`<h1>${view.texts.enrollPicker.title}</h1>
<p class="lead">${view.texts.enrollPicker.lead}</p>
${pickerForm(view, (action) => view.texts.enrollPicker.hints[action])}`,
  read: readPickerForm,
};
