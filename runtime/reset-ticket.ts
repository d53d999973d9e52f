// The promise behind a link by which a password is reset: whose password, at which address the link was sent, and where
// the person goes afterwards. It is used up by the commit that sets the password, not by opening the link, because
// scanners of mail open links.
import type { ConnectionRecord, JsonObject, TenantRecord, TicketRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { subjectOf } from './bearings.ts';
import type { Ports } from './ports.ts';
import type { Opening } from './runtime.ts';

const RESET_LINK_LIFETIME_MS = 5 * 24 * 60 * 60_000;

/** What the application marked its request with, for scripts. */
export type ResetMarks = { correlationId?: string; loginHint?: string; state?: string; uiLocales?: string[] };

export type ResetPromise = {
  user: UserRecord;
  connection: ConnectionRecord;
  /** The application that the person forgot the password at; none where an administrator made the link. */
  clientId?: string;
  organizationId?: string;
  /** The person is written to, and is shown pages, in it. */
  locale?: string;
  /** Using the link proves that the address is the person's. */
  verifiesEmail: boolean;
  /** Where the person goes afterwards: http or https. */
  resultUrl?: string;
  marks?: ResetMarks;
  lifetimeMs?: number;
};

/** The writes that make a link work, and its address. */
export function resetTicket(
  { now, random }: Pick<Ports, 'now' | 'random'>,
  tenant: TenantRecord,
  { user, connection, lifetimeMs = RESET_LINK_LIFETIME_MS, ...promise }: ResetPromise,
): { changes: Change[]; link: string; expiresAt: number } {
  const key = random.key();
  const at = now();
  const expiresAt = at + lifetimeMs;
  const { id: tenantId } = tenant;
  const content: JsonObject = {
    ...promise,
    connectionId: connection.id,
    ...(user.email === undefined ? {} : { email: user.email }),
  };
  const ticket: TicketRecord = {
    tenantId,
    id: random.uuid(),
    kind: 'password-reset',
    revision: 1,
    userId: user.id,
    content,
    createdAt: at,
    expiresAt,
  };
  const handle = { tenantId, kind: 'password-reset', key, targetId: ticket.id, ask: 0, expiresAt } as const;
  return {
    changes: [
      { kind: 'ticket.insert', ticket },
      { kind: 'handle.insert', handle },
    ],
    link: `${tenant.baseUrl}/u/reset-password/verify?ticket=${key}`,
    expiresAt,
  };
}

export type ResetLink = {
  ticketId: string;
  person: NonNullable<Opening['person']>;
  /** Empty: none. */
  clientId: string;
  organizationId?: string;
  locale?: string;
  resultUrl?: string;
  marks: ResetMarks;
};

/** What a link stands for; undefined when it is unknown, used, too old, or was sent to an address the person had before. */
export async function readResetLink(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  tenantId: string,
  key: string,
): Promise<ResetLink | undefined> {
  const ticket = await store.tickets.findByKey(tenantId, 'password-reset', key);
  if (ticket?.userId === undefined) return undefined;
  const { content, userId } = ticket;
  const [user, connection] = await Promise.all([
    store.users.find(tenantId, userId),
    store.connections.find(tenantId, textOf(content, 'connectionId') ?? ''),
  ]);
  if (!user || !connection || !isGood(ticket, user, now())) return undefined;
  const locale = textOf(content, 'locale');
  const organizationId = textOf(content, 'organizationId');
  const resultUrl = textOf(content, 'resultUrl');
  return {
    ticketId: ticket.id,
    person: {
      subject: subjectOf(user, connection),
      methods: user.email === undefined ? [] : [{ name: 'email', at: now(), in: 'transaction' }],
    },
    clientId: textOf(content, 'clientId') ?? '',
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(locale === undefined ? {} : { locale }),
    ...(resultUrl === undefined ? {} : { resultUrl }),
    marks: marksOf(content),
  };
}

function marksOf({ marks }: JsonObject): ResetMarks {
  if (typeof marks !== 'object' || marks === null || Array.isArray(marks)) return {};
  const { uiLocales } = marks;
  const [correlationId, loginHint, state] = ['correlationId', 'loginHint', 'state'].map((name) => textOf(marks, name));
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(state === undefined ? {} : { state }),
    ...(Array.isArray(uiLocales) ? { uiLocales: uiLocales.filter((each) => typeof each === 'string') } : {}),
  };
}

/** The writes that use a link up for `user`; undefined when it is no good any more. */
export async function spendResetTicket(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  ticketId: string,
  user: UserRecord,
): Promise<Change[] | undefined> {
  const { tenantId, id, email } = user;
  const at = now();
  const ticket = await store.tickets.find(tenantId, ticketId);
  if (ticket?.userId !== id || !isGood(ticket, user, at)) return undefined;
  const proves = ticket.content.verifiesEmail === true && email !== undefined && !user.emailVerified;
  return [
    { kind: 'ticket.take', tenantId, id: ticketId, now: at },
    ...(proves ? [{ kind: 'user.verify-email' as const, tenantId, id, email, at }] : []),
  ];
}

/** Whoever reads a mailbox that was the person's once must not get the account with it. */
function isGood({ content, expiresAt }: TicketRecord, { email, linkedTo }: UserRecord, now: number): boolean {
  return now < expiresAt && linkedTo === undefined && textOf(content, 'email') === email;
}

function textOf(content: JsonObject, name: string): string | undefined {
  const value = content[name];
  return typeof value === 'string' ? value : undefined;
}
