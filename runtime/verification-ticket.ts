// The promise behind a link by which a person verifies an e-mail address: whose address, which one, and where the person
// goes afterwards. Opening the link changes nothing, because scanners of mail open links; the button on its page does, once.
import type { ConnectionRecord, JsonObject, TenantRecord, TicketRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { verificationMessage } from './delivery/compose.ts';
import type { Messenger } from './delivery/delivery.ts';
import { linkTermsOf } from './delivery/mail-terms.ts';
import { greeting } from './greeting.ts';
import type { MailSetting } from './mail-setting.ts';
import type { Caller, Ports } from './ports.ts';
import { onceInAWhile } from './protection/throttle.ts';
import { networkOf } from './risk/address.ts';
import { tenantLog } from './tenant-log.ts';

const VERIFICATION_LINK_LIFETIME_MS = 5 * 24 * 60 * 60_000;

/** Who is to verify an address. It must be there. */
export type Addressee = Pick<UserRecord, 'id'> & { email: string };

export type VerificationPromise = {
  addressee: Addressee;
  /** Where the person goes afterwards: http or https. */
  resultUrl?: string;
  /** Whether the address of that page is told which e-mail address was verified. */
  includesEmail?: boolean;
  lifetimeMs?: number;
};

type Making = Pick<Ports, 'now' | 'random'>;

/** The writes that make a link work, and its address. */
export function verificationTicket(
  { now, random }: Making,
  tenant: TenantRecord,
  { addressee, lifetimeMs = VERIFICATION_LINK_LIFETIME_MS, ...more }: VerificationPromise,
): { changes: Change[]; link: string; expiresAt: number } {
  const key = random.key();
  const createdAt = now();
  const expiresAt = createdAt + lifetimeMs;
  const { id: tenantId } = tenant;
  const content: JsonObject = { ...more, email: addressee.email };
  const kind = 'email-verification';
  const userId = addressee.id;
  const ticket: TicketRecord = {
    tenantId,
    id: random.uuid(),
    kind,
    revision: 1,
    userId,
    content,
    createdAt,
    expiresAt,
  };
  return {
    changes: [
      { kind: 'ticket.insert', ticket },
      { kind: 'handle.insert', handle: { tenantId, kind, key, targetId: ticket.id, ask: 0, expiresAt } },
    ],
    link: `${tenant.baseUrl}/u/email-verification?ticket=${key}`,
    expiresAt,
  };
}

type Mailing = Making & Pick<Ports, 'store' | 'geography'>;

/** The writes of a mail with such a link, to go with the commit that causes it. Deliver `messageId` once it has landed. */
export async function verificationMail(
  ports: Mailing,
  tenant: TenantRecord,
  addressee: Addressee,
  { locale, place }: MailSetting,
): Promise<{ changes: Change[]; messageId: string }> {
  const to = addressee.email;
  const where = { userId: addressee.id, userName: to, ...place };
  const terms = await linkTermsOf(ports, tenant, to, { kind: 'verify-email', locale, place: where });
  const { changes, link, expiresAt } = verificationTicket(ports, tenant, { addressee, ...terms });
  const messageId = ports.random.uuid();
  const at = ports.now();
  const message = verificationMessage({ id: messageId, tenant, to, link, locale, place: where, at, expiresAt });
  return { changes: [...changes, { kind: 'message.insert', message }], messageId };
}

/** A mail on its own. False: there is no such user any more, or nothing takes the mail. */
export async function sendVerification(
  ports: Mailing,
  { messenger }: { messenger: Pick<Messenger, 'deliver'> },
  tenant: TenantRecord,
  addressee: Addressee,
  setting: MailSetting,
): Promise<boolean> {
  const { changes, messageId } = await verificationMail(ports, tenant, addressee, setting);
  if (!(await ports.store.commit(changes)).ok) return false;
  const { state } = await messenger.deliver(tenant.id, messageId);
  return state === 'delivered' || state === 'waiting';
}

/**
 * Whether somebody who signs up to a connection is written to: unless its attributes say that an address is not verified
 * at sign-up (`attributes.email.signup.verification.active`).
 */
export function verifiesAtSignUp({ options }: ConnectionRecord): boolean {
  let value: unknown = options;
  for (const name of ['attributes', 'email', 'signup', 'verification', 'active']) {
    if (typeof value !== 'object' || value === null) return true;
    value = (value as Record<string, unknown>)[name];
  }
  return value !== false;
}

export type VerificationLink = { ticket: TicketRecord; user: UserRecord; email: string };

type Reading = Pick<Ports, 'store' | 'now'>;

/** What a link stands for; undefined when it is unknown, used, too old, or the person has another address by now. */
export async function readVerificationLink(
  { store, now }: Reading,
  tenantId: string,
  key: string,
): Promise<VerificationLink | undefined> {
  const ticket = await store.tickets.findByKey(tenantId, 'email-verification', key);
  if (ticket?.userId === undefined || now() >= ticket.expiresAt) return undefined;
  const user = await store.users.find(tenantId, ticket.userId);
  const { email } = ticket.content;
  return user && typeof email === 'string' && user.email === email ? { ticket, user, email } : undefined;
}

export type VerificationFollowed = { email: string; includesEmail: boolean; resultUrl?: string };

/** Verifies the address of a link, once; undefined when there is no such link any more. Both are told to the tenant. */
export async function followVerificationLink(
  ports: Reading & Pick<Ports, 'random'>,
  tenant: TenantRecord,
  key: string,
  caller: Caller,
): Promise<VerificationFollowed | undefined> {
  const { store, now, random } = ports;
  const { id: tenantId } = tenant;
  const at = now();
  const client = { ip: caller.ip, ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }) };
  const place = { tenantId, now: at, random, hostname: new URL(tenant.baseUrl).host, ...client };
  const found = await readVerificationLink(ports, tenantId, key);
  if (found) {
    const { ticket, user, email } = found;
    const log = tenantLog(
      { type: 'sv', description: 'E-mail address verified', userName: email, userId: user.id },
      { ...place, connection: user.connection },
    );
    const done = await store.commit([
      { kind: 'ticket.take', tenantId, id: ticket.id, now: at },
      { kind: 'user.verify-email', tenantId, id: user.id, email, at },
      { kind: 'log.insert', log },
      // Nobody waits for it: the worker of delivery finds it.
      ...(await greeting(ports, tenant, user, { locale: tenant.enabledLocales[0] ?? 'en' })),
    ]);
    const { resultUrl, includesEmail } = ticket.content;
    const site = typeof resultUrl === 'string' ? { resultUrl } : {};
    if (done.ok) return { email, includesEmail: includesEmail === true, ...site };
  }
  const description = 'The link was used already, is too old, or is for an address that the user no longer has.';
  // Anybody may come with a key that is none, as often as they like.
  const drafts = await onceInAWhile(ports, tenantId, networkOf(caller.ip), { type: 'fv', description });
  await store.commit(drafts.map((draft) => ({ kind: 'log.insert', log: tenantLog(draft, place) })));
  return undefined;
}
