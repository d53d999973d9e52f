// The promise behind a link by which somebody enrolls a second factor: whose it is to be, and of which kind. It is used up by
// the commit that writes the new authenticator, not by opening the link, because scanners of mail open links.
import type { FactorType } from '#actions/post-login.ts';
import type { JsonObject, TenantRecord, TicketRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { subjectOf } from './bearings.ts';
import { enrollmentMessage } from './delivery/compose.ts';
import type { Messenger } from './delivery/delivery.ts';
import { enrollable, factorOf, isEnrolled } from './factors/catalogue.ts';
import type { Person } from './factors/factor.ts';
import type { Ports } from './ports.ts';
import type { Opening } from './runtime.ts';
import type { WorkInput } from './transaction/input.ts';
import type { LoginTransaction } from './transaction/transaction.ts';

const LINK_LIFETIME_MS = 5 * 24 * 60 * 60_000;

/** Enough that nobody guesses one; the wire has letters and digits, and as many. */
const KEY_LETTERS = 32;

/** What a link can be for. */
export const TICKET_FACTORS = [
  'push-notification',
  'phone',
  'email',
  'otp',
  'webauthn-roaming',
  'webauthn-platform',
] as const satisfies FactorType[];
type TicketFactor = (typeof TICKET_FACTORS)[number];

export type EnrollmentPromise = {
  user: UserRecord;
  /** The one kind that the person may have; any without it. */
  factor?: TicketFactor;
  /** One more for somebody who has one already. */
  further: boolean;
  /** The person is shown pages in it, and written to. */
  locale?: string;
  /** The link is mailed there. */
  mailTo?: string;
};

/** @returns the link and its key; undefined when the user went meanwhile. */
export async function makeEnrollmentTicket(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  { messenger }: { messenger: Pick<Messenger, 'deliver'> },
  tenant: TenantRecord,
  { user, mailTo, ...promise }: EnrollmentPromise,
): Promise<{ key: string; link: string } | undefined> {
  const { store, now, random } = ports;
  const key = random.letters(KEY_LETTERS);
  const link = `${tenant.baseUrl}/mfa/enrollment?ticket=${key}`;
  const at = now();
  const expiresAt = at + LINK_LIFETIME_MS;
  const { id: tenantId } = tenant;
  const content: JsonObject = { ...promise, ...(user.email === undefined ? {} : { email: user.email }) };
  const of = { tenantId, kind: 'enrollment' } as const;
  const ticket: TicketRecord = {
    ...of,
    id: random.uuid(),
    revision: 1,
    userId: user.id,
    content,
    createdAt: at,
    expiresAt,
  };
  const messageId = random.uuid();
  const place = { userId: user.id, userName: mailTo ?? '', connection: user.connection };
  const locale = promise.locale ?? tenant.enabledLocales[0] ?? 'en';
  const mail: Change[] =
    mailTo === undefined
      ? []
      : [
          {
            kind: 'message.insert',
            message: enrollmentMessage({ id: messageId, tenant, to: mailTo, link, locale, place, at, expiresAt }),
          },
        ];
  const written = await store.commit([
    { kind: 'ticket.insert', ticket },
    { kind: 'handle.insert', handle: { ...of, key, targetId: ticket.id, ask: 0, expiresAt } },
    ...mail,
  ]);
  if (!written.ok) return undefined;
  if (mailTo !== undefined) await messenger.deliver(tenantId, messageId);
  return { key, link };
}

export type EnrollmentLink = {
  ticketId: string;
  person: NonNullable<Opening['person']>;
  queue: NonNullable<Opening['queue']>;
  locale?: string;
};

/**
 * What a link stands for. `gone`: it is unknown, used, too old, or the person has another address since. `enrolled`: it is
 * good, but for a first factor, and the person has one.
 */
export async function readEnrollmentLink(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  tenant: TenantRecord,
  key: string,
): Promise<EnrollmentLink | 'gone' | 'enrolled'> {
  const { id: tenantId } = tenant;
  const ticket = await store.tickets.findByKey(tenantId, 'enrollment', key);
  const user = ticket?.userId === undefined ? undefined : await store.users.find(tenantId, ticket.userId);
  const connection = user && (await store.connections.findByKey(tenantId, user.connection));
  if (!ticket || !user || !connection || !isGood(ticket, user, now())) return 'gone';
  const person: Person = { tenant, user, authenticators: await store.authenticators.ofUser(tenantId, user.id) };
  const { factor, locale, further } = ticket.content;
  if (further !== true && isEnrolled(person)) return 'enrolled';
  const wanted = TICKET_FACTORS.filter((type) => typeof factor !== 'string' || type === factor);
  // What is switched off was not asked for by name; only where nothing is left the person is told.
  const possible = wanted.filter((type) => {
    const known = factorOf(type);
    return known && enrollable(known, person, { selection: 'server' }, { further: further === true });
  });
  const factors = possible.length > 0 ? possible : wanted;
  return {
    ticketId: ticket.id,
    person: { subject: subjectOf(user, connection), methods: [] },
    queue: [
      {
        kind: 'enroll',
        prefer: 'any',
        factors: factors.map((type) => ({ type })),
        ordinal: 1,
        // For a first factor it vouches for nothing: should the person get one meanwhile, that one decides.
        ...(further === true ? { further, vouched: true } : {}),
      },
    ],
    ...(typeof locale === 'string' ? { locale } : {}),
  };
}

const USED = 'The link was used already, or it is too old.';

/**
 * A new authenticator that a link is for, with the write that uses the link up: of two windows that followed it one
 * enrolls, and the other is told. Anything else stays as it is.
 */
export async function withTicketSpent(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { purpose, request: { reply }, state }: LoginTransaction,
  fact: WorkInput,
  user: UserRecord | undefined,
): Promise<WorkInput> {
  const ticketId = purpose === 'enrollment' && reply.by === 'page' ? reply.ticketId : undefined;
  const proves = fact.kind === 'verified' && state.name === 'verifying' && state.from.name === 'enrolling';
  if (ticketId === undefined || !proves || !user) return fact;
  const at = now();
  const { tenantId } = user;
  const ticket = await store.tickets.find(tenantId, ticketId);
  if (!ticket || ticket.userId !== user.id || !isGood(ticket, user, at)) {
    const logs = [{ type: 'gd_start_enroll_failed' as const, description: USED }];
    return { kind: 'barred', code: 'invalid_grant', reason: USED, logs };
  }
  return { ...fact, changes: [{ kind: 'ticket.take', tenantId, id: ticketId, now: at }, ...fact.changes] };
}

/** Whoever reads a mailbox that was the person's once must not get a say in how they sign in. */
function isGood(
  { kind, content, expiresAt }: TicketRecord,
  { email, linkedTo, blocked }: UserRecord,
  now: number,
): boolean {
  const isTheirs = (typeof content.email === 'string' ? content.email : undefined) === email;
  return kind === 'enrollment' && now < expiresAt && linkedTo === undefined && !blocked && isTheirs;
}
