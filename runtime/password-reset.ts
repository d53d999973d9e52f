// Somebody says that they forgot a password. Whether there is such a person is found out after the answer, so that
// neither its text nor its time tells: the answer is the same, and nobody waits for the mail.
import { setTimeout } from 'node:timers/promises';
import type { ClientRecord, ConnectionRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import { resetMessage } from './delivery/compose.ts';
import type { Messenger } from './delivery/delivery.ts';
import { linkTermsOf } from './delivery/mail-terms.ts';
import type { Caller, Ports } from './ports.ts';
import { onceInAWhile } from './protection/throttle.ts';
import { RESET_MAILS, RESET_REQUESTS, RESET_REQUESTS_OF_ADDRESS } from './rate-limit.ts';
import { type ResetMarks, resetTicket } from './reset-ticket.ts';
import { networkOf } from './risk/address.ts';
import { type LogPlace, messagePlace, tenantLog } from './tenant-log.ts';
import type { LogDraft } from './transaction/input.ts';

export type ResetRequest = {
  tenant: TenantRecord;
  connection: ConnectionRecord;
  /** The application that asks, or where the person came from; absent where the person came by themselves. */
  client?: ClientRecord;
  organizationId?: string;
  /** E-mail address or username, as it was typed. */
  identifier: string;
  locale: string;
  marks?: ResetMarks;
  caller: Caller;
};

export type ResetRequested = { ok: true } | { ok: false; retryAfterSeconds: number };

type Needed = Pick<Ports, 'store' | 'now' | 'random' | 'geography'>;

/** Counts the request of this address, and has the mail sent where there is somebody to send it to. */
export async function requestPasswordReset(
  ports: Needed,
  { afterwards, messenger }: { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  request: ResetRequest,
): Promise<ResetRequested> {
  const { store, now } = ports;
  const { tenant, identifier, caller } = request;
  const network = networkOf(caller.ip);
  const buckets = [
    {
      key: `reset ${identifier.normalize('NFC').toLowerCase()} ${network}`,
      bucket: RESET_REQUESTS,
      description: 'Too many password change requests for one name from one address',
    },
    // Each leaves a line in the tenant's log, whether or not there is such a person.
    {
      key: `reset ${network}`,
      bucket: RESET_REQUESTS_OF_ADDRESS,
      description: 'Too many password change requests from one address',
    },
  ];
  for (const { key, bucket, description } of buckets) {
    const attempt = await store.takeAttempt(tenant.id, key, bucket, now());
    if (attempt.taken) continue;
    const logs = await onceInAWhile(ports, tenant.id, key, { type: 'fcpr', description, userName: identifier });
    await store.commit(lines(ports, request, logs));
    return { ok: false, retryAfterSeconds: attempt.retryAfterSeconds };
  }
  afterwards.start(tenant.id, async () => {
    await setTimeout(ANSWERED_AFTER_MS);
    await sendResetLink(ports, messenger, request);
  });
  return { ok: true };
}

/** By then the answer has left: a database in this very process would hold it up while it writes. */
const ANSWERED_AFTER_MS = 20;

async function sendResetLink(
  ports: Needed,
  messenger: Pick<Messenger, 'deliver'>,
  request: ResetRequest,
): Promise<void> {
  const { store, now, random } = ports;
  const { tenant, connection, client, organizationId, identifier, locale, marks } = request;
  const user = await store.users.findByIdentifier(tenant.id, connection.name, identifier);
  const to = user?.email;
  const refusal = refusalOf(user) ?? (await floods(ports, tenant.id, to));
  if (!user || to === undefined || refusal !== undefined) {
    const whose = user ? { userId: user.id } : {};
    const description = refusal ?? NOBODY;
    await store.commit(lines(ports, request, [{ type: 'fcpr', description, userName: identifier, ...whose }]));
    return;
  }
  // Who was invited and has not come yet is no member: the link would lead them to a closed door.
  const isMember =
    organizationId !== undefined && (await store.assignments.isMember(tenant.id, organizationId, user.id));
  const place = {
    ...messagePlace(logPlace(ports, request)),
    userId: user.id,
    userName: to,
    ...(isMember ? { organizationId } : {}),
  };
  const { resultUrl, lifetimeMs } = await linkTermsOf(ports, tenant, to, { kind: 'reset-password', locale, place });
  const { changes, link, expiresAt } = resetTicket(ports, tenant, {
    user,
    connection,
    locale,
    verifiesEmail: true,
    ...(resultUrl === undefined ? {} : { resultUrl }),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
    ...(client ? { clientId: client.id } : {}),
    ...(isMember ? { organizationId } : {}),
    ...(marks === undefined ? {} : { marks }),
  });
  const message = resetMessage({ id: random.uuid(), tenant, to, link, locale, place, at: now(), expiresAt });
  const log: LogDraft = { type: 'scpr', description: 'Password change requested', userName: to, userId: user.id };
  const written = await store.commit([
    ...changes,
    { kind: 'message.insert', message },
    ...lines(ports, request, [log]),
  ]);
  if (!written.ok) return;
  const delivery = await messenger.deliver(tenant.id, message.id);
  if (delivery.state === 'delivered' || delivery.state === 'waiting') return;
  const failure: LogDraft = { ...log, type: 'fcpr', description: delivery.fault.detail };
  await store.commit(lines(ports, request, [failure]));
}

const NOBODY = 'The user does not exist.';

/** For the tenant's log alone. */
function refusalOf(user: UserRecord | undefined): string | undefined {
  if (!user) return NOBODY;
  if (user.email === undefined) return 'The user has no e-mail address.';
  if (user.blocked) return 'user is blocked';
  // Its password would open the account that it belongs to, past what that one's scripts ask for.
  return user.linkedTo === undefined ? undefined : 'The account is linked to another one.';
}

/** Many addresses together must not fill one mailbox. */
async function floods({ store, now }: Needed, tenantId: string, to: string | undefined): Promise<string | undefined> {
  const attempt = await store.takeAttempt(tenantId, `reset mail ${to?.toLowerCase()}`, RESET_MAILS, now());
  return attempt.taken ? undefined : 'Too many mails to one address';
}

const lines = (ports: Pick<Ports, 'now' | 'random'>, request: ResetRequest, drafts: LogDraft[]): Change[] =>
  drafts.map((draft) => ({ kind: 'log.insert', log: tenantLog(draft, logPlace(ports, request)) }));

function logPlace(
  { now, random }: Pick<Ports, 'now' | 'random'>,
  { tenant, client, connection, caller }: ResetRequest,
): LogPlace {
  return {
    tenantId: tenant.id,
    now: now(),
    random,
    ip: caller.ip,
    hostname: new URL(tenant.baseUrl).host,
    connection: connection.name,
    connectionId: connection.id,
    strategy: connection.strategy,
    strategyType: 'database',
    ...(client ? { clientId: client.id, clientName: client.name } : {}),
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
  };
}
