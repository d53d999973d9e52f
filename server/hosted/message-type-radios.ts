// Server, hosted pages: by text message or by a call, where the person may say.
import { html } from 'hono/html';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import type { Markup } from './page.ts';

export type MessageTypeKey = 'chooseMessageTypeText' | 'smsButtonText' | 'voiceButtonText';

const TYPES = ['sms', 'voice'] as const satisfies MessageType[];

export function messageTypeRadios(present: MessageType, say: (key: MessageTypeKey) => string): Markup {
  return html`<fieldset role="radiogroup">
<legend>${say('chooseMessageTypeText')}</legend>
<div class="radios">
${TYPES.map(
  (type) =>
    html`<p class="radio"><input id="type-${type}" name="type" type="radio" value="${type}"${type === present ? ' checked' : ''}><label for="type-${type}">${say(`${type}ButtonText`)}</label></p>
`,
)}</div>
</fieldset>`;
}

export function readMessageType(text: string): MessageType | undefined {
  return TYPES.find((type) => type === text);
}
