// Storage: the twenty-first schema: users by when they last logged in, so that counting those of a month reads an index
// and no user.
import type { Kysely } from 'kysely';

export async function activeUsers(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('users_by_last_login').on('users').columns(['tenant_id', 'last_login_at']).execute();
}
