// Storage: how everything that is open for a user ends at once. Transactions go first: deleting them waits for a commit
// that is writing one, and what that commit left behind is then seen, and removed, by the statements that follow.
import { type Database, rows, type Work } from '../database.ts';

export function* endLogins({ build }: Database, tenantId: string, userId: string): Work<void> {
  const transactions = yield* rows(
    build.deleteFrom('transactions').where('tenant_id', '=', tenantId).where('user_id', '=', userId).returning('id'),
  );
  const sessions = yield* rows(
    build.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('user_id', '=', userId).returning('id'),
  );
  const targets = [...transactions, ...sessions].map((row) => row.id);
  for (let start = 0; start < targets.length; start += 500) {
    const some = targets.slice(start, start + 500);
    yield build.deleteFrom('handles').where('tenant_id', '=', tenantId).where('target_id', 'in', some).compile();
  }
}
