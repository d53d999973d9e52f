// Storage: the fifth schema: what the protocol layer remembers. Refresh tokens, tickets, consents, clients to be told of
// a logout, and keys that may be used once. What belongs to a user or to a client leaves with its row, by foreign keys.
import type { CreateTableBuilder, Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';

export async function protocol(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = (name: string) => db.schema.createTable(name);
  const index = (on: string, ...columns: string[]) =>
    db.schema
      .createIndex(`${on}_by_${columns.filter((column) => column !== 'tenant_id').join('_')}`)
      .on(on)
      .columns(columns)
      .execute();

  await times(text(table('refresh_tokens'), 'tenant_id', 'id', 'user_id', 'client_id', 'audience_key', 'doc'))
    .addColumn('session_id', 'text')
    .addColumn('generation', 'bigint', required)
    .addColumn('expires_at', 'bigint')
    .addColumn('idle_expires_at', 'bigint')
    .addPrimaryKeyConstraint('refresh_tokens_pk', ['tenant_id', 'id'])
    .addForeignKeyConstraint('refresh_tokens_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .addForeignKeyConstraint('refresh_tokens_to', ['tenant_id', 'client_id'], 'clients', ['tenant_id', 'id'], cascade)
    .execute();
  await index('refresh_tokens', 'tenant_id', 'user_id', 'client_id');
  await index('refresh_tokens', 'tenant_id', 'client_id');
  await index('refresh_tokens', 'expires_at');
  await index('refresh_tokens', 'idle_expires_at');

  await text(table('tickets'), 'tenant_id', 'id', 'kind', 'content')
    .addColumn('revision', 'bigint', required)
    .addColumn('user_id', 'text')
    .addColumn('created_at', 'bigint', required)
    .addColumn('expires_at', 'bigint', required)
    .addPrimaryKeyConstraint('tickets_pk', ['tenant_id', 'id'])
    .addForeignKeyConstraint('tickets_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .execute();
  await index('tickets', 'tenant_id', 'user_id');
  await index('tickets', 'expires_at');

  const consent = ['tenant_id', 'user_id', 'client_id', 'audience_key'];
  await times(text(ordered(db, dialect, 'consents'), 'id', ...consent, 'audience', 'scope'))
    .addUniqueConstraint('consents_pk', ['tenant_id', 'id'])
    .addUniqueConstraint('consents_once', consent)
    .addForeignKeyConstraint('consents_user', ['tenant_id', 'user_id'], 'users', ['tenant_id', 'id'], cascade)
    .addForeignKeyConstraint('consents_to', ['tenant_id', 'client_id'], 'clients', ['tenant_id', 'id'], cascade)
    .execute();
  await index('consents', 'tenant_id', 'client_id');

  await text(table('logout_notices'), 'tenant_id', 'id', 'client_id', 'user_id', 'session_id')
    .addColumn('tries', 'bigint', required)
    .addColumn('due_at', 'bigint', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('expires_at', 'bigint', required)
    .addPrimaryKeyConstraint('logout_notices_pk', ['tenant_id', 'id'])
    .execute();
  await index('logout_notices', 'due_at');
  await index('logout_notices', 'expires_at');

  await text(table('seen'), 'tenant_id', 'key_hash')
    .addColumn('expires_at', 'bigint', required)
    .addPrimaryKeyConstraint('seen_pk', ['tenant_id', 'key_hash'])
    .execute();
  await index('seen', 'expires_at');
}

type Builder = CreateTableBuilder<string, string>;

const required = (column: Parameters<NonNullable<Parameters<Builder['addColumn']>[2]>>[0]) => column.notNull();
const cascade = (key: Parameters<NonNullable<Parameters<Builder['addForeignKeyConstraint']>[4]>>[0]) =>
  key.onDelete('cascade');

function text(builder: Builder, ...columns: string[]): Builder {
  return columns.reduce((built, column) => built.addColumn(column, 'text', required), builder);
}

function times(builder: Builder): Builder {
  return builder.addColumn('created_at', 'bigint', required).addColumn('updated_at', 'bigint', required);
}

/** A table with its order of creation. */
function ordered(db: Kysely<unknown>, dialect: Dialect, name: string): Builder {
  const table = db.schema.createTable(name);
  return dialect === 'sqlite'
    ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
}
