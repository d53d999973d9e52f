// Server, hosted pages: a passkey in place of the password, for whoever likes to have one.
import { html } from 'hono/html';
import { CEREMONY_SCRIPTS } from '../ceremony-form.ts';
import { icon } from '../icons.ts';
import { newKeyForm, readNewKey, skip } from '../new-key.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const passkeyEnrollmentScreen: Screen = {
  prompt: 'passkeys',
  name: 'passkey-enrollment',
  scripts: () => [...CEREMONY_SCRIPTS],
  body: (view) => {
    const say = speak(view, 'passkeys', 'passkey-enrollment');
    const benefits = (['passkeyBenefit1Text', 'passkeyBenefit2Text', 'passkeyBenefit3Text'] as const).map(
      (key) => html`<li>${icon('check')}<span>${say(key)}</span></li>`,
    );
    return html`<div class="mark">${icon('passkey')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<ul class="benefits">${benefits}</ul>
${newKeyForm(view, {
  waiting: say('awaitingConfirmation'),
  noScript: say('noJSErrorDescription'),
  button: say('createButtonText'),
  others: [['abort-passkey-enrollment', say('continueButtonText')]],
})}`;
  },
  read: (fields, view) =>
    fields.action === 'abort-passkey-enrollment' ? skip(view, 'for-now') : readNewKey(fields, view, view.browser.name),
};
