// Server, hosted pages: the factor picker, for a challenge.
import { html } from 'hono/html';
import { pickerForm, readPickerForm } from '../picker-form.ts';
import type { Screen } from '../screen.ts';

export const mfaLoginOptionsScreen: Screen = {
  path: '/u/mfa-login-options',
  title: ({ texts }) => texts.picker.title,
  body: (view) => html`<h1>${view.texts.picker.title}</h1>
<p class="lead">${view.texts.picker.lead}</p>
${pickerForm(view, (action) => view.texts.picker.factors[action].hint)}`,
  read: readPickerForm,
};
