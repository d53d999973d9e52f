// Storage: the ninth schema: hashes of passwords that a person had before, which nobody may take again, and work that goes
// on after the answer that took it on. A job's `parent` says whether it is under way.
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function formerPasswordsAndJobs(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema.alterTable('users').addColumn('former_passwords', 'text').execute();

  const table = db.schema.createTable('jobs');
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
    .addUniqueConstraint('jobs_pk', ['tenant_id', 'id'])
    .execute();
  await db.schema.createIndex('jobs_by_parent').on('jobs').columns(['parent', 'tenant_id']).execute();
  await db.schema.createIndex('jobs_by_updated_at').on('jobs').column('updated_at').execute();
}
