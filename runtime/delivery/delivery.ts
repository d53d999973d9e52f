// Getting a message to a person. A message is a row of the commit that caused it; delivery follows the write, and what a
// crash left pending is delivered after the next start. In development the row itself is the inbox.
import type { MessageRecord, PushRequestRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from '../afterwards.ts';
import type { Ports } from '../ports.ts';
import {
  codeText,
  enrollmentText,
  invitationText,
  pushText,
  resetText,
  spell,
  unblockText,
  verificationText,
} from './template.ts';

export type CodeMessage = Pick<MessageRecord, 'id' | 'channel' | 'to' | 'at' | 'expiresAt'> & {
  transactionId: string;
  tenant: TenantRecord;
  code: string;
  locale: string;
};

/** The outbox row that carries a one-time code. */
export function codeMessage({ tenant, locale, ...message }: CodeMessage): MessageRecord {
  const spoken = message.channel === 'voice' ? spell(message.code) : message.code;
  const text = codeText(tenant.friendlyName ?? tenant.name, spoken, locale);
  return { ...message, tenantId: tenant.id, text, state: 'pending' };
}

export type PushMessage = {
  request: PushRequestRecord;
  tenant: TenantRecord;
  locale: string;
  transactionId: string;
};

/** The outbox row that tells a device of a sign-in to approve. Its id is the request's. */
export function pushMessage({ request, tenant, locale, transactionId }: PushMessage): MessageRecord {
  const { id, deviceId: to, number, about, createdAt: at, expiresAt } = request;
  const text = pushText(tenant.friendlyName ?? tenant.name, about.application, locale);
  return {
    tenantId: tenant.id,
    id,
    channel: 'push',
    to,
    text,
    ...(number === '' ? {} : { code: number }),
    transactionId,
    state: 'pending',
    at,
    expiresAt,
  };
}

export type LinkMessage = Pick<MessageRecord, 'id' | 'to' | 'at' | 'expiresAt'> & {
  tenant: TenantRecord;
  link: string;
  locale: string;
};

/** The outbox row that tells the owner of an account of a block, with the link that lifts it. */
export const unblockMessage = (message: LinkMessage): MessageRecord => linkMessage(message, unblockText);

/** The outbox row with the link by which a forgotten password is replaced. */
export const resetMessage = (message: LinkMessage): MessageRecord => linkMessage(message, resetText);

/** The outbox row with the link by which somebody sets up a second factor. */
export const enrollmentMessage = (message: LinkMessage): MessageRecord => linkMessage(message, enrollmentText);

/** The outbox row with the link by which an address is verified. */
export const verificationMessage = (message: LinkMessage): MessageRecord => linkMessage(message, verificationText);

/** The outbox row with the link by which somebody joins an organization. `inviter`, `organization`: as people know them. */
export function invitationMessage({
  inviter,
  organization,
  ...message
}: LinkMessage & { inviter: string; organization: string }): MessageRecord {
  return linkMessage(message, (tenantName, link, locale) =>
    invitationText(tenantName, { inviter, organization, link }, locale),
  );
}

/** No login waits for it. */
function linkMessage(
  { tenant, link, locale, ...message }: LinkMessage,
  textIn: (tenantName: string, link: string, locale: string) => string,
): MessageRecord {
  const text = textIn(tenant.friendlyName ?? tenant.name, link, locale);
  return { ...message, tenantId: tenant.id, channel: 'email', text, state: 'pending' };
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

/** Has the messages of a written batch delivered that no login waits for; nobody waits for their delivery either. */
export function deliverAfterwards(
  ports: Pick<Ports, 'store' | 'inbox'>,
  { afterwards }: { afterwards: Pick<Afterwards, 'start'> },
  tenantId: string,
  changes: readonly Change[],
): void {
  for (const change of changes) {
    if (change.kind !== 'message.insert' || change.message.transactionId !== undefined) continue;
    afterwards.start(tenantId, () => deliver(ports, tenantId, change.message.id));
  }
}
