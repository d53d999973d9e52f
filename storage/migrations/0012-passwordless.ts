// Storage: the twelfth schema: codes and links that passwordless connections have sent, one row for each address. Rows
// belong to no user: the address may be nobody's yet, and must look like anybody else's.
import type { Kysely } from 'kysely';

export async function passwordless(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('passwordless_codes')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('connection_id', 'text', (column) => column.notNull())
    .addColumn('address_hash', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('code_mac', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('passwordless_codes_pk', ['tenant_id', 'connection_id', 'address_hash'])
    .execute();
  await db.schema
    .createIndex('passwordless_codes_by_expires_at')
    .on('passwordless_codes')
    .column('expires_at')
    .execute();
}
