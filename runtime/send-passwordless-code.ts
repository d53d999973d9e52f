// Passwordless: a code asked for on the login page. What the page says next, and when, is the same for an address that is
// somebody's and one that is nobody's.
import { admitMessage } from './delivery/admit-message.ts';
import { readMailbox } from './factors/mailbox.ts';
import { readPhoneNumber } from './factors/phone.ts';
import { MESSAGES_PER_LOGIN, tooMany } from './message-limit.ts';
import { compose, whose } from './passwordless/compose.ts';
import { CLOSED, canonical, isClosed, passwordlessConnection } from './passwordless/connection.ts';
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import type { WorkInput } from './transaction/input.ts';
import type { BusyState, LoginTransaction } from './transaction/transaction.ts';

export async function sendCode(
  ports: Ports,
  tx: LoginTransaction,
  { connection: name, address: typed }: Extract<BusyState, { name: 'sending' }>,
  { tenant, client }: World,
  caller: Caller,
): Promise<WorkInput> {
  const { store } = ports;
  const connection = client && (await passwordlessConnection(store, client, name));
  if (!client || !connection) return { kind: 'rejected', notice: { key: 'authenticator-error' }, logs: [] };
  const { strategy } = connection;
  const read = strategy === 'sms' ? readPhoneNumber(typed) : readMailbox(typed);
  if (read === undefined) {
    return { kind: 'rejected', notice: { key: strategy === 'sms' ? 'invalid-phone' : 'invalid-email' }, logs: [] };
  }
  if (tx.messages >= MESSAGES_PER_LOGIN) return { kind: 'rejected', notice: tooMany(strategy), logs: [] };
  const address = canonical(strategy, read);
  const user = await store.users.findByIdentifier(tenant.id, connection.name, address);
  const admitted = await admitMessage(ports, tenant, {
    channel: strategy,
    to: address,
    whose: whose(address, user),
    kind: 'passwordless-code',
  });
  if (!admitted.ok) return { kind: 'rejected', notice: admitted.notice, logs: admitted.logs };
  const closed = isClosed(connection);
  const { locale, organizationId } = tx.request;
  const composed = await compose(
    ports,
    {
      tenant,
      client,
      connection,
      address,
      send: 'code',
      authParams: {},
      locale,
      caller,
      ...(organizationId === undefined ? {} : { organizationId }),
      // Where only those are let in who are known, the time that a delivery takes would tell who is: nobody waits for it.
      ...(closed ? {} : { transactionId: tx.id }),
    },
    user,
  );
  const sent = { kind: 'sent', connection: connection.name, strategy, address } as const;
  if (!closed) return { ...sent, changes: composed.changes, messageId: composed.messageId, logs: [] };
  if (user) return { ...sent, changes: composed.changes, logs: [] };
  const log = { type: 'fs', description: CLOSED, userName: address, details: { connection: connection.name } } as const;
  return { ...sent, changes: composed.unsent, logs: [log] };
}
