// Delivery: the words of a message as they go out: the tenant's template for its kind where there is one, otherwise ours.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import type { DeliveryDesk } from './delivery.ts';
import { mailWords } from './mail-words.ts';
import { passwordlessWords } from './passwordless-words.ts';
import { phoneWords } from './phone-words.ts';

/** @throws LiquidFault where a template cannot be rendered. */
export async function wordsOf(desk: DeliveryDesk, tenant: TenantRecord, message: MessageRecord): Promise<MessageWords> {
  if (message.channel === 'push') return { text: message.text };
  const { about, text } = message;
  if (about?.verbatim) {
    const { subject = tenant.friendlyName ?? tenant.name } = about.verbatim;
    return message.channel === 'email' ? { text, mail: { subject } } : { text };
  }
  const own = await passwordlessWords(desk, tenant, message);
  if (own) return own;
  return message.channel === 'email' ? mailWords(desk, tenant, message) : phoneWords(desk, tenant, message);
}
