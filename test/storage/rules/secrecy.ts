// Tests of storage: what a thief of the disk finds, and what a value is worth in another place than its own.
import { describe, expect, test } from 'vitest';
import { SealError } from '#storage/keyring.ts';
import type { Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { aKey, aPhone, aProvider, aPushRequest, PLAIN_FACTOR_SECRETS } from '../factor-samples.ts';
import { aTicket, PLAIN_PROTOCOL_SECRETS } from '../protocol-samples.ts';
import { aLoginStep, aModule, aModuleVersion, anExecution, PLAIN_RUN_SECRETS, someModules } from '../run-samples.ts';
import {
  AT,
  aClient,
  aConnection,
  aHandle,
  aMessage,
  anAction,
  anActionVersion,
  anAuthenticator,
  aSigningKey,
  aTransaction,
  aUser,
  fresh,
  PLAIN_SECRETS,
} from '../samples.ts';

/** One of everything that is sealed, and the way each is read. */
async function fill(store: Store, tenantId: string) {
  const user = aUser(tenantId);
  const client = aClient(tenantId);
  const connection = aConnection(tenantId);
  const action = anAction(tenantId);
  const version = anActionVersion(tenantId, someModules());
  const module = aModule(tenantId);
  const moduleVersion = aModuleVersion(tenantId);
  const authenticator = anAuthenticator(tenantId, user.id);
  const key = aSigningKey(tenantId);
  const transaction = aTransaction(tenantId);
  const message = aMessage(tenantId);
  const handle = aHandle(tenantId);
  const execution = anExecution(tenantId);
  const step = aLoginStep(tenantId);
  const ticket = aTicket(tenantId);
  const [securityKey, phone] = [aKey(tenantId, user.id), aPhone(tenantId, user.id)];
  const request = aPushRequest(phone);
  const provider = aProvider(tenantId);
  await store.users.insert(user);
  await store.clients.insert(client);
  await store.connections.insert(connection);
  await store.actions.insert(action);
  await store.actionVersions.insert(version);
  await store.modules.insert(module);
  await store.moduleVersions.insert(moduleVersion);
  for (const each of [authenticator, securityKey, phone]) await store.authenticators.insert(each);
  await store.providers.insert(provider);
  await store.signingKeys.insert(key);
  await store.commit([
    { kind: 'transaction.insert', transaction },
    { kind: 'message.insert', message },
    { kind: 'handle.insert', handle },
    { kind: 'execution.insert', execution },
    { kind: 'login-step.insert', step },
    { kind: 'ticket.insert', ticket },
    { kind: 'push-request.insert', request },
  ]);
  const configured = { client, connection, action, version, module, moduleVersion, key };
  const factors = { authenticator, securityKey, phone, request, provider };
  return { ...configured, ...factors, user, transaction, message, handle, execution, ticket };
}

type Filled = Awaited<ReturnType<typeof fill>>;
type Sealed = [
  table: string,
  column: string,
  id: (all: Filled) => string,
  read: (store: Store, t: string, id: string) => Promise<unknown>,
];

const SEALED: Sealed[] = [
  ['clients', 'sealed', (all) => all.client.id, (store, t, id) => store.clients.find(t, id)],
  ['connections', 'sealed', (all) => all.connection.id, (store, t, id) => store.connections.find(t, id)],
  ['actions', 'sealed', (all) => all.action.id, (store, t, id) => store.actions.find(t, id)],
  ['action_versions', 'sealed', (all) => all.version.id, (store, t, id) => store.actionVersions.find(t, id)],
  ['modules', 'sealed', (all) => all.module.id, (store, t, id) => store.modules.find(t, id)],
  ['module_versions', 'sealed', (all) => all.moduleVersion.id, (store, t, id) => store.moduleVersions.find(t, id)],
  ['authenticators', 'secret', (all) => all.authenticator.id, (store, t, id) => store.authenticators.find(t, id)],
  ['authenticators', 'detail', (all) => all.securityKey.id, (store, t, id) => store.authenticators.find(t, id)],
  ['push_requests', 'content', (all) => all.request.id, (store, t, id) => store.pushRequests.find(t, id)],
  ['providers', 'sealed', (all) => all.provider.id, (store, t, id) => store.providers.find(t, id)],
  ['signing_keys', 'private_jwk', (all) => all.key.id, (store, t) => store.signingKeys.list(t)],
  ['transactions', 'snapshot', (all) => all.transaction.id, (store, t, id) => store.transactions.find(t, id)],
  ['messages', 'text', (all) => all.message.id, (store, t) => store.messages.inbox(t, undefined, 10)],
  ['executions', 'doc', (all) => all.execution.id, (store, t, id) => store.executions.find(t, id)],
  ['tickets', 'content', (all) => all.ticket.id, (store, t, id) => store.tickets.find(t, id)],
  ['messages', 'code', (all) => all.message.id, (store, t) => store.messages.inbox(t, undefined, 10)],
];

export function describeSecrecy(stores: Stores): void {
  describe('secrets at rest', () => {
    test('are nowhere to be read', async () => {
      const { store, subject } = stores;
      const { handle, client, message } = await fill(store, fresh('ten'));
      const stored = await subject.everything();
      for (const plain of [
        ...PLAIN_SECRETS,
        ...PLAIN_RUN_SECRETS,
        ...PLAIN_PROTOCOL_SECRETS,
        ...PLAIN_FACTOR_SECRETS,
        handle.key,
      ]) {
        for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
          // Without the last letters, which depend on what follows in these encodings.
          const form = Buffer.from(plain)
            .toString(encoding)
            .replace(/=+$/, '')
            .slice(0, encoding === 'utf8' ? undefined : -2);
          expect([plain, encoding, stored.includes(form)]).toEqual([plain, encoding, false]);
        }
      }
      // The search would find what is not secret.
      expect(stored).toContain(client.id);
      expect(stored).toContain(message.to);
    });

    test.each(SEALED)('%s.%s does not open in another row', async (table, column, idOf, read) => {
      const { store, subject } = stores;
      const [from, to] = [fresh('ten'), fresh('ten')];
      const [theirs, mine] = [idOf(await fill(store, from)), idOf(await fill(store, to))];
      await read(store, to, mine);
      await subject.raw(
        `update ${table} set ${column} = (select ${column} from ${table} where id = '${theirs}') where id = '${mine}'`,
      );
      await expect(read(store, to, mine)).rejects.toThrow(SealError);
    });

    test.each(SEALED)('%s.%s does not open in another tenant', async (table, column, idOf, read) => {
      const { store, subject } = stores;
      const [from, to] = [fresh('ten'), fresh('ten')];
      const id = idOf(await fill(store, from));
      // Whose row it is, is part of its place: the row itself moved under another tenant is as foreign as a copy.
      if (table === 'authenticators' || table === 'push_requests') {
        await subject.raw(
          `insert into users (tenant_id, id, connection, identities, user_metadata, app_metadata, email_verified, phone_verified, blocked, logins_count, created_at, updated_at) select '${to}', id, connection, '[]', '{}', '{}', 0, 0, 0, 0, 0, 0 from users where tenant_id = '${from}'`,
        );
      }
      if (table === 'push_requests') {
        await subject.raw(
          `insert into authenticators (tenant_id, id, user_id, type, confirmed, created_at) select '${to}', id, user_id, type, 1, 0 from authenticators where tenant_id = '${from}' and type = 'push'`,
        );
      }
      await subject.raw(`update ${table} set tenant_id = '${to}' where id = '${id}'`);
      await expect(read(store, to, id)).rejects.toThrow(SealError);
      expect(await subject.raw(`select ${column} from ${table} where tenant_id = '${to}'`)).toHaveLength(1);
      // The outbox of all tenants is one list: a row that cannot be opened must not stay in it.
      await subject.raw(`delete from ${table} where id = '${id}'`);
    });

    test('text and code of one message do not change places', async () => {
      const { store, subject } = stores;
      const tenantId = fresh('ten');
      const { message } = await fill(store, tenantId);
      await subject.raw(`update messages set text = code where id = '${message.id}'`);
      await expect(store.messages.inbox(tenantId, undefined, 1)).rejects.toThrow(SealError);
      await subject.raw(`delete from messages where id = '${message.id}'`);
    });

    test('a handle is found in its tenant alone', async () => {
      const { store } = stores;
      const { handle } = await fill(store, fresh('ten'));
      const stranger = fresh('ten');
      expect(await store.handles.find(stranger, handle.kind, handle.key)).toBeUndefined();
      await store.handles.remove(stranger, handle.kind, handle.key);
      const take = {
        kind: 'handle.take',
        tenantId: stranger,
        handleKind: handle.kind,
        key: handle.key,
        now: AT,
      } as const;
      expect(await store.commit([take])).toEqual({ ok: false, failed: take });
      expect(await store.handles.find(handle.tenantId, handle.kind, handle.key)).toEqual(handle);
    });

    test('a transaction is found, claimed and replaced in its tenant alone', async () => {
      const { store } = stores;
      const { transaction } = await fill(store, fresh('ten'));
      const tenantId = fresh('ten');
      expect(await store.transactions.find(tenantId, transaction.id)).toBeUndefined();
      const claim = {
        kind: 'transaction.claim',
        tenantId,
        id: transaction.id,
        revision: 1,
        owner: 'a',
        leaseSeconds: 1,
      } as const;
      const replace = { kind: 'transaction.replace', revision: 1, transaction: { ...transaction, tenantId } } as const;
      expect(await store.commit([claim])).toEqual({ ok: false, failed: claim });
      expect(await store.commit([replace])).toEqual({ ok: false, failed: replace });
      expect(await store.transactions.find(transaction.tenantId, transaction.id)).toEqual({ transaction });
    });

    test('a user is logged in, merged and rehashed in their tenant alone', async () => {
      const { store } = stores;
      const user = aUser(fresh('ten'), { passwordHash: 'old' });
      await store.users.insert(user);
      const tenantId = fresh('ten');
      const login = { kind: 'user.logged-in', tenantId, id: user.id, at: AT, ip: '::1' } as const;
      const merge = { kind: 'user.merge-metadata', tenantId, id: user.id, app: { a: 1 }, user: {}, at: AT } as const;
      expect(await store.commit([login])).toEqual({ ok: false, failed: login });
      expect(await store.commit([merge])).toEqual({ ok: false, failed: merge });
      expect(await store.commit([{ kind: 'user.rehash', tenantId, id: user.id, from: 'old', to: 'new' }])).toEqual({
        ok: true,
      });
      expect(await store.users.find(user.tenantId, user.id)).toEqual(user);
    });
  });
}
