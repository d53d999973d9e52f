// Storage: one row for each login attempt. Everything that happens to it is a condition on its revision, and the lease
// is counted by the database's clock alone.
import { sql } from 'kysely';
import { type Desk, milliseconds } from '../columns.ts';
import { affected, compiled, type Database, first, type Work } from '../database.ts';
import type { Change, Store } from '../store.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function createTransactions({ db, keyring }: Desk): Store['transactions'] {
  const { build, clock, run } = db;
  const byId = compiled((tenantId, id) =>
    build
      .selectFrom('transactions')
      .select(['revision', 'snapshot', 'user_id', 'expires_at', 'lease_owner'])
      .select(sql<number>`case when lease_until > ${clock} then 1 else 0 end`.as('held'))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id),
  );

  return {
    async find(tenantId, id) {
      const row = await run(() => first(byId(tenantId, id)));
      if (!row) return undefined;
      return {
        transaction: {
          tenantId,
          id,
          revision: row.revision,
          snapshot: keyring.open(place(tenantId, id), row.snapshot),
          ...(row.user_id !== null && { userId: row.user_id }),
          expiresAt: row.expires_at,
        },
        ...(row.lease_owner !== null && { lease: { owner: row.lease_owner, held: row.held === 1 } }),
      };
    },

    async renew(tenantId, id, revision, owner, leaseSeconds) {
      const query = build
        .updateTable('transactions')
        .set({ lease_until: until(db, leaseSeconds) })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('revision', '=', revision)
        .where('lease_owner', '=', owner)
        .where(sql<boolean>`lease_until > ${clock}`);
      return (await run(() => affected(query))) === 1;
    },
  };
}

export function* insertTransaction({ db, keyring }: Desk, change: ChangeOf<'transaction.insert'>): Work<boolean> {
  const { tenantId, id, revision, snapshot, userId, expiresAt } = change.transaction;
  yield db.build
    .insertInto('transactions')
    .values({
      tenant_id: tenantId,
      id,
      revision,
      snapshot: keyring.seal(place(tenantId, id), snapshot),
      user_id: userId ?? null,
      expires_at: expiresAt,
      lease_owner: null,
      lease_until: null,
    })
    .compile();
  return true;
}

export function* claim({ db }: Desk, change: ChangeOf<'transaction.claim'>): Work<boolean> {
  const query = db.build
    .updateTable('transactions')
    .set({ revision: change.revision + 1, lease_owner: change.owner, lease_until: until(db, change.leaseSeconds) })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where('revision', '=', change.revision)
    .where(sql<boolean>`(lease_until is null or lease_until <= ${db.clock})`);
  return (yield* affected(query)) === 1;
}

export function* replace({ db, keyring }: Desk, change: ChangeOf<'transaction.replace'>): Work<boolean> {
  const { tenantId, id, snapshot, userId, expiresAt } = change.transaction;
  const query = db.build
    .updateTable('transactions')
    .set({
      revision: change.revision + 1,
      snapshot: keyring.seal(place(tenantId, id), snapshot),
      user_id: userId ?? null,
      expires_at: expiresAt,
      lease_owner: null,
      lease_until: null,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('revision', '=', change.revision);
  return (yield* affected(query)) === 1;
}

function until({ clock }: Database, leaseSeconds: number) {
  return sql<number>`${clock} + ${milliseconds(leaseSeconds)}`;
}

function place(tenantId: string, id: string) {
  return { tenantId, table: 'transactions', row: id, column: 'snapshot' };
}
