// Storage: a walk through all users of a tenant, some at a time, by their place in the order of creation: the last step costs
// what the first one does, which pages by number do not.
import { type Database, rows, type Work } from '../database.ts';
import type { UserRecord } from '../records.ts';
import { toUser, userColumns } from './user-row.ts';

/** Those that lists have. `last`: the place of the last one. */
export function* following(
  { build }: Database,
  tenantId: string,
  { connection, after = 0, limit }: { connection?: string; after?: number; limit: number },
): Work<{ users: UserRecord[]; last?: number }> {
  let query = build
    .selectFrom('users')
    .select([...userColumns, 'seq'])
    .where('tenant_id', '=', tenantId)
    .where('linked_to', 'is', null)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit);
  if (connection !== undefined) query = query.where('connection', '=', connection);
  const found = yield* rows(query);
  const last = found.at(-1)?.seq;
  return { users: found.map(toUser), ...(last === undefined ? {} : { last: Number(last) }) };
}
