// Protection: the link by which the owner of an account lifts a block that somebody's guesses have put on it. Opening the
// link changes nothing, because scanners of mail open links; the button on its page does, once.
import type { TenantRecord } from '#storage/records.ts';
import { unblockMessage } from '../delivery/compose.ts';
import type { Messenger } from '../delivery/delivery.ts';
import { linkTermsOf } from '../delivery/mail-terms.ts';
import type { Ports } from '../ports.ts';
import { UNBLOCK_MAILS } from '../rate-limit.ts';

const LINK_LIFETIME_MS = 5 * 24 * 60 * 60_000;

type Block = { tenant: TenantRecord; identifier: string; network: string; ip: string; locale: string };

/** Writes the ticket with the mail that carries its key, and has the mail delivered. */
export async function sendUnblockLink(
  ports: Pick<Ports, 'store' | 'now' | 'random' | 'geography'>,
  { messenger }: { messenger: Pick<Messenger, 'deliver'> },
  { tenant, identifier, network, ip, locale }: Block,
  owner: { id: string; email: string },
): Promise<void> {
  const { store, now, random } = ports;
  const at = now();
  // Each network that guesses brings a block of its own, and one guesser may have thousands.
  const attempt = await store.takeAttempt(tenant.id, `unblock mail ${owner.email.toLowerCase()}`, UNBLOCK_MAILS, at);
  if (!attempt.taken) return;
  const key = random.key();
  const place = { userId: owner.id, userName: owner.email, ip };
  const { lifetimeMs = LINK_LIFETIME_MS } = await linkTermsOf(ports, tenant, owner.email, {
    kind: 'unblock',
    locale,
    place,
  });
  const life = { createdAt: at, expiresAt: at + lifetimeMs };
  const of = { tenantId: tenant.id };
  const ticketId = random.uuid();
  const messageId = random.uuid();
  const link = `${tenant.baseUrl}/u/unblock?ticket=${key}`;
  const content = { identifier, network };
  const ticket = { ...of, id: ticketId, kind: 'unblock' as const, revision: 1, userId: owner.id, content, ...life };
  const handle = { ...of, kind: 'unblock' as const, key, targetId: ticketId, ask: 0, expiresAt: life.expiresAt };
  const { expiresAt } = life;
  const message = unblockMessage({ id: messageId, tenant, to: owner.email, link, locale, place, at, expiresAt });
  const written = await store.commit([
    { kind: 'ticket.insert', ticket },
    { kind: 'handle.insert', handle },
    { kind: 'message.insert', message },
  ]);
  if (written.ok) await messenger.deliver(tenant.id, messageId);
}

type Needed = Pick<Ports, 'store' | 'now'>;

/** Whether the key of a link still opens something. */
export async function isUnblockLink({ store, now }: Needed, tenantId: string, key: string): Promise<boolean> {
  const ticket = await store.tickets.findByKey(tenantId, 'unblock', key);
  return ticket !== undefined && now() < ticket.expiresAt;
}

/** Lifts the block of a link, once; false when there is no such link any more. */
export async function followUnblockLink({ store, now }: Needed, tenantId: string, key: string): Promise<boolean> {
  const ticket = await store.tickets.findByKey(tenantId, 'unblock', key);
  if (!ticket) return false;
  const { identifier, network } = ticket.content;
  if (typeof identifier !== 'string' || typeof network !== 'string') throw new Error('a ticket without its block');
  const lifted = await store.commit([
    { kind: 'ticket.take', tenantId, id: ticket.id, now: now() },
    { kind: 'login-block.lift', tenantId, identifiers: [identifier], network },
  ]);
  return lifted.ok;
}
