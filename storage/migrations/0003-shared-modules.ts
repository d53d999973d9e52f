// Storage: the third schema: texts that Actions share, and what was published of them: two more configuration families.
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function sharedModules(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  for (const name of ['modules', 'module_versions']) {
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
}
