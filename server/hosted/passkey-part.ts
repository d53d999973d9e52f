// Server, hosted pages: the part of the login page by which somebody comes in with a passkey: in the list that the browser
// opens below the field for the name, or by a button. Without scripts there is neither.
import { html } from 'hono/html';
import type { Capabilities } from '#runtime/transaction/transaction.ts';
import { readAnswer } from './ceremony-form.ts';
import { icon } from './icons.ts';
import type { Markup } from './page.ts';
import type { Fields, Reading, View } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

/** @param or stands between the ways in; it is shown with the button. */
export function passkeyPart(
  { notice }: View,
  { options, ui }: NonNullable<Surroundings['passkey']>,
  or: string,
  button: string,
): Markup {
  // One that was refused must not answer again by itself.
  const begins = notice?.key === 'passkey-not-accepted' ? 'autofill-later' : 'autofill';
  return html`<input type="hidden" name="response" value="">
<div hidden data-ceremony="passkey" data-options="${JSON.stringify(options)}" data-begins="${begins}"${ui === 'button' ? '' : ' data-autofill'}${ui === 'autofill' ? '' : ' data-shows=button'}></div>
<div data-with-ceremony hidden>
<p class="or">${or}</p>
<button class="plain-button with-icon" type="submit" name="action" value="passkey" data-ceremony-start>${icon('passkey')}${button}</button>
</div>`;
}

export function readPasskey(fields: Fields, capabilities: { capabilities?: Capabilities }): Reading {
  return readAnswer(fields, 'passkey-not-accepted', capabilities);
}
