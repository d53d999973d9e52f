// Tests of storage: a database of an earlier release is brought up to date when it is opened, and keeps what it holds.
import { randomBytes } from 'node:crypto';
import { Migrator } from 'kysely/migration';
import { afterEach, describe, expect, test } from 'vitest';
import { openKeyring } from '#storage/keyring.ts';
import { migrationsFor } from '#storage/migrations/all.ts';
import { openStore } from '#storage/open.ts';
import { openPostgres } from '#storage/postgres.ts';
import { openSqlite } from '#storage/sqlite.ts';
import { aKey, aPage, aPhone, aPushRequest } from '../factor-samples.ts';
import { aGroup, aLoginDevice } from '../person-samples.ts';
import { aRefreshToken, parties } from '../protocol-samples.ts';
import { anExecution } from '../run-samples.ts';
import { AT, anAuthenticator, aSession, aUser, fresh } from '../samples.ts';
import type { Subject } from '../subject.ts';

/** With what its rows say beside those of all, where they do. */
const RELEASED: [release: string, more: string[]][] = [
  ['0003-shared-modules', []],
  ['0004-links-devices-groups', []],
  [
    '0009-former-passwords-and-jobs',
    [`update signing_keys set place = 'current', current_since = ${AT} where id = 'newest'`],
  ],
];

/** An empty database with the schema of that release. */
async function makeOld(url: string, release: string): Promise<void> {
  const dialect = url.startsWith('sqlite:') ? 'sqlite' : 'postgres';
  const db = dialect === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
  const provider = { getMigrations: async () => migrationsFor(dialect) };
  const { error } = await new Migrator({ db: db.build, provider }).migrateTo(release);
  await db.close();
  if (error) throw error;
}

export function describeMigrations(openSubject: () => Promise<Subject>): void {
  describe('a database of an earlier release', () => {
    let subject: Subject | undefined;

    afterEach(async () => {
      await subject?.dispose();
      subject = undefined;
    });

    test.each(RELEASED)('of %s keeps its rows, sealed ones included, and takes new ones', async (release, more) => {
      subject = await openSubject();
      const keyring = openKeyring([randomBytes(32).toString('base64url')]);
      const tenantId = fresh('ten');
      const user = aUser(tenantId, { userMetadata: { a: 1 } });
      const authenticator = anAuthenticator(tenantId, user.id);
      const session = aSession(tenantId, user.id);
      const { userId: _, ...execution } = anExecution(tenantId, { results: [] });
      const seal = (table: string, row: string, column: string, text: string) =>
        keyring.seal({ tenantId, table, row, column }, text);

      await makeOld(subject.url, release);
      const { methods, clients, device } = session;
      const secret = seal('authenticators', authenticator.id, 'secret', authenticator.secret!);
      const { tenantId: __, id: ___, transactionId, expiresAt, ...sealed } = execution;
      const doc = seal('executions', execution.id, 'doc', JSON.stringify(sealed));
      for (const statement of [
        `insert into users (tenant_id, id, connection, identities, user_metadata, app_metadata, email_verified, phone_verified, blocked, logins_count, created_at, updated_at)
          values ('${tenantId}', '${user.id}', '${user.connection}', '[]', '{"a":1}', '{}', 0, 0, 0, 0, ${AT}, ${AT})`,
        `insert into authenticators (tenant_id, id, user_id, type, confirmed, secret, created_at)
          values ('${tenantId}', '${authenticator.id}', '${user.id}', 'totp', 1, '${secret}', ${AT})`,
        `insert into sessions (tenant_id, id, user_id, doc, created_at, updated_at, authenticated_at, expires_at, idle_expires_at)
          values ('${tenantId}', '${session.id}', '${user.id}', '${JSON.stringify({ methods, clients, device })}', ${AT}, ${AT}, ${AT}, ${session.expiresAt}, ${session.idleExpiresAt})`,
        `insert into executions (tenant_id, id, transaction_id, doc, expires_at)
          values ('${tenantId}', '${execution.id}', '${transactionId}', '${doc}', ${expiresAt})`,
        ...['former', 'newest'].map((id) => {
          const jwk = seal('signing_keys', id, 'private_jwk', '{}');
          return `insert into signing_keys (tenant_id, id, algorithm, private_jwk, public_jwk, created_at)
            values ('${tenantId}', '${id}', 'RS256', '${jwk}', '{}', ${AT})`;
        }),
        ...more,
      ]) {
        await subject.raw(statement);
      }

      // Opened twice: the second time there is nothing left to do.
      await (await openStore(subject.url, keyring, { now: () => AT })).close();
      const store = await openStore(subject.url, keyring, { now: () => AT });
      const page = { offset: 0, limit: 10 };
      expect(await store.users.list(tenantId, { page })).toEqual({ records: [user], total: 1 });
      expect(await store.authenticators.find(tenantId, authenticator.id)).toEqual(authenticator);
      expect(await store.sessions.ofUser(tenantId, user.id, page)).toEqual({ records: [session], total: 1 });
      expect(await store.executions.find(tenantId, execution.id)).toEqual(execution);
      const keys = await store.signingKeys.list(tenantId);
      expect(keys.map(({ id, place, currentSince }) => [id, place, currentSince])).toEqual([
        ['newest', 'current', AT],
        ['former', 'previous', undefined],
      ]);

      const phone = aPhone(tenantId, user.id);
      expect(await store.authenticators.insert(phone)).toBe('inserted');
      expect(await store.authenticators.insert(aKey(tenantId, user.id))).toBe('inserted');
      expect(await store.commit([{ kind: 'push-request.insert', request: aPushRequest(phone) }])).toEqual({ ok: true });
      expect(await store.pages.insert(aPage(tenantId))).toBe('inserted');
      const group = aGroup(tenantId);
      await store.groups.insert(group);
      await store.assignments.addToGroup(tenantId, group.id, [user.id], AT);
      expect(await store.assignments.groupsOf(tenantId, user.id, page)).toMatchObject({ total: 1 });
      expect(await store.commit([{ kind: 'device.seen', device: aLoginDevice(tenantId, user.id) }])).toEqual({
        ok: true,
      });
      const of = await parties(store, tenantId);
      expect(await store.commit([{ kind: 'refresh-token.insert', token: aRefreshToken(of) }])).toEqual({ ok: true });
      expect(await store.users.remove(tenantId, of.userId)).toBe(true);
      expect(await store.users.remove(tenantId, user.id)).toBe(true);
      await store.close();
    });

    test('permissions leave the documents of roles, and grants for people get a key of their own', async () => {
      subject = await openSubject();
      const tenantId = fresh('ten');
      const AUDIENCE = 'https://api.example/';
      await makeOld(subject.url, '0016-login-steps');
      const row = (table: string, id: string, key: string, doc: object) =>
        `insert into ${table} (tenant_id, id, key, doc, created_at, updated_at)
          values ('${tenantId}', '${id}', '${key}', '${JSON.stringify(doc)}', ${AT}, ${AT})`;
      const permissions = ['read', 'write'].map((scope) => ({ audience: AUDIENCE, scope }));
      const grant = { clientId: 'app', audience: AUDIENCE, scope: [], settings: { subject_type: 'user' } };
      for (const statement of [
        row('resource_servers', 'api', AUDIENCE, { identifier: AUDIENCE, scopes: [], settings: {} }),
        row('roles', 'rol_1', 'editor', {
          name: 'editor',
          permissions: [...permissions, { audience: 'gone', scope: 'read' }],
        }),
        row('roles', 'rol_2', 'reader', { name: 'reader' }),
        row('client_grants', 'cgr_1', `app ${AUDIENCE}`, grant),
      ]) {
        await subject.raw(statement);
      }
      const store = await openStore(subject.url, openKeyring([randomBytes(32).toString('base64url')]), {
        now: () => AT,
      });
      const dated = { tenantId, createdAt: AT, updatedAt: AT };
      expect(await store.permissions.ofRole(tenantId, 'rol_1')).toEqual([
        { apiId: 'api', scope: 'read' },
        { apiId: 'api', scope: 'write' },
      ]);
      expect((await store.roles.list(tenantId)).records).toEqual([
        { ...dated, id: 'rol_1', name: 'editor' },
        { ...dated, id: 'rol_2', name: 'reader' },
      ]);
      expect(await store.clientGrants.findByKey(tenantId, `app ${AUDIENCE}`)).toBeUndefined();
      expect(await store.clientGrants.findByKey(tenantId, `user\napp ${AUDIENCE}`)).toMatchObject({ id: 'cgr_1' });
      await store.close();
    });
  });
}
