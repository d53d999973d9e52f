// Storage: the sixteenth schema: the steps of logins, which explain them. They grow with every step and leave with their
// date.
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function loginSteps(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = db.schema.createTable('login_steps');
  const ordered =
    dialect === 'sqlite'
      ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      : table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
  await ordered
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('transaction_id', 'text', (column) => column.notNull())
    .addColumn('ordinal', 'integer', (column) => column.notNull())
    .addColumn('user_key', 'text')
    .addColumn('doc', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('login_steps_pk', ['tenant_id', 'transaction_id', 'ordinal'])
    .execute();
  const lists = { tenant: ['tenant_id', 'seq'], user: ['tenant_id', 'user_key', 'seq'], expires_at: ['expires_at'] };
  for (const [by, columns] of Object.entries(lists)) {
    await db.schema.createIndex(`login_steps_by_${by}`).on('login_steps').columns(columns).execute();
  }
}
