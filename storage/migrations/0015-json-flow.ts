// Storage: the fifteenth schema: how interactions of the JSON flow are carried out and when they are enough, which are two
// more configuration families, and what happened in that flow.
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function jsonFlow(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  for (const name of ['authentication_configurations', 'authentication_policies']) {
    const table = db.schema.createTable(name);
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
      .addUniqueConstraint(`${name}_pk`, ['tenant_id', 'id'])
      .addUniqueConstraint(`${name}_key`, ['tenant_id', 'key'])
      .execute();
  }
  const events = db.schema.createTable('security_events');
  const inOrder =
    dialect === 'sqlite'
      ? events.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      : events.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
  await inOrder
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('client_key', 'text')
    .addColumn('user_key', 'text')
    .addColumn('external_user_key', 'text')
    .addColumn('user_name', 'text')
    .addColumn('ip', 'text', (column) => column.notNull())
    .addColumn('user_agent', 'text')
    .addColumn('doc', 'text', (column) => column.notNull())
    .addUniqueConstraint('security_events_pk', ['tenant_id', 'id'])
    .execute();
  await db.schema
    .createIndex('security_events_by_at')
    .on('security_events')
    .columns(['tenant_id', 'at', 'seq'])
    .execute();
  await db.schema
    .createIndex('security_events_by_type')
    .on('security_events')
    .columns(['tenant_id', 'type', 'at'])
    .execute();
}
