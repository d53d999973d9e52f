// Storage: the fourteenth schema: where log lines are sent as they are written, which is one more configuration family,
// and the lines that have not arrived yet.
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function logStreams(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = db.schema.createTable('log_streams');
  const ordered =
    dialect === 'sqlite'
      ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      : table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
  await ordered
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('key', 'text')
    .addColumn('parent', 'text')
    .addColumn('doc', 'text', (column) => column.notNull())
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('log_streams_pk', ['tenant_id', 'id'])
    .execute();
  await db.schema.createIndex('log_streams_by_parent').on('log_streams').columns(['tenant_id', 'parent']).execute();

  await db.schema
    .createTable('log_stream_lines')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('stream_id', 'text', (column) => column.notNull())
    .addColumn('log_id', 'text', (column) => column.notNull())
    .addColumn('queued_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('log_stream_lines_pk', ['tenant_id', 'stream_id', 'log_id'])
    .execute();
  await db.schema.createIndex('log_stream_lines_by_queued_at').on('log_stream_lines').column('queued_at').execute();
}
