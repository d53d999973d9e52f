// Server, hosted pages: the factor picker. Rows stand in the order the script gave them.
import { html } from 'hono/html';
import type { FactorType } from '#actions/post-login.ts';
import { form } from '../form.ts';
import { refused, type Screen } from '../screen.ts';
import type { PickerAction } from '../texts/texts.ts';

/** Wire names of the factors that can be offered; a factor joins here when it exists. */
const ACTIONS: Partial<Record<FactorType, PickerAction>> = { phone: 'sms', otp: 'otp', email: 'email' };
const FACTORS: Record<PickerAction, FactorType> = { sms: 'phone', otp: 'otp', email: 'email' };

export const mfaLoginOptionsScreen: Screen = {
  path: '/u/mfa-login-options',
  title: (texts) => texts.picker.title,
  body: (view) => {
    const { texts, login } = view;
    const { offers, back } = login.state.name === 'choosing' ? login.state : { offers: [] };
    const rows = offers.map(({ factor }) => ACTIONS[factor]).filter((action) => action !== undefined);
    return html`<h1>${texts.picker.title}</h1>
<p class="lead">${texts.picker.lead}</p>
${form(
  view,
  html`${rows.map(
    (action, index) =>
      html`<button class="choice" type="submit" name="action" value="${action}"${index === 0 ? ' autofocus' : ''}>${texts.picker.factors[action].label}<small>${texts.picker.factors[action].hint}</small></button>
`,
  )}${back === undefined ? '' : html`<button class="quiet-button" type="submit" name="action" value="back-action">${texts.picker.back}</button>`}`,
)}`;
  },
  read: ({ action }) => {
    if (action === 'back-action') return { ok: true, input: { kind: 'returned' } };
    return isPickerAction(action)
      ? { ok: true, input: { kind: 'chosen', factor: FACTORS[action] } }
      : refused('authenticator-error');
  },
};

function isPickerAction(action: string | undefined): action is PickerAction {
  return action !== undefined && Object.hasOwn(FACTORS, action);
}
