// Storage: what ran in a login. Written by the commit of the step it belongs to and changed by nothing but the removal of the
// person, who takes along what was recorded; console lines and arguments are a person's data as often as not, so that all
// of it but the ids is sealed.

import { type Desk, indexed, parse } from '../columns.ts';
import { first, rows, type Work } from '../database.ts';
import type { ExecutionRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';

/** Where no login belongs to an execution: the column has always been required. */
const NO_LOGIN = '';

type Sealed = Omit<ExecutionRecord, 'tenantId' | 'id' | 'transactionId' | 'expiresAt'>;

export function createExecutions(desk: Desk): Store['executions'] {
  const { build, run } = desk.db;
  const select = (tenantId: string) =>
    build
      .selectFrom('executions')
      .select(['tenant_id', 'id', 'seq', 'transaction_id', 'doc', 'expires_at'])
      .where('tenant_id', '=', tenantId);

  return {
    async find(tenantId, id) {
      const row = await run(() => first(select(tenantId).where('id', '=', id)));
      return row && toExecution(desk, row);
    },

    async list(tenantId, { actionId, transactionId, userId, before, limit }) {
      let query = select(tenantId);
      if (transactionId === NO_LOGIN) return { records: [] };
      if (transactionId !== undefined) query = query.where('transaction_id', '=', transactionId);
      if (userId !== undefined) query = query.where('user_key', '=', indexed(userId));
      if (before !== undefined) query = query.where('seq', '<', before);
      if (actionId !== undefined) {
        query = query.where('seq', 'in', (eb) =>
          eb
            .selectFrom('execution_actions')
            .select('execution')
            .where('tenant_id', '=', tenantId)
            .where('action_id', '=', actionId),
        );
      }
      // One more than asked for tells whether there are older ones.
      const found = await run(() => rows(query.orderBy('seq', 'desc').limit(limit + 1)));
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        records: shown.map((row) => toExecution(desk, row)),
        ...(found.length > limit && last ? { next: last.seq } : {}),
      };
    },
  };
}

export function* insertExecution(
  { db, keyring }: Desk,
  { execution }: Extract<Change, { kind: 'execution.insert' }>,
): Work<boolean> {
  const { tenantId, id, transactionId, expiresAt, ...rest } = execution;
  const row = yield* first(
    db.build
      .insertInto('executions')
      .values({
        tenant_id: tenantId,
        id,
        transaction_id: transactionId ?? NO_LOGIN,
        user_key: execution.userId === undefined ? null : indexed(execution.userId),
        doc: keyring.seal(place(tenantId, id), JSON.stringify(rest satisfies Sealed)),
        expires_at: expiresAt,
      })
      .returning('seq'),
  );
  const actions = [...new Set(execution.results.map(({ actionId }) => actionId))];
  if (!row || actions.length === 0) return row !== undefined;
  const values = actions.map((actionId) => ({
    tenant_id: tenantId,
    action_id: actionId,
    execution: row.seq,
    expires_at: expiresAt,
  }));
  yield db.build.insertInto('execution_actions').values(values).compile();
  return true;
}

/** Read at once: one may hold a megabyte. */
const AT_ONCE = 10;

/** What was recorded of a person, for replays, goes; what ran stays until its time is over. */
export function* forgetRecordings({ db, keyring }: Desk, tenantId: string, userId: string): Work<void> {
  const ofUser = db.build
    .selectFrom('executions')
    .select(['id', 'seq', 'doc'])
    .where('tenant_id', '=', tenantId)
    .where('user_key', '=', indexed(userId))
    .orderBy('seq')
    .limit(AT_ONCE);
  for (let after = -1; ; ) {
    const found = yield* rows(ofUser.where('seq', '>', after));
    for (const { id, doc } of found) {
      const { results, ...rest } = parse<Sealed>(keyring.open(place(tenantId, id), doc));
      if (!results.some(({ recorded }) => recorded)) continue;
      const kept: Sealed = { ...rest, results: results.map(({ recorded: _, ...result }) => result) };
      yield db.build
        .updateTable('executions')
        .set({ doc: keyring.seal(place(tenantId, id), JSON.stringify(kept)) })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .compile();
    }
    const last = found.at(-1);
    if (!last || found.length < AT_ONCE) return;
    after = last.seq;
  }
}

function place(tenantId: string, id: string) {
  return { tenantId, table: 'executions', row: id, column: 'doc' };
}

function toExecution(
  { keyring }: Desk,
  row: { tenant_id: string; id: string; transaction_id: string; doc: string; expires_at: number },
): ExecutionRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    ...(row.transaction_id !== NO_LOGIN && { transactionId: row.transaction_id }),
    ...parse<Sealed>(keyring.open(place(row.tenant_id, row.id), row.doc)),
    expiresAt: row.expires_at,
  };
}
