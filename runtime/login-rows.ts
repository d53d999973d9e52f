// A login as it is written: its row, and the keys that find it.
import type { Change } from '#storage/store.ts';
import { encode, SnapshotTooLargeError } from './transaction/snapshot.ts';
import { EMPTY_OUTCOME, handleKindOf, type LoginTransaction } from './transaction/transaction.ts';

/** The row of a login in place of the one it had at `revision`; undefined: it has none yet. */
export function rowChange(tx: LoginTransaction, revision: number | undefined): Change[] {
  const userId = tx.subject.kind === 'user' ? { userId: tx.subject.userId } : {};
  const base = { tenantId: tx.tenantId, id: tx.id, expiresAt: tx.expiresAt, ...userId };
  const transaction = { ...base, revision: (revision ?? 0) + 1, snapshot: snapshotOf(tx) };
  return revision === undefined
    ? [{ kind: 'transaction.insert', transaction }]
    : [{ kind: 'transaction.replace', revision, transaction }];
}

function snapshotOf(tx: LoginTransaction): string {
  try {
    return encode(tx);
  } catch (error) {
    if (!(error instanceof SnapshotTooLargeError)) throw error;
    return encode({
      ...tx,
      outcome: EMPTY_OUTCOME,
      metadata: {},
      queue: [],
      state: { name: 'denied', code: 'access_denied', reason: error.message },
    });
  }
}

/** The key that finds it at its present ask. */
export function handleChange(tx: LoginTransaction, key: string): Change {
  const { tenantId, id: targetId, ask, expiresAt } = tx;
  return { kind: 'handle.insert', handle: { tenantId, kind: handleKindOf(tx), key, targetId, ask, expiresAt } };
}
