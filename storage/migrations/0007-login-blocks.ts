// Storage: the seventh schema: failed logins in a row, by what was typed and from where. Rows belong to no user: what was
// typed may be nobody's name, and must look like anybody else's.
import type { Kysely } from 'kysely';

export async function loginBlocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('login_blocks')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('identifier', 'text', (column) => column.notNull())
    .addColumn('network', 'text', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('failed_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('login_blocks_pk', ['tenant_id', 'identifier', 'network'])
    .execute();
  await db.schema.createIndex('login_blocks_by_expires_at').on('login_blocks').column('expires_at').execute();
}
