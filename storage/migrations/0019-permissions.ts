// Storage: the nineteenth schema: permissions of roles and people as rows that go with the scope's API, roles of groups, and
// what belongs to an organization beside its members: client grants, clients and domains. Long lists get an index in the
// order they are shown in.
import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import { indexed } from '../columns.ts';
import type { Dialect } from './dialect.ts';

export async function permissions(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = (name: string, ...texts: string[]) => {
    const empty = db.schema.createTable(name);
    const ordered: CreateTableBuilder<string, string> =
      dialect === 'sqlite'
        ? empty.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
        : empty.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
    return ['tenant_id', ...texts].reduce(
      (built, column) => built.addColumn(column, 'text', (of) => of.notNull()),
      ordered,
    );
  };
  const index = (on: string, ...columns: string[]) =>
    db.schema
      .createIndex(`${on}_by_${columns.join('_')}`)
      .on(on)
      .columns(['tenant_id', ...columns]);
  /** Pairs of two things: with either end the pair goes. `more`: what else tells one pair from another. */
  const pairs = async (
    name: string,
    [one, ones]: [string, string],
    [other, others]: [string, string],
    ...more: string[]
  ) => {
    await table(name, one, other, ...more)
      .addUniqueConstraint(`${name}_pk`, ['tenant_id', one, other, ...more])
      .addForeignKeyConstraint(`${name}_of`, ['tenant_id', one], ones, ['tenant_id', 'id'], (key) =>
        key.onDelete('cascade'),
      )
      .addForeignKeyConstraint(`${name}_to`, ['tenant_id', other], others, ['tenant_id', 'id'], (key) =>
        key.onDelete('cascade'),
      )
      .execute();
    await index(name, other).execute();
  };

  await pairs('role_permissions', ['role_id', 'roles'], ['api_id', 'resource_servers'], 'scope');
  await pairs('user_permissions', ['user_id', 'users'], ['api_id', 'resource_servers'], 'scope');
  // `organization_id`: where the group has the role; empty: everywhere outside of organizations.
  await pairs('group_roles', ['group_id', 'groups'], ['role_id', 'roles'], 'organization_id');
  await index('group_roles', 'organization_id').execute();
  await pairs('organization_grants', ['organization_id', 'organizations'], ['grant_id', 'client_grants']);
  await pairs('organization_clients', ['organization_id', 'organizations'], ['client_id', 'clients']);
  await db.schema
    .alterTable('organization_clients')
    .addColumn('member_access', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();

  await table('discovery_domains', 'id', 'key', 'parent', 'doc')
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('discovery_domains_pk', ['tenant_id', 'id'])
    .addForeignKeyConstraint(
      'discovery_domains_of',
      ['tenant_id', 'parent'],
      'organizations',
      ['tenant_id', 'id'],
      (key) => key.onDelete('cascade'),
    )
    .execute();
  await index('discovery_domains', 'key').unique().execute();
  await index('discovery_domains', 'parent').execute();

  await db.schema
    .alterTable('members')
    .addColumn('joined_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await index('members', 'organization_id', 'seq').execute();
  for (const family of ['organizations', 'roles', 'client_grants', 'resource_servers']) {
    await index(family, 'seq').execute();
  }
  await moveOutOfRoles(db);
  await tellGrantsApart(db);
}

type Row = { tenant_id: string; id: string; doc: string };

/** Permissions stood in the documents of roles, under the API's identifier. */
async function moveOutOfRoles(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<Row>`select tenant_id, id, doc from roles where doc like '%"permissions"%'`.execute(db);
  for (const { tenant_id: tenantId, id, doc } of rows) {
    const { permissions: held = [], ...rest } = JSON.parse(doc) as {
      permissions?: { audience: string; scope: string }[];
    };
    for (const { audience, scope } of held) {
      await sql`insert into role_permissions (tenant_id, role_id, api_id, scope)
        select tenant_id, ${id}, id, ${scope} from resource_servers
        where tenant_id = ${tenantId} and key = ${indexed(audience)}
        on conflict do nothing`.execute(db);
    }
    await sql`update roles set doc = ${JSON.stringify(rest)} where tenant_id = ${tenantId} and id = ${id}`.execute(db);
  }
}

/** A client may have two grants for one API since: one for itself, one for people. */
async function tellGrantsApart(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<Row>`select tenant_id, id, doc from client_grants`.execute(db);
  for (const { tenant_id: tenantId, id, doc } of rows) {
    const { clientId, audience, settings } = JSON.parse(doc) as {
      clientId: string;
      audience: string;
      settings: { subject_type?: unknown };
    };
    if (settings.subject_type !== 'user') continue;
    const key = indexed(`user\n${clientId} ${audience}`);
    await sql`update client_grants set key = ${key} where tenant_id = ${tenantId} and id = ${id}`.execute(db);
  }
}
