// Getting a message to a person. A message is a row of the commit that caused it; delivery follows the write, and what a
// crash left pending is delivered after the next start. In development the row itself is the inbox.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { codeText, unblockText } from './template.ts';

export type CodeMessage = Pick<MessageRecord, 'id' | 'channel' | 'to' | 'transactionId' | 'at' | 'expiresAt'> & {
  tenant: TenantRecord;
  code: string;
  locale: string;
};

/** The outbox row that carries a one-time code. */
export function codeMessage({ tenant, locale, ...message }: CodeMessage): MessageRecord {
  const text = codeText(tenant.friendlyName ?? tenant.name, message.code, locale);
  return { ...message, tenantId: tenant.id, text, state: 'pending' };
}

export type LinkMessage = Pick<MessageRecord, 'id' | 'to' | 'at' | 'expiresAt'> & {
  tenant: TenantRecord;
  link: string;
  locale: string;
};

/** The outbox row that tells the owner of an account of a block, with the link that lifts it. No login waits for it. */
export function unblockMessage({ tenant, link, locale, ...message }: LinkMessage): MessageRecord {
  const text = unblockText(tenant.friendlyName ?? tenant.name, link, locale);
  return { ...message, tenantId: tenant.id, channel: 'email', text, transactionId: '', state: 'pending' };
}

export type Delivery = 'delivered' | 'failed';

/**
 * Delivers one message that is already written. Without a provider for its channel the dev inbox takes it; outside
 * development nothing does, and the failure is the answer: no login waits for a message that never comes.
 */
export async function deliver(
  { store, inbox }: Pick<Ports, 'store' | 'inbox'>,
  tenantId: string,
  id: string,
): Promise<Delivery> {
  const state: Delivery = inbox ? 'delivered' : 'failed';
  await store.messages.settle(tenantId, id, state, { kept: inbox });
  return state;
}
