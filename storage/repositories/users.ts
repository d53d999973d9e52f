// Storage: users. A person is found by what they type through three indexes within one connection; what is compared
// there is kept in columns of its own, folded in one way on both databases.

import { type Desk, flag, given, indexed, parse } from '../columns.ts';
import { affected, first, rows, Violation, type Work } from '../database.ts';
import type { UserRecord } from '../records.ts';
import type { Change, Users } from '../store.ts';
import type { UserRow } from '../tables.ts';
import { endLogins } from './end-logins.ts';

type StoredUser = Omit<UserRow, 'seq'>;

/** All columns of a user but its place in the order of creation. */
export const userColumns = [
  'tenant_id',
  'id',
  'connection',
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'email_key',
  'username_key',
  'phone_key',
  'name',
  'nickname',
  'given_name',
  'family_name',
  'picture',
  'blocked',
  'identities',
  'user_metadata',
  'app_metadata',
  'password_hash',
  'password_changed_at',
  'logins_count',
  'last_login_at',
  'last_ip',
  'created_at',
  'updated_at',
] as const;

export function createUsers({ db }: Desk): Users {
  const { build, hold, run, transact } = db;
  const select = (tenantId: string) => build.selectFrom('users').select(userColumns).where('tenant_id', '=', tenantId);

  return {
    async insert(user) {
      const query = build
        .insertInto('users')
        .values(toRow(user))
        .onConflict((conflict) => conflict.doNothing());
      return (await run(() => affected(query))) === 1 ? 'inserted' : 'conflict';
    },

    async find(tenantId, id) {
      const row = await run(() => first(select(tenantId).where('id', '=', id)));
      return row && toUser(row);
    },

    async findByIdentifier(tenantId, connection, identifier) {
      const email = foldEmail(identifier);
      const key = indexed(identifier);
      // Three look-ups instead of one condition with `or`: for that SQLite would read all users of the connection.
      const ids = build
        .selectFrom('users')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('connection', '=', connection);
      const query = select(tenantId).where(
        'id',
        'in',
        ids
          .where('email_key', '=', email)
          .unionAll(ids.where('username_key', '=', key))
          .unionAll(ids.where('phone_key', '=', key)),
      );
      const found = await run(() => rows(query));
      // One person's username may be another's address: the address wins, so that nobody can shadow it.
      const row =
        found.find((candidate) => candidate.email_key === email) ??
        found.find((candidate) => candidate.username_key === key) ??
        found[0];
      return row && toUser(row);
    },

    async list(tenantId, { email, connection, page }) {
      let query = select(tenantId).orderBy('seq');
      let count = build
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('tenant_id', '=', tenantId);
      if (email !== undefined) {
        query = query.where('email_key', '=', foldEmail(email));
        count = count.where('email_key', '=', foldEmail(email));
      }
      if (connection !== undefined) {
        query = query.where('connection', '=', connection);
        count = count.where('connection', '=', connection);
      }
      if (page) query = query.limit(page.limit).offset(page.offset);
      const records = (await run(() => rows(query))).map(toUser);
      return { records, total: page ? ((await run(() => first(count)))?.total ?? 0) : records.length };
    },

    async update(tenantId, id, edit) {
      try {
        return await transact(function* (): Work<UserRecord | 'missing'> {
          const row = yield* first(hold(select(tenantId).where('id', '=', id)));
          if (!row) return 'missing';
          const edited = { ...edit(toUser(row)), tenantId, id, createdAt: row.created_at };
          const { tenant_id: _, id: __, ...columns } = toRow(edited);
          yield build
            .updateTable('users')
            .set(columns)
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .compile();
          return edited;
        });
      } catch (error) {
        if (error instanceof Violation) return 'conflict';
        throw error;
      }
    },

    remove: (tenantId, id) =>
      transact(function* () {
        // The user goes first: its row keeps a login that is being committed from finishing in between.
        const removed = yield* affected(
          build.deleteFrom('users').where('tenant_id', '=', tenantId).where('id', '=', id),
        );
        yield* endLogins(db, tenantId, id);
        return removed === 1;
      }),

    endLogins: (tenantId, id) => transact(() => endLogins(db, tenantId, id)),
  };
}

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function* loggedIn({ db }: Desk, change: ChangeOf<'user.logged-in'>): Work<boolean> {
  const query = db.build
    .updateTable('users')
    .set((eb) => ({
      logins_count: eb('logins_count', '+', 1),
      last_login_at: change.at,
      last_ip: change.ip,
      updated_at: change.at,
    }))
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where('blocked', '=', 0)
    .$if(change.passwordHash !== undefined, (each) => each.where('password_hash', '=', change.passwordHash ?? null));
  return (yield* affected(query)) === 1;
}

export function* mergeMetadata({ db }: Desk, change: ChangeOf<'user.merge-metadata'>): Work<boolean> {
  const mine = db.build.selectFrom('users').where('tenant_id', '=', change.tenantId).where('id', '=', change.id);
  const row = yield* first(db.hold(mine.select(['user_metadata', 'app_metadata'])));
  if (!row) return false;
  const merged = {
    user_metadata: merge(row.user_metadata, change.user),
    app_metadata: merge(row.app_metadata, change.app),
    updated_at: change.at,
  };
  yield db.build
    .updateTable('users')
    .set(merged)
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .compile();
  return true;
}

export function* rehash({ db }: Desk, change: ChangeOf<'user.rehash'>): Work<boolean> {
  yield db.build
    .updateTable('users')
    .set({ password_hash: change.to })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where('password_hash', '=', change.from)
    .compile();
  return true;
}

/** Top level only: a value replaces the whole value of its key, null removes the key. */
function merge(json: string, changes: object): string {
  // A map, because assigning the key `__proto__` to an object would not store it.
  const merged = new Map(Object.entries(parse<object>(json)));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return JSON.stringify(Object.fromEntries(merged));
}

/** An address in the form addresses are compared in, the same on both databases. */
function foldEmail(email: string): string {
  return indexed(email.normalize('NFC').toLowerCase());
}

function toRow(user: UserRecord): StoredUser {
  return {
    tenant_id: user.tenantId,
    id: user.id,
    connection: user.connection,
    email: user.email ?? null,
    email_verified: flag(user.emailVerified),
    username: user.username ?? null,
    phone_number: user.phoneNumber ?? null,
    phone_verified: flag(user.phoneVerified),
    email_key: user.email === undefined ? null : foldEmail(user.email),
    username_key: user.username === undefined ? null : indexed(user.username),
    phone_key: user.phoneNumber === undefined ? null : indexed(user.phoneNumber),
    name: user.name ?? null,
    nickname: user.nickname ?? null,
    given_name: user.givenName ?? null,
    family_name: user.familyName ?? null,
    picture: user.picture ?? null,
    blocked: flag(user.blocked),
    identities: JSON.stringify(user.identities),
    user_metadata: JSON.stringify(user.userMetadata),
    app_metadata: JSON.stringify(user.appMetadata),
    password_hash: user.passwordHash ?? null,
    password_changed_at: user.passwordChangedAt ?? null,
    logins_count: user.loginsCount,
    last_login_at: user.lastLoginAt ?? null,
    last_ip: user.lastIp ?? null,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}

/** The record of a user's row. */
export function toUser(row: StoredUser): UserRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    connection: row.connection,
    emailVerified: row.email_verified === 1,
    phoneVerified: row.phone_verified === 1,
    blocked: row.blocked === 1,
    identities: parse(row.identities),
    userMetadata: parse(row.user_metadata),
    appMetadata: parse(row.app_metadata),
    loginsCount: row.logins_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...given({
      email: row.email,
      username: row.username,
      phoneNumber: row.phone_number,
      name: row.name,
      nickname: row.nickname,
      givenName: row.given_name,
      familyName: row.family_name,
      picture: row.picture,
      passwordHash: row.password_hash,
      passwordChangedAt: row.password_changed_at,
      lastLoginAt: row.last_login_at,
      lastIp: row.last_ip,
    }),
  };
}
