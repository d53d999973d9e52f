// Server, hosted pages: rows of factors, one of which is pressed. Rows stand in the order the script gave them.
import { html } from 'hono/html';
import type { FactorType } from '#actions/post-login.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import { form } from './form.ts';
import { type IconName, icon } from './icons.ts';
import type { Markup } from './page.ts';
import { type Fields, type Reading, refused, type View } from './screen.ts';
import { targetsOf } from './targets.ts';

type Row = { factor: FactorType; name: string; icon: IconName; via?: MessageType };

/** The rows there can be, by their `action` (wire reference, §6.2), with the ends of the keys of their texts. */
const ROWS = {
  'push-notification': { factor: 'push-notification', name: 'PushNotification', icon: 'push' },
  otp: { factor: 'otp', name: 'OTP', icon: 'app' },
  sms: { factor: 'phone', name: 'SMS', icon: 'message', via: 'sms' },
  voice: { factor: 'phone', name: 'Voice', icon: 'call', via: 'voice' },
  phone: { factor: 'phone', name: 'Phone', icon: 'message' },
  email: { factor: 'email', name: 'Email', icon: 'email' },
  'recovery-code': { factor: 'recovery-code', name: 'RecoveryCode', icon: 'recovery' },
  'webauthn-roaming': { factor: 'webauthn-roaming', name: 'WebauthnRoaming', icon: 'security-key' },
  'webauthn-platform': { factor: 'webauthn-platform', name: 'WebauthnPlatform', icon: 'fingerprint' },
} as const satisfies Record<Exclude<FactorType, 'phone'> | MessageType | 'phone', Row>;

type PickerAction = keyof typeof ROWS;
type FactorName = (typeof ROWS)[PickerAction]['name'];

/**
 * @param heading what the rows are for; the way back stands above it.
 * @param say the texts of the screen: the names of factors, what they are like, and the way back.
 * @param sayMore that there are so many others of the same factor.
 */
export function pickerForm(
  view: View,
  heading: Markup,
  say: (key: `authenticatorNames${FactorName}` | `authenticatorHints${FactorName}` | 'backText') => string,
  sayMore?: (count: number) => string,
): Markup {
  const { state } = view.login;
  const offers = 'offers' in state ? state.offers : [];
  const back = state.name === 'choosing' ? state.back : undefined;
  const rows = offers.map(({ factor }) => actionOf(factor, view));
  return form(
    view,
    html`${back === undefined ? '' : html`<button class="back" type="submit" name="action" value="back-action">${icon('back')}${say('backText')}</button>`}
${heading}
<ul class="picks">
${rows.map((action) => {
  const { name, factor, icon: picture } = ROWS[action];
  const [first, ...others] = targetsOf(view, factor);
  const more = others.length > 0 && sayMore ? ` ${sayMore(others.length)}` : '';
  const below = first?.text === undefined ? say(`authenticatorHints${name}`) : html`<bdi>${first.text}</bdi>${more}`;
  return html`<li><button class="pick" type="submit" name="action" value="${action}">${icon(picture)}<span class="pick-text">${say(`authenticatorNames${name}`)} <small>${below}</small></span>${icon('forward')}</button></li>
`;
})}</ul>`,
  );
}

/** A phone is called by how it is reached; where that is open, by what it is. */
function actionOf(factor: FactorType, { surroundings }: View): PickerAction {
  if (factor !== 'phone') return factor;
  const [first = 'sms', second] = surroundings.person?.tenant.messageTypes ?? [];
  return second === undefined ? first : 'phone';
}

export function readPickerForm({ action }: Fields): Reading {
  if (action === 'back-action') return { ok: true, input: { kind: 'returned' } };
  if (!isPickerAction(action)) return refused('authenticator-error');
  const row: Row = ROWS[action];
  const { factor, via } = row;
  return { ok: true, input: { kind: 'chosen', factor, ...(via === undefined ? {} : { via }) } };
}

function isPickerAction(action: string | undefined): action is PickerAction {
  return action !== undefined && Object.hasOwn(ROWS, action);
}
