// Storage: the twentieth schema: documents that are kept for tools and given back, one table for all their families.
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function keptDocuments(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const name = 'kept_documents';
  const table = db.schema.createTable(name);
  const ordered =
    dialect === 'sqlite'
      ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      : table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
  await ordered
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('parent', 'text')
    .addColumn('doc', 'text', (column) => column.notNull())
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint(`${name}_pk`, ['tenant_id', 'id'])
    .execute();
  await db.schema.createIndex(`${name}_by_key`).on(name).columns(['tenant_id', 'key']).unique().execute();
  await db.schema.createIndex(`${name}_by_parent`).on(name).columns(['tenant_id', 'parent']).execute();
}
