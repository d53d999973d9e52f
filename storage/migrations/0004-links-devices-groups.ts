// Storage: the fourth schema: accounts linked to others, browsers that people are known by, groups and forms. What
// belongs to a user leaves with its row, by foreign keys; a link is removed by the repository, which knows what else goes.
import type { CreateTableBuilder, Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function linksDevicesAndGroups(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const index = (on: string, ...columns: string[]) =>
    db.schema
      .createIndex(`${on}_by_${columns.filter((column) => column !== 'tenant_id').join('_')}`)
      .on(on)
      .columns(columns)
      .execute();

  for (const column of ['linked_to', 'attributes']) {
    await db.schema.alterTable('users').addColumn(column, 'text').execute();
  }
  await index('users', 'tenant_id', 'linked_to');

  await text(db.schema.createTable('login_devices'), 'tenant_id', 'user_id', 'device', 'agent_hash', 'user_agent', 'ip')
    .addColumn('location', 'text')
    .addColumn('first_seen_at', 'bigint', required)
    .addColumn('seen_at', 'bigint', required)
    .addPrimaryKeyConstraint('login_devices_pk', ['tenant_id', 'user_id', 'device', 'agent_hash'])
    .addForeignKeyConstraint('login_devices_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .execute();
  await index('login_devices', 'tenant_id', 'user_id', 'seen_at');
  await index('login_devices', 'seen_at');

  await text(db.schema.createTable('remembered_browsers'), 'tenant_id', 'user_id', 'device')
    .addColumn('renewed_at', 'bigint', required)
    .addColumn('seen_at', 'bigint', required)
    .addPrimaryKeyConstraint('remembered_browsers_pk', ['tenant_id', 'user_id', 'device'])
    .addForeignKeyConstraint('remembered_by', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .execute();
  await index('remembered_browsers', 'renewed_at');

  for (const name of ['groups', 'forms']) {
    await text(ordered(db, dialect, name), 'tenant_id', 'id', 'doc')
      .addColumn('key', 'text')
      .addColumn('parent', 'text')
      .addColumn('sealed', 'text')
      .addColumn('created_at', 'bigint', required)
      .addColumn('updated_at', 'bigint', required)
      .addUniqueConstraint(`${name}_pk`, ['tenant_id', 'id'])
      .execute();
  }
  await index('groups', 'tenant_id', 'parent');
  await text(ordered(db, dialect, 'group_members'), 'tenant_id', 'group_id', 'user_id')
    .addColumn('joined_at', 'bigint', required)
    .addUniqueConstraint('group_members_pk', ['tenant_id', 'group_id', 'user_id'])
    .addForeignKeyConstraint('group_members_of', ['tenant_id', 'group_id'], 'groups', ['tenant_id', 'id'], cascade)
    .addForeignKeyConstraint('group_members_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .execute();
  await index('group_members', 'tenant_id', 'user_id');
}

type Builder = CreateTableBuilder<string, string>;

const required = (column: Parameters<NonNullable<Parameters<Builder['addColumn']>[2]>>[0]) => column.notNull();
const cascade = (key: Parameters<NonNullable<Parameters<Builder['addForeignKeyConstraint']>[4]>>[0]) =>
  key.onDelete('cascade');

function text(builder: Builder, ...columns: string[]): Builder {
  return columns.reduce((built, column) => built.addColumn(column, 'text', required), builder);
}

/** A table with its order of creation. */
function ordered(db: Kysely<unknown>, dialect: Dialect, name: string): Builder {
  const table = db.schema.createTable(name);
  return dialect === 'sqlite'
    ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
}
