// Storage: the twenty-third schema: lines that a stream's receiver refused for what they are. They wait beside the others,
// so that those go on.
import type { Kysely } from 'kysely';

export async function logStreamLetters(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('log_stream_letters')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('stream_id', 'text', (column) => column.notNull())
    .addColumn('log_id', 'text', (column) => column.notNull())
    .addColumn('error', 'text', (column) => column.notNull())
    .addColumn('set_aside_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('log_stream_letters_pk', ['tenant_id', 'stream_id', 'log_id'])
    .execute();
  await db.schema.createIndex('log_stream_letters_by_time').on('log_stream_letters').column('set_aside_at').execute();
}
