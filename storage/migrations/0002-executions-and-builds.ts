// Storage: the second schema: what ran, and what was built to run. Records of executions grow with every login and
// leave with their date; builds are one more configuration family, named by Actions and versions in a column of theirs.
import type { CreateTableBuilder, Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function executionsAndBuilds(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await ordered(db, dialect, 'executions')
    .addColumn('tenant_id', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('transaction_id', 'text', required)
    .addColumn('user_key', 'text')
    .addColumn('doc', 'text', required)
    .addColumn('expires_at', 'bigint', required)
    .addUniqueConstraint('executions_pk', ['tenant_id', 'id'])
    .execute();
  const lists = { tenant: [], transaction: ['transaction_id'], user: ['user_key'] };
  for (const [by, columns] of Object.entries(lists)) {
    await db.schema
      .createIndex(`executions_by_${by}`)
      .on('executions')
      .columns(['tenant_id', ...columns, 'seq'])
      .execute();
  }
  await db.schema
    .createTable('execution_actions')
    .addColumn('tenant_id', 'text', required)
    .addColumn('action_id', 'text', required)
    .addColumn('execution', 'bigint', required)
    .addColumn('expires_at', 'bigint', required)
    .addPrimaryKeyConstraint('execution_actions_pk', ['tenant_id', 'action_id', 'execution'])
    .execute();
  for (const table of ['executions', 'execution_actions']) {
    await db.schema.createIndex(`${table}_by_expires_at`).on(table).column('expires_at').execute();
  }

  await ordered(db, dialect, 'builds')
    .addColumn('tenant_id', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('doc', 'text', required)
    .addColumn('key', 'text')
    .addColumn('parent', 'text')
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .addUniqueConstraint('builds_pk', ['tenant_id', 'id'])
    .execute();
  for (const table of ['actions', 'action_versions']) {
    await db.schema.alterTable(table).addColumn('build', 'text').execute();
    await db.schema.createIndex(`${table}_by_build`).on(table).columns(['tenant_id', 'build']).execute();
  }
}

type Builder = CreateTableBuilder<string, string>;

const required = (column: Parameters<NonNullable<Parameters<Builder['addColumn']>[2]>>[0]) => column.notNull();

function ordered(db: Kysely<unknown>, dialect: Dialect, name: string): Builder {
  const table = db.schema.createTable(name);
  return dialect === 'sqlite'
    ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
}
