// Storage: the tenth schema: public key credentials and devices as factors, the sign-ins that devices are asked to approve,
// and two more configuration families, what pages are made of and who sends messages.
import { type Kysely, sql } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function factorsAndPages(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const alter = () => db.schema.alterTable('authenticators');
  await alter().addColumn('detail', 'text').execute();
  await alter().addColumn('credential_id', 'text').execute();
  await alter().addColumn('counter', 'bigint').execute();
  await db.schema
    .createIndex('authenticators_by_credential_id')
    .on('authenticators')
    .columns(['tenant_id', 'credential_id'])
    .unique()
    .execute();
  // For the sweep: next to no authenticator is in it.
  await db.schema
    .createIndex('authenticators_unconfirmed')
    .on('authenticators')
    .column('created_at')
    .where(sql<boolean>`confirmed = 0`)
    .execute();

  await db.schema
    .createTable('push_requests')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('device_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('answered_at', 'bigint')
    .addPrimaryKeyConstraint('push_requests_pk', ['tenant_id', 'id'])
    .addForeignKeyConstraint(
      'push_requests_device',
      ['tenant_id', 'device_id'],
      'authenticators',
      ['tenant_id', 'id'],
      (key) => key.onDelete('cascade'),
    )
    .execute();
  const requestsBy = (name: string, columns: string[]) =>
    db.schema.createIndex(`push_requests_by_${name}`).on('push_requests').columns(columns).execute();
  await requestsBy('device_id', ['tenant_id', 'device_id', 'expires_at']);
  await requestsBy('user_id', ['tenant_id', 'user_id']);
  await requestsBy('expires_at', ['expires_at']);

  for (const name of ['pages', 'providers']) {
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
