// Server, hosted pages: rows of factors, one of which is pressed. Rows stand in the order the script gave them.
import { html } from 'hono/html';
import type { FactorType } from '#actions/post-login.ts';
import { form } from './form.ts';
import type { Markup } from './page.ts';
import { type Fields, type Reading, refused, type View } from './screen.ts';
import type { PickerAction } from './texts/texts.ts';

/** Wire names of the factors that can be offered; a factor joins here when it exists. */
const ACTIONS: Partial<Record<FactorType, PickerAction>> = { phone: 'sms', otp: 'otp', email: 'email' };
const FACTORS: Record<PickerAction, FactorType> = { sms: 'phone', otp: 'otp', email: 'email' };

/** @param hint what a row says below its name. */
export function pickerForm(view: View, hint: (action: PickerAction) => string): Markup {
  const { picker } = view.texts;
  const { state } = view.login;
  const { offers, back } = state.name === 'choosing' ? state : { offers: [] };
  const rows = offers.map(({ factor }) => ACTIONS[factor]).filter((action) => action !== undefined);
  return form(
    view,
    html`${rows.map(
      (action, index) =>
        html`<button class="choice" type="submit" name="action" value="${action}"${index === 0 ? ' autofocus' : ''}>${picker.factors[action].label}<small>${hint(action)}</small></button>
`,
    )}${back === undefined ? '' : html`<button class="quiet-button" type="submit" name="action" value="back-action">${picker.back}</button>`}`,
  );
}

export function readPickerForm({ action }: Fields): Reading {
  if (action === 'back-action') return { ok: true, input: { kind: 'returned' } };
  return isPickerAction(action)
    ? { ok: true, input: { kind: 'chosen', factor: FACTORS[action] } }
    : refused('authenticator-error');
}

function isPickerAction(action: string | undefined): action is PickerAction {
  return action !== undefined && Object.hasOwn(FACTORS, action);
}
