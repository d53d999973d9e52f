// The first factor: an identifier and a password of a database connection. An unknown person, a person without a password
// and a wrong password give the same answer after the same work; only the tenant's log tells them apart.
import type { ClientRecord, ConnectionRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from '../afterwards.ts';
import type { Messenger } from '../delivery/delivery.ts';
import type { Caller, Ports } from '../ports.ts';
import { judgeLeak, tellOfLeak } from '../protection/breached-passwords.ts';
import { admitSignIn, noteFailure } from '../protection/sign-in.ts';
import type { WorkInput } from '../transaction/input.ts';
import { accountOf } from './account-of.ts';

type Needed = Pick<Ports, 'store' | 'passwords' | 'now' | 'random' | 'inbox' | 'breached' | 'geography'>;

export type PasswordDoor = {
  tenant: TenantRecord;
  client: ClientRecord;
  /** The connection that was asked for by name. */
  connectionName?: string;
  /** What is mailed about it is written in it. */
  locale: string;
};

export async function verifyPassword(
  ports: Needed,
  stage: { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  credential: { identifier: string; password: string },
  where: PasswordDoor,
  caller: Caller,
): Promise<WorkInput> {
  const { store, passwords, now } = ports;
  const { tenant, locale } = where;
  const { identifier: userName, password } = credential;
  const signIn = { tenant, identifier: userName, ip: caller.ip, locale };
  const admitted = await admitSignIn(ports, signIn);
  if (!admitted.ok) return { kind: 'rejected', notice: admitted.notice, logs: admitted.logs };
  const connection = await connectionFor(store, tenant, where.client, where.connectionName);
  const user = connection && (await store.users.findByIdentifier(tenant.id, connection.name, userName));
  const { ok, rehash } = await passwords.verify(password, user?.passwordHash);
  if (!ok || !user || !connection) {
    const details = { error: { message: 'Wrong email or password.' } };
    const [type, whose] = user ? (['fp', { userId: user.id }] as const) : (['fu', {}] as const);
    return {
      kind: 'rejected',
      notice: { key: 'wrong-credentials' },
      logs: [
        { type, description: 'Wrong email or password.', userName, ...whose, details },
        ...noteFailure(ports, stage, signIn, admitted, user),
      ],
    };
  }
  const opened = await accountOf(store, user, userName);
  if (!opened.ok) return opened.barred;
  const { account } = opened;
  const leak = await judgeLeak(ports.breached, tenant, 'login', password);
  const leaked = {
    type: 'pwd_leak',
    description: 'Login with a leaked password',
    userName,
    userId: account.id,
  } as const;
  if (leak !== 'unknown') tellOfLeak(ports, stage, { tenant, locale, ip: caller.ip }, account);
  if (leak === 'refused') return { kind: 'rejected', notice: { key: 'password-breached' }, logs: [leaked] };
  const from = user.passwordHash;
  const proved = from === undefined || account !== user ? {} : { passwordHash: from };
  const changes: Change[] = [
    { kind: 'user.logged-in', tenantId: tenant.id, id: account.id, at: now(), ip: caller.ip, ...proved },
    ...admitted.forgiven,
  ];
  if (rehash !== undefined && from !== undefined) {
    changes.push({ kind: 'user.rehash', tenantId: tenant.id, id: user.id, from, to: rehash });
  }
  const { id, name, strategy } = connection;
  return {
    kind: 'verified',
    method: { name: 'pwd', at: now(), in: 'transaction' },
    subject: { kind: 'user', userId: account.id, connectionId: id, connection: name, strategy },
    changes,
    logs: leak === 'noted' ? [leaked] : [],
  };
}

/**
 * The database connection a client signs people in with: the one asked for by name, or the tenant's default directory,
 * or any, if the client may use it.
 */
export async function connectionFor(
  store: Ports['store'],
  tenant: TenantRecord,
  client: ClientRecord,
  name?: string,
): Promise<ConnectionRecord | undefined> {
  const { records } = await store.connections.list(tenant.id);
  const open = records.filter((each) => each.strategy === 'auth0' && each.enabledClients.includes(client.id));
  if (name !== undefined) return open.find((each) => each.name === name);
  return open.find((each) => each.name === tenant.defaultDirectory) ?? open[0];
}
