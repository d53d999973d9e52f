// Storage: persisted buckets of attempts, kept as the one number of the generic cell rate algorithm: the moment at which
// the bucket is full again. Taking is a single statement, so parallel guesses cannot share an attempt.

import { type Desk, milliseconds } from '../columns.ts';
import { first, rows, type Work } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { Change, Store } from '../store.ts';

export function createAttempts({ db }: Desk): Pick<Store, 'takeAttempt' | 'clearAttempts'> {
  const { build, run } = db;

  const takeAttempt: Store['takeAttempt'] = async (tenantId, key, { capacity, refillSeconds }, now) => {
    const refill = milliseconds(refillSeconds);
    // An attempt is left as long as the bucket lacks no more than capacity - 1 of them.
    const latest = now + (capacity - 1) * refill;
    // The key may hold what somebody typed; its hash has one length and says nothing.
    const row = { tenant_id: tenantId, key_hash: hashHandle(key), tat: now + refill };
    const query = build
      .insertInto('attempts')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'key_hash'])
          .doUpdateSet((eb) => ({
            tat: eb
              .case()
              .when('attempts.tat', '>', now)
              .then(eb('attempts.tat', '+', refill))
              .else(eb.ref('excluded.tat'))
              .end(),
          }))
          .where('attempts.tat', '<=', latest),
      )
      .returning('tat');
    if (await run(() => first(query))) return { taken: true };

    const stored = build
      .selectFrom('attempts')
      .select('tat')
      .where('tenant_id', '=', tenantId)
      .where('key_hash', '=', row.key_hash);
    const { tat } = (await run(() => first(stored))) ?? { tat: latest };
    return { taken: false, retryAfterSeconds: Math.max(1, Math.ceil((tat - latest) / 1000)) };
  };

  return {
    takeAttempt,

    async clearAttempts(tenantId, key) {
      const bucket = build.deleteFrom('attempts').where('tenant_id', '=', tenantId);
      await run(() => rows(bucket.where('key_hash', '=', hashHandle(key))));
    },
  };
}

export function createIsExhausted({ db }: Desk): Store['isExhausted'] {
  return async (tenantId, key, { capacity, refillSeconds }, now) => {
    const query = db.build
      .selectFrom('attempts')
      .select('tat')
      .where('tenant_id', '=', tenantId)
      .where('key_hash', '=', hashHandle(key))
      .where('tat', '>', now + (capacity - 1) * milliseconds(refillSeconds));
    return (await db.run(() => first(query))) !== undefined;
  };
}

/**
 * Puts an attempt back. The moment may move into the past, which still means a full bucket and never more than that:
 * taking counts from the present, not from there.
 */
export function* refund({ db }: Desk, change: Extract<Change, { kind: 'attempt.refund' }>): Work<boolean> {
  yield db.build
    .updateTable('attempts')
    .set((eb) => ({ tat: eb('tat', '-', milliseconds(change.refillSeconds)) }))
    .where('tenant_id', '=', change.tenantId)
    .where('key_hash', '=', hashHandle(change.key))
    .compile();
  return true;
}
