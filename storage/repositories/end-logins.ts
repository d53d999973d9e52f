// Storage: how everything that is open for a user ends at once. Transactions go first: deleting them waits for a commit
// that is writing one, and what that commit left behind is then seen, and removed, by the statements that follow.
import type { Desk } from '../columns.ts';
import { rows, type Work } from '../database.ts';
import type { SessionEnd } from '../records.ts';
import { endSessions } from './end-sessions.ts';
import { removeHandles } from './handles.ts';
import { liftBlocksOfUser } from './login-blocks.ts';
import { removeTokens } from './refresh-tokens.ts';
import { removeTicketsOf } from './tickets.ts';

/** `except`: a transaction that goes on, with its handles. */
export function* endLogins(
  desk: Desk,
  tenantId: string,
  userId: string,
  because: SessionEnd,
  except?: string,
): Work<void> {
  const { db } = desk;
  let mine = db.build.deleteFrom('transactions').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (except !== undefined) mine = mine.where('id', '<>', except);
  const transactions = yield* rows(mine.returning('id'));
  yield* removeHandles(db, tenantId, transactions);
  yield* endSessions(desk, tenantId, { userId }, because);
  yield* removeTokens(db, tenantId, { userId });
  yield* removeTicketsOf(db, tenantId, { userId });
  // A device is not to ask for a sign-in that is no more.
  yield db.build.deleteFrom('push_requests').where('tenant_id', '=', tenantId).where('user_id', '=', userId).compile();
  // Whatever ends what is open (a new password, a factor taken away) was a reason not to trust a browser any more.
  const remembered = db.build.deleteFrom('remembered_browsers').where('tenant_id', '=', tenantId);
  yield remembered.where('user_id', '=', userId).compile();
  // Nor is there a password any more that was guessed at.
  yield* liftBlocksOfUser(db, tenantId, userId);
}
