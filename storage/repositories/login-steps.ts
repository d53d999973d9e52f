// Storage: the steps of logins. Written by the commit of the step and never changed; all but the ids is sealed, like a
// login itself.
import { type Desk, indexed, parse } from '../columns.ts';
import { rows, type Work } from '../database.ts';
import type { LoginStepRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';

type Sealed = Omit<LoginStepRecord, 'tenantId' | 'transactionId' | 'ordinal' | 'expiresAt'>;

export function createLoginSteps(desk: Desk): Store['loginSteps'] {
  const { build, run } = desk.db;
  const select = (tenantId: string) =>
    build
      .selectFrom('login_steps as step')
      .select(['tenant_id', 'transaction_id', 'ordinal', 'seq', 'doc', 'expires_at'])
      .where('tenant_id', '=', tenantId);

  return {
    async ofLogin(tenantId, transactionId) {
      const found = await run(() =>
        rows(select(tenantId).where('transaction_id', '=', transactionId).orderBy('ordinal')),
      );
      return found.map((row) => toStep(desk, row));
    },

    async logins(tenantId, { userId, before, limit }) {
      let query = select(tenantId).where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('login_steps as later')
              .select('later.seq')
              .whereRef('later.tenant_id', '=', 'step.tenant_id')
              .whereRef('later.transaction_id', '=', 'step.transaction_id')
              .whereRef('later.ordinal', '>', 'step.ordinal'),
          ),
        ),
      );
      if (userId !== undefined) query = query.where('user_key', '=', indexed(userId));
      if (before !== undefined) query = query.where('seq', '<', before);
      // One more than asked for tells whether there are older ones.
      const found = await run(() => rows(query.orderBy('seq', 'desc').limit(limit + 1)));
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        records: shown.map((row) => toStep(desk, row)),
        ...(found.length > limit && last ? { next: last.seq } : {}),
      };
    },
  };
}

export function* insertLoginStep(
  { db, keyring }: Desk,
  { step }: Extract<Change, { kind: 'login-step.insert' }>,
): Work<boolean> {
  const { tenantId, transactionId, ordinal, expiresAt, ...rest } = step;
  yield db.build
    .insertInto('login_steps')
    .values({
      tenant_id: tenantId,
      transaction_id: transactionId,
      ordinal,
      user_key: step.userId === undefined ? null : indexed(step.userId),
      doc: keyring.seal(place(tenantId, transactionId, ordinal), JSON.stringify(rest satisfies Sealed)),
      expires_at: expiresAt,
    })
    .compile();
  return true;
}

function place(tenantId: string, transactionId: string, ordinal: number) {
  return { tenantId, table: 'login_steps', row: `${transactionId} ${ordinal}`, column: 'doc' };
}

function toStep(
  { keyring }: Desk,
  row: { tenant_id: string; transaction_id: string; ordinal: number; doc: string; expires_at: number },
): LoginStepRecord {
  return {
    tenantId: row.tenant_id,
    transactionId: row.transaction_id,
    ordinal: row.ordinal,
    ...parse<Sealed>(keyring.open(place(row.tenant_id, row.transaction_id, row.ordinal), row.doc)),
    expiresAt: row.expires_at,
  };
}
