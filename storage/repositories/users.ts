// Storage: users. A person is found by what they type through three indexes within one connection. An account linked to
// another is found like any, is in no list, and goes with the one it is linked to.

import { type Desk, indexed, parse } from '../columns.ts';
import { affected, compiled, type Database, first, rows, Violation, type Work } from '../database.ts';
import type { UserRecord } from '../records.ts';
import type { Change, Users } from '../store.ts';
import { endLogins } from './end-logins.ts';
import { forgetRecordings } from './executions.ts';
import { following } from './following-users.ts';
import { lacking } from './lacking.ts';
import { notLinked } from './not-linked.ts';
import { removeTokens } from './refresh-tokens.ts';
import { removeTicketsOf } from './tickets.ts';
import { foldEmail, toUser, toUserRow, userColumns } from './user-row.ts';
import { searchUsers } from './user-search.ts';

export function createUsers(desk: Desk): Users {
  const { db } = desk;
  const { build, hold, run, transact } = db;
  const select = (tenantId: string) => build.selectFrom('users').select(userColumns).where('tenant_id', '=', tenantId);

  const byId = compiled((tenantId, id) => select(tenantId).where('id', '=', id));

  return {
    async insert(user) {
      return (await transact(() => insert(db, user))) ? 'inserted' : 'conflict';
    },

    async find(tenantId, id) {
      const row = await run(() => first(byId(tenantId, id)));
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

    async list(tenantId, { email, connection, linked, page }) {
      const ofThem = build
        .selectFrom('users')
        .where('tenant_id', '=', tenantId)
        .$if(linked !== undefined, (query) => query.where('linked_to', 'is not', null))
        .$if(linked === undefined && email === undefined, (query) => query.where('linked_to', 'is', null))
        .$if(linked === undefined && email !== undefined, (query) => query.where(notLinked))
        .$if(email !== undefined, (query) => query.where('email_key', '=', foldEmail(email ?? '')))
        .$if(connection !== undefined, (query) => query.where('connection', '=', connection ?? ''));
      const query = ofThem.select(userColumns).orderBy('seq');
      const found = await run(() => rows(page ? query.limit(page.limit).offset(page.offset) : query));
      const records = found.map(toUser);
      if (!page) return { records, total: records.length };
      const isEverybody = email === undefined && connection === undefined && linked === undefined;
      const count = isEverybody
        ? build.selectFrom('user_totals').select('total').where('tenant_id', '=', tenantId)
        : ofThem.select((eb) => eb.fn.countAll<number>().as('total'));
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },

    search: (tenantId, query) => searchUsers(db, tenantId, query),

    following: (tenantId, from) => run(() => following(db, tenantId, from)),

    lacking: (tenantId, query) => run(() => lacking(db, tenantId, query)),

    async update(tenantId, id, edit) {
      try {
        return await transact(function* (): Work<UserRecord | 'missing' | 'conflict'> {
          const row = yield* first(hold(select(tenantId).where('id', '=', id)));
          if (!row) return 'missing';
          const edited = { ...edit(toUser(row)), tenantId, id, createdAt: row.created_at };
          if (edited.linkedTo !== row.linked_to && !(yield* holdLink(db, edited))) return 'conflict';
          const { tenant_id: _, id: __, ...columns } = toUserRow(edited);
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
        const found = build.selectFrom('users').select('id').where('tenant_id', '=', tenantId);
        const removed = yield* first(hold(found.where('id', '=', id)));
        const gone = [id];
        // Grows while it is read: what is linked to a linked account goes too.
        for (const each of gone) {
          // By then nothing is given to the one before: it is held, and what asks for its row waits.
          const linked = yield* rows(hold(found.where('linked_to', '=', each)));
          gone.push(...linked.map((row) => row.id));
        }
        for (const each of gone) {
          // The row takes these two with it, which would leave their handles behind.
          yield* removeTokens(db, tenantId, { userId: each });
          yield* removeTicketsOf(db, tenantId, { userId: each });
          // Rows go before what is open for them: a login that is being committed cannot finish in between.
          yield build.deleteFrom('users').where('tenant_id', '=', tenantId).where('id', '=', each).compile();
        }
        for (const each of gone) {
          yield* endLogins(desk, tenantId, each, 'account-deleted');
          yield* forgetRecordings(desk, tenantId, each);
        }
        return removed !== undefined;
      }),

    endLogins: (tenantId, id, because) => transact(() => endLogins(desk, tenantId, id, because)),
  };
}

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function insertUser({ db }: Desk, { user }: ChangeOf<'user.insert'>): Work<boolean> {
  return insert(db, user);
}

/** False when the id, or what the user signs in with, is taken, or when there is nobody to be linked to. */
function* insert(db: Database, user: UserRecord): Work<boolean> {
  if (!(yield* holdLink(db, user))) return false;
  const query = db.build
    .insertInto('users')
    .values(toUserRow(user))
    .onConflict((conflict) => conflict.doNothing());
  return (yield* affected(query)) === 1;
}

/**
 * Whether the account that a user is linked to exists and is another one. It is held until the end of the database
 * transaction: removed in between, it would leave an account behind that is in no list and leads nowhere.
 */
function* holdLink({ build, hold }: Database, { tenantId, id, linkedTo }: UserRecord): Work<boolean> {
  if (linkedTo === undefined) return true;
  const target = build.selectFrom('users').select('id').where('tenant_id', '=', tenantId).where('id', '=', linkedTo);
  return linkedTo !== id && (yield* first(hold(target))) !== undefined;
}

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

/** The row first: a login that is proving the former password then fails its guard, or is seen and ended. */
export function* setPassword(desk: Desk, change: ChangeOf<'user.set-password'>): Work<boolean> {
  const { tenantId, id, passwordHash, from, keep = 0, at, except } = change;
  const { build, hold } = desk.db;
  const mine = build.selectFrom('users').where('tenant_id', '=', tenantId).where('id', '=', id);
  const row = yield* first(hold(mine.select(['password_hash', 'former_passwords'])));
  if (!row || (from !== undefined && row.password_hash !== from)) return false;
  const former = row.former_passwords === null ? [] : parse<string[]>(row.former_passwords);
  const kept = [...(row.password_hash === null ? [] : [row.password_hash]), ...former].slice(0, keep);
  yield build
    .updateTable('users')
    .set({
      password_hash: passwordHash,
      former_passwords: kept.length === 0 ? null : JSON.stringify(kept),
      password_changed_at: at,
      updated_at: at,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .compile();
  yield* endLogins(desk, tenantId, id, 'password-changed', except);
  return true;
}

export function* blockUser(desk: Desk, { tenantId, id, at, except }: ChangeOf<'user.block'>): Work<boolean> {
  yield desk.db.build
    .updateTable('users')
    .set({ blocked: 1, updated_at: at })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .compile();
  yield* endLogins(desk, tenantId, id, 'account-deactivated', except);
  return true;
}

export function* verifyEmail({ db }: Desk, change: ChangeOf<'user.verify-email'>): Work<boolean> {
  const { build, hold } = db;
  const user = build.selectFrom('users').select('email_key').where('tenant_id', '=', change.tenantId);
  const row = yield* first(hold(user.where('id', '=', change.id)));
  if (!row) return false;
  if (row.email_key !== foldEmail(change.email)) return true;
  yield build
    .updateTable('users')
    .set({ email_verified: 1, updated_at: change.at })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .compile();
  return true;
}

export function* verifyPhone({ db }: Desk, change: ChangeOf<'user.verify-phone'>): Work<boolean> {
  const { build, hold } = db;
  const user = build.selectFrom('users').select('phone_key').where('tenant_id', '=', change.tenantId);
  const row = yield* first(hold(user.where('id', '=', change.id)));
  if (!row) return false;
  if (row.phone_key !== indexed(change.phoneNumber)) return true;
  yield build
    .updateTable('users')
    .set({ phone_verified: 1, updated_at: change.at })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
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
