// Storage: the first schema. A migration that has been released never changes; the next one gets the next number.
// Every table but the two above the tenants begins its keys with the tenant, so no index crosses from one to another.
import type { CreateTableBuilder, Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

const COLLECTIONS = [
  'clients',
  'connections',
  'resource_servers',
  'client_grants',
  'roles',
  'organizations',
  'actions',
  'action_versions',
];

export async function initial(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = (name: string) => db.schema.createTable(name);
  const ordered = (name: string) =>
    dialect === 'sqlite'
      ? table(name).addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      : table(name).addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
  const index = (on: string, columns: string[]) =>
    db.schema
      .createIndex(`${on}_by_${columns.filter((column) => column !== 'tenant_id').join('_')}`)
      .on(on)
      .columns(columns);

  await text(table('root_keys'), 'id', 'sealed')
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('root_keys_pk', ['id'])
    .execute();
  await text(ordered('owners'), 'id', 'name').addColumn('created_at', 'bigint', required).execute();
  await index('owners', ['id']).unique().execute();
  await index('owners', ['name']).unique().execute();
  await text(ordered('tenants'), 'id', 'name', 'host', 'owner_id', 'doc').execute();
  for (const column of ['id', 'name', 'host']) await index('tenants', [column]).unique().execute();
  await index('tenants', ['owner_id']).execute();

  for (const name of COLLECTIONS) {
    const columns = maybeText(text(ordered(name), 'tenant_id', 'id', 'doc'), 'key', 'parent', 'sealed');
    await integers(columns, 'created_at', 'updated_at')
      .addUniqueConstraint(`${name}_pk`, ['tenant_id', 'id'])
      .execute();
    await index(name, ['tenant_id', 'key']).unique().execute();
    await index(name, ['tenant_id', 'parent']).execute();
  }

  const users = text(ordered('users'), 'tenant_id', 'id', 'connection', 'identities', 'user_metadata', 'app_metadata');
  const profile = ['email', 'username', 'phone_number', 'email_key', 'username_key', 'phone_key', 'name', 'nickname'];
  const more = ['given_name', 'family_name', 'picture', 'password_hash', 'last_ip'];
  await integers(
    maybeText(users, ...profile, ...more),
    'email_verified',
    'phone_verified',
    'blocked',
    'logins_count',
    'created_at',
    'updated_at',
  )
    .addColumn('password_changed_at', 'bigint')
    .addColumn('last_login_at', 'bigint')
    .addUniqueConstraint('users_pk', ['tenant_id', 'id'])
    .execute();
  for (const key of ['email_key', 'username_key', 'phone_key']) {
    await index('users', ['tenant_id', 'connection', key]).unique().execute();
  }
  await index('users', ['tenant_id', 'email_key']).execute();

  const authenticators = maybeText(
    text(ordered('authenticators'), 'tenant_id', 'id', 'user_id', 'type'),
    'name',
    'secret',
    'phone_number',
    'email',
    'preferred_method',
  );
  await integers(authenticators, 'confirmed', 'created_at')
    .addColumn('totp_step', 'bigint')
    .addColumn('enrolled_at', 'bigint')
    .addColumn('last_auth_at', 'bigint')
    .addUniqueConstraint('authenticators_pk', ['tenant_id', 'id'])
    .addForeignKeyConstraint('authenticators_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .execute();
  await index('authenticators', ['tenant_id', 'user_id']).execute();

  await text(table('user_roles'), 'tenant_id', 'user_id', 'role_id')
    .addPrimaryKeyConstraint('user_roles_pk', ['tenant_id', 'user_id', 'role_id'])
    .addForeignKeyConstraint('user_roles_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .addForeignKeyConstraint('user_roles_role', ['tenant_id', 'role_id'], 'roles', ['tenant_id', 'id'], cascade)
    .execute();
  await index('user_roles', ['tenant_id', 'role_id']).execute();
  await text(ordered('members'), 'tenant_id', 'organization_id', 'user_id')
    .addUniqueConstraint('members_pk', ['tenant_id', 'organization_id', 'user_id'])
    .addForeignKeyConstraint(
      'members_of',
      ['tenant_id', 'organization_id'],
      'organizations',
      ['tenant_id', 'id'],
      cascade,
    )
    .addForeignKeyConstraint('members_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .execute();
  await index('members', ['tenant_id', 'user_id']).execute();
  const membership = ['tenant_id', 'organization_id', 'user_id'];
  await text(table('member_roles'), 'tenant_id', 'organization_id', 'user_id', 'role_id')
    .addPrimaryKeyConstraint('member_roles_pk', ['tenant_id', 'organization_id', 'user_id', 'role_id'])
    .addForeignKeyConstraint('member_roles_member', membership, 'members', membership, cascade)
    .addForeignKeyConstraint('member_roles_role', ['tenant_id', 'role_id'], 'roles', ['tenant_id', 'id'], cascade)
    .execute();
  await index('member_roles', ['tenant_id', 'role_id']).execute();

  await integers(
    text(table('bindings'), 'tenant_id', 'id', 'trigger_id', 'action_id', 'display_name'),
    'position',
    'created_at',
    'updated_at',
  )
    .addPrimaryKeyConstraint('bindings_pk', ['tenant_id', 'id'])
    .execute();
  await index('bindings', ['tenant_id', 'trigger_id', 'position']).unique().execute();
  await index('bindings', ['tenant_id', 'action_id']).execute();

  await integers(
    text(ordered('signing_keys'), 'tenant_id', 'id', 'algorithm', 'private_jwk', 'public_jwk'),
    'created_at',
  )
    .addUniqueConstraint('signing_keys_pk', ['tenant_id', 'id'])
    .execute();

  await integers(text(table('transactions'), 'tenant_id', 'id', 'snapshot'), 'revision', 'expires_at')
    .addColumn('user_id', 'text')
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addPrimaryKeyConstraint('transactions_pk', ['tenant_id', 'id'])
    .execute();
  await index('transactions', ['tenant_id', 'user_id']).execute();
  await index('transactions', ['expires_at']).execute();
  await integers(text(table('handles'), 'tenant_id', 'kind', 'hash', 'target_id'), 'ask', 'expires_at')
    .addPrimaryKeyConstraint('handles_pk', ['tenant_id', 'kind', 'hash'])
    .execute();
  await index('handles', ['tenant_id', 'target_id']).execute();
  await index('handles', ['expires_at']).execute();
  await integers(
    text(table('sessions'), 'tenant_id', 'id', 'user_id', 'doc'),
    'created_at',
    'updated_at',
    'authenticated_at',
    'expires_at',
    'idle_expires_at',
  )
    .addPrimaryKeyConstraint('sessions_pk', ['tenant_id', 'id'])
    .execute();
  await index('sessions', ['tenant_id', 'user_id']).execute();
  await index('sessions', ['expires_at']).execute();
  await index('sessions', ['idle_expires_at']).execute();
  await integers(text(table('attempts'), 'tenant_id', 'key_hash'), 'tat')
    .addPrimaryKeyConstraint('attempts_pk', ['tenant_id', 'key_hash'])
    .execute();
  await index('attempts', ['tat']).execute();

  await integers(
    maybeText(
      text(ordered('messages'), 'tenant_id', 'id', 'channel', 'recipient', 'transaction_id', 'state'),
      'text',
      'code',
    ),
    'at',
    'expires_at',
  )
    .addUniqueConstraint('messages_pk', ['tenant_id', 'id'])
    .execute();
  await index('messages', ['state', 'seq']).execute();
  await index('messages', ['tenant_id', 'recipient']).execute();
  await index('messages', ['expires_at']).execute();

  await integers(maybeText(text(table('logs'), 'tenant_id', 'id', 'type', 'doc'), 'user_key', 'client_key'), 'at')
    .addPrimaryKeyConstraint('logs_pk', ['tenant_id', 'id'])
    .execute();
  for (const column of ['type', 'user_key', 'client_key']) await index('logs', ['tenant_id', column, 'id']).execute();
}

type Builder = CreateTableBuilder<string, string>;

const required = (column: Parameters<NonNullable<Parameters<Builder['addColumn']>[2]>>[0]) => column.notNull();
const cascade = (key: Parameters<NonNullable<Parameters<Builder['addForeignKeyConstraint']>[4]>>[0]) =>
  key.onDelete('cascade');

function text(builder: Builder, ...columns: string[]): Builder {
  return columns.reduce((built, column) => built.addColumn(column, 'text', required), builder);
}

function maybeText(builder: Builder, ...columns: string[]): Builder {
  return columns.reduce((built, column) => built.addColumn(column, 'text'), builder);
}

/** Integers of 64 bits that are always there: times, counters and flags. */
function integers(builder: Builder, ...columns: string[]): Builder {
  return columns.reduce((built, column) => built.addColumn(column, 'bigint', required), builder);
}
