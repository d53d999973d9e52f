// Storage: the thirteenth schema: what is used of the allowances that messages are held to.
import type { Kysely } from 'kysely';

export async function messageLimits(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('allowances')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('used', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('allowances_pk', ['tenant_id', 'key_hash'])
    .execute();
  await db.schema.createIndex('allowances_by_expires_at').on('allowances').column('expires_at').execute();
}
