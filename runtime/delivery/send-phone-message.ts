// Delivery: the codes of the phone factor by the tenant's send-phone-message Actions. All that are bound run, in their
// order; the first that fails leaves the message unsent.
import { carryByScript } from './carry-by-script.ts';
import type { MessageProvider } from './delivery.ts';

export const sendPhoneMessage: MessageProvider = {
  name: 'phone-message-hook',
  send: (desk, outgoing) => carryByScript(desk, outgoing, { trigger: 'send-phone-message', text: outgoing.words.text }),
};
