// Storage: how everything that is open for a user ends at once. Transactions go first: deleting them waits for a commit
// that is writing one, and what that commit left behind is then seen, and removed, by the statements that follow.
import { type Database, rows, type Work } from '../database.ts';

export function* endLogins(db: Database, tenantId: string, userId: string): Work<void> {
  const mine = db.build.deleteFrom('transactions').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  const transactions = yield* rows(mine.returning('id'));
  yield* removeHandles(db, tenantId, transactions);
  yield* endSessions(db, tenantId, userId);
  // Whatever ends what is open (a new password, a factor taken away) was a reason not to trust a browser any more.
  const remembered = db.build.deleteFrom('remembered_browsers').where('tenant_id', '=', tenantId);
  yield remembered.where('user_id', '=', userId).compile();
}

/** Removes the sessions of a user and the handles that find them; returns how many sessions. */
export function* endSessions(db: Database, tenantId: string, userId: string): Work<number> {
  const mine = db.build.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  const sessions = yield* rows(mine.returning('id'));
  yield* removeHandles(db, tenantId, sessions);
  return sessions.length;
}

/** A few hundred at a time: neither database takes any number of values in one statement. */
function* removeHandles({ build }: Database, tenantId: string, targets: { id: string }[]): Work<void> {
  const ids = targets.map((row) => row.id);
  for (let start = 0; start < ids.length; start += 500) {
    const some = ids.slice(start, start + 500);
    yield build.deleteFrom('handles').where('tenant_id', '=', tenantId).where('target_id', 'in', some).compile();
  }
}
