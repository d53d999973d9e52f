// Delivery: what Twilio tells of a message after it took it. A report is believed for its signature alone: it is made with
// the auth token of the account that the message went out with.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MessageOutcome, MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';
import { decode } from '../transaction/snapshot.ts';
import type { DeliveryFault } from './delivery.ts';
import { deliveryLog } from './delivery-log.ts';
import { bodyOf, callTwilio, type TwilioAccount } from './twilio.ts';
import { twilioAccountOf } from './twilio-accounts.ts';
import { otherTwilioFault, twilioFault } from './twilio-errors.ts';
import { writeEnd } from './write-end.ts';

export type TwilioReport = {
  source: string;
  messageId: string;
  /** The address that was called, as we gave it out. */
  url: string;
  /** `X-Twilio-Signature`. */
  signature: string;
  /** As they were sent; a name that comes twice has the values behind one another. */
  parameters: ReadonlyMap<string, string>;
};

/** `unknown`: no such account or message here. `forged`: not signed by Twilio. `malformed`: it says nothing. */
export type ReportTaken = 'taken' | 'unknown' | 'forged' | 'malformed';

/** The longest that a report which comes late may find its message. */
const REMEMBERED_MS = 30 * 24 * 60 * 60_000;
/** Twilio waits 15 seconds for our answer. */
const COST_TIMEOUT_MS = 5_000;

/** Where a message stands: reports overtake each other, and one that is final stays. Anything unheard of is on the way. */
const FINAL = ['delivered', 'read', 'completed'];
const LOST = new Map(
  Object.entries({
    failed: 'It was not delivered.',
    undelivered: 'It was not delivered.',
    busy: 'The line was busy.',
    'no-answer': 'Nobody answered the call.',
    canceled: 'It was canceled.',
  }),
);
const isFinal = (status: string | undefined): boolean =>
  status !== undefined && (FINAL.includes(status) || LOST.has(status));

type ReportPorts = Pick<Ports, 'store' | 'egress' | 'twilio' | 'now' | 'random'>;

export async function takeTwilioReport(
  ports: ReportPorts,
  tenant: TenantRecord,
  report: TwilioReport,
): Promise<ReportTaken> {
  const { store } = ports;
  // Anything may stand in an address, and no database is asked for what cannot be a name.
  if (![report.source, report.messageId].every((name) => /^[\w-]{1,64}$/.test(name))) return 'unknown';
  const account = await twilioAccountOf(store, tenant.id, report.source);
  if (!account?.authToken) return 'unknown';
  if (!isSigned(report, account.authToken)) return 'forged';
  const { parameters } = report;
  const message = await store.messages.find(tenant.id, report.messageId);
  const reference = parameters.get('MessageSid') ?? parameters.get('CallSid');
  if (!message || (message.outcome?.reference ?? reference) !== reference) return 'unknown';
  const status = parameters.get('MessageStatus') ?? parameters.get('CallStatus') ?? '';
  if (!/^[a-z-]{1,32}$/.test(status)) return 'malformed';
  if (isFinal(message.outcome?.status)) return 'taken';
  const fault = faultOf(status, parameters.get('ErrorCode'));
  const cost =
    isFinal(status) && reference !== undefined ? await costOf(ports, account, message, reference) : undefined;
  const news = {
    status,
    ...(cost === undefined ? {} : { cost }),
    ...(fault ? { code: fault.code, detail: fault.detail } : {}),
  };
  const told = await withAbout(ports, message, report.source);
  if (message.state === 'unconfirmed') {
    // Nobody saw Twilio take it; that it speaks of it says that it did.
    const state = fault ? 'failed' : 'delivered';
    const outcome: MessageOutcome = { provider: 'twilio', ...news, ...(reference === undefined ? {} : { reference }) };
    await writeEnd(ports, tenant, told, fault ? { state: 'failed', fault } : { state: 'delivered' }, {
      state,
      outcome,
    });
    return 'taken';
  }
  await store.messages.tell(tenant.id, message.id, news);
  if (fault) await logOnce(ports, tenant, told, fault);
  return 'taken';
}

/** Where it happened is erased once it is handed over; its login still says what a log has to know. */
async function withAbout({ store }: ReportPorts, message: MessageRecord, source: string): Promise<MessageRecord> {
  const { about, tenantId, transactionId } = message;
  if (about) return message;
  const row = transactionId === undefined ? undefined : await store.transactions.find(tenantId, transactionId);
  const login = row && decode(row.transaction.snapshot);
  const place = login && {
    clientId: login.request.clientId,
    ...(login.subject.kind === 'user' ? { userId: login.subject.userId } : {}),
  };
  const kind = message.outcome?.kind ?? (source.startsWith('con_') ? 'passwordless-code' : 'second-factor');
  return { ...message, about: { kind, locale: '', ...(place ? { place } : {}) } };
}

/** Source: the vendor's page on the security of webhooks. Its libraries take the address with and without a usual port. */
function isSigned({ url, signature, parameters }: TwilioReport, authToken: string): boolean {
  const signed = [...parameters]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}${value}`)
    .join('');
  const given = Buffer.from(signature);
  return addressesOf(url)
    .map((address) => Buffer.from(createHmac('sha1', authToken).update(`${address}${signed}`).digest('base64')))
    .some((expected) => given.length === expected.length && timingSafeEqual(given, expected));
}

function addressesOf(url: string): string[] {
  const { protocol, host, hostname, port, pathname } = new URL(url);
  const usual = protocol === 'https:' ? '443' : '80';
  return [`${protocol}//${host}${pathname}`, `${protocol}//${hostname}${port === '' ? `:${usual}` : ''}${pathname}`];
}

function faultOf(status: string, errorCode: string | undefined): DeliveryFault | undefined {
  const text = LOST.get(status);
  if (text === undefined) return undefined;
  const known = errorCode === undefined ? undefined : twilioFault(Number(errorCode));
  if (known) return known;
  if (errorCode !== undefined && /^\d{1,6}$/.test(errorCode)) return otherTwilioFault(errorCode);
  return { code: 'refused', detail: `Twilio took it, but: ${text}`, answered: status };
}

/** A price is known only once it is over, and often later still: then the operator sees none. */
async function costOf(
  ports: ReportPorts,
  account: TwilioAccount,
  { channel }: MessageRecord,
  reference: string,
): Promise<string | undefined> {
  if (!/^\w{1,64}$/.test(reference) || !/^\w{1,64}$/.test(account.sid ?? '')) return undefined;
  const path = `${channel === 'voice' ? 'Calls' : 'Messages'}/${reference}.json`;
  const asked = await callTwilio(ports, account, { path, timeoutMs: COST_TIMEOUT_MS });
  return asked.ok && asked.answer.status === 200 ? bodyOf(asked.answer).cost : undefined;
}

/** Twilio reports a failure again where it did not see our answer. */
async function logOnce(
  { store, now, random }: ReportPorts,
  tenant: TenantRecord,
  message: MessageRecord,
  fault: DeliveryFault,
): Promise<void> {
  const at = now();
  if (!(await store.once(tenant.id, `twilio-report ${message.id}`, at + REMEMBERED_MS, at))) return;
  const drafts = deliveryLog(message, { state: 'failed', fault }, message.outcome ?? { provider: 'twilio' });
  const place = {
    hostname: new URL(tenant.baseUrl).host,
    ...message.about?.place,
    tenantId: tenant.id,
    now: at,
    random,
  };
  await store.commit(drafts.map((draft) => ({ kind: 'log.insert', log: tenantLog(draft, place) })));
}
