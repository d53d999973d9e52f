// Passwordless: what is written when somebody asks for a code: the code's row, in place of the one before, and the message.
import type {
  ClientRecord,
  ConnectionRecord,
  JsonObject,
  MessageAbout,
  MessagePlace,
  PasswordlessCodeRecord,
  TenantRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { passwordlessMessage } from '../delivery/compose.ts';
import type { Caller, Ports } from '../ports.ts';
import type { PasswordlessStrategy } from '../transaction/transaction.ts';
import { linkOf, newPasswordlessCode } from './code.ts';

export type Wanted = {
  tenant: TenantRecord;
  client: ClientRecord;
  connection: ConnectionRecord & { strategy: PasswordlessStrategy };
  /** In its canonical form. */
  address: string;
  send: 'code' | 'link';
  authParams: JsonObject;
  locale: string;
  caller: Caller;
  organizationId?: string;
  /** The login that waits for it. */
  transactionId?: string;
};

export type Composed = {
  /** The row of the code alone: what is written where nobody is sent anything. */
  unsent: Change[];
  changes: Change[];
  messageId: string;
  /** Takes the code back. */
  undo: Change;
  /** The id of the account, without its provider. */
  account: string;
};

/** @param user who has the address, if anybody has. */
export async function compose(
  ports: Pick<Ports, 'store' | 'random' | 'mac' | 'now'>,
  wanted: Wanted,
  user: UserRecord | undefined,
): Promise<Composed> {
  const { store, random, now } = ports;
  const { tenant, client, connection, address, send, authParams, locale, caller, transactionId } = wanted;
  const { tenantId, id: connectionId, strategy } = connection;
  const former = await store.passwordlessCodes.find(tenantId, connectionId, address);
  const account = user ? ownId(user) : ((await promised(store, connection, former)) ?? random.hex(24));
  const { code, record } = newPasswordlessCode(ports, connection, { address, account, send });
  const { id, expiresAt } = record;
  const link = send === 'link' ? linkOf(tenant.baseUrl, client, connection, { address, code, authParams }) : undefined;
  const message = passwordlessMessage({
    id: random.uuid(),
    tenant,
    channel: strategy,
    to: address,
    code,
    locale,
    at: now(),
    expiresAt,
    about: {
      place: placeOf(wanted, user),
      origin: originOf(caller),
      ...(caller.language === undefined ? {} : { language: caller.language }),
    },
    ...(link === undefined ? {} : { link }),
    ...(transactionId === undefined ? {} : { transactionId }),
  });
  const unsent: Change[] = [{ kind: 'passwordless-code.put', code: record }];
  return {
    unsent,
    changes: [...unsent, { kind: 'message.insert', message }],
    messageId: message.id,
    undo: { kind: 'passwordless-code.void', tenantId, connectionId, address, id },
    account,
  };
}

/** Whoever asks twice before there is an account hears of one id, unless it is that of somebody whose address this was. */
async function promised(
  { users }: Pick<Ports['store'], 'users'>,
  { tenantId, strategy }: Wanted['connection'],
  former: PasswordlessCodeRecord | undefined,
): Promise<string | undefined> {
  return former && !(await users.find(tenantId, `${strategy}|${former.account}`)) ? former.account : undefined;
}

/** Whom a message counts for: the address, and the account that it opens where there is one. */
export function whose(address: string, user: UserRecord | undefined): { address: string; userId?: string } {
  return user ? { address, userId: user.linkedTo ?? user.id } : { address };
}

/** The id that the account has in its own connection, whoever it is linked to. */
function ownId({ id }: UserRecord): string {
  return id.slice(id.indexOf('|') + 1);
}

function originOf({ method, ja3, ja4 }: Caller): NonNullable<MessageAbout['origin']> {
  return { method, ...(ja3 === undefined ? {} : { ja3 }), ...(ja4 === undefined ? {} : { ja4 }) };
}

/** Where log lines about it happen. */
export function placeOf(
  { tenant, client, connection, address, caller, organizationId }: Omit<Wanted, 'send' | 'authParams' | 'locale'>,
  user: UserRecord | undefined,
): MessagePlace {
  return {
    clientId: client.id,
    clientName: client.name,
    connection: connection.name,
    connectionId: connection.id,
    strategy: connection.strategy,
    strategyType: 'passwordless',
    userName: address,
    ip: caller.ip,
    hostname: new URL(tenant.baseUrl).host,
    ...(user ? { userId: user.linkedTo ?? user.id } : {}),
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    ...(organizationId === undefined ? {} : { organizationId }),
  };
}
