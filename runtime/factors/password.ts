// The first factor: an identifier and a password of a database connection. An unknown person, a person without a password
// and a wrong password give the same answer after the same work; only the tenant's log tells them apart.
import type { ClientRecord, ConnectionRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Caller, Ports } from '../ports.ts';
import type { WorkInput } from '../transaction/input.ts';

type Needed = Pick<Ports, 'store' | 'passwords' | 'now'>;

export async function verifyPassword(
  { store, passwords, now }: Needed,
  credential: { identifier: string; password: string },
  where: { tenant: TenantRecord; client: ClientRecord },
  caller: Caller,
): Promise<WorkInput> {
  const { tenant, client } = where;
  const userName = credential.identifier;
  const connection = await connectionFor(store, tenant, client);
  const user = connection && (await store.users.findByIdentifier(tenant.id, connection.name, credential.identifier));
  const { ok, rehash } = await passwords.verify(credential.password, user?.passwordHash);
  if (!ok || !user || !connection) {
    const details = { error: { message: 'Wrong email or password.' } };
    const [type, whose] = user ? (['fp', { userId: user.id }] as const) : (['fu', {}] as const);
    return {
      kind: 'rejected',
      notice: { key: 'wrong-credentials' },
      logs: [{ type, description: 'Wrong email or password.', userName, ...whose, details }],
    };
  }
  // A secondary identity opens the account it was linked to.
  const account = user.linkedTo === undefined ? user : await store.users.find(tenant.id, user.linkedTo);
  if (!account) throw new Error('a linked account leads nowhere');
  if (user.blocked || account.blocked) {
    const reason = 'user is blocked';
    return {
      kind: 'barred',
      code: 'unauthorized',
      reason,
      logs: [{ type: 'f', description: reason, userName, userId: account.id }],
    };
  }
  const from = user.passwordHash;
  const proved = from === undefined || account !== user ? {} : { passwordHash: from };
  const changes: Change[] = [
    { kind: 'user.logged-in', tenantId: tenant.id, id: account.id, at: now(), ip: caller.ip, ...proved },
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
    logs: [],
  };
}

/** The database connection a client signs people in with: the tenant's default directory if the client may use it. */
export async function connectionFor(
  store: Ports['store'],
  tenant: TenantRecord,
  client: ClientRecord,
): Promise<ConnectionRecord | undefined> {
  const { records } = await store.connections.list(tenant.id);
  const open = records.filter((each) => each.strategy === 'auth0' && each.enabledClients.includes(client.id));
  return open.find((each) => each.name === tenant.defaultDirectory) ?? open[0];
}
