// Storage: permissions: scopes of APIs that roles and people have. Foreign keys take them away with the role, the person and
// the API; one of something unknown is not written at all.
import { sql } from 'kysely';
import type { Desk } from '../columns.ts';
import { rows } from '../database.ts';
import type { Permission, Permissions } from '../store.ts';

/** Who has permissions: the table, its column, and the table of the holder. */
const HOLDERS = {
  role: { table: 'role_permissions', holder: 'role_id', of: 'roles' },
  user: { table: 'user_permissions', holder: 'user_id', of: 'users' },
} as const;

export function createPermissions(desk: Desk): Permissions {
  const { build, hold, run, transact } = desk.db;

  const adds =
    (kind: keyof typeof HOLDERS) =>
    async (tenantId: string, id: string, permissions: readonly Permission[]): Promise<void> => {
      const { table, holder, of } = HOLDERS[kind];
      await transact(function* () {
        for (const { apiId, scope } of permissions) {
          const { ref } = build.dynamic;
          const both = build
            .selectFrom([`${of} as holder` as 'roles as holder', 'resource_servers as api'])
            .select(['holder.tenant_id', sql<string>`holder.id`.as('holder_id'), sql<string>`api.id`.as('api_id')])
            .select(sql<string>`cast(${scope} as text)`.as('scope'))
            .where('holder.tenant_id', '=', tenantId)
            .where('holder.id', '=', id)
            .where('api.tenant_id', '=', tenantId)
            .where('api.id', '=', apiId);
          yield build
            .insertInto(table as 'role_permissions')
            .columns(['tenant_id', ref(holder).dynamicReference as 'role_id', 'api_id', 'scope'])
            .expression(hold(both))
            .onConflict((conflict) => conflict.doNothing())
            .compile();
        }
      });
    };

  const removes =
    (kind: keyof typeof HOLDERS) =>
    async (tenantId: string, id: string, permissions: readonly Permission[]): Promise<void> => {
      const { table, holder } = HOLDERS[kind];
      await transact(function* () {
        for (const { apiId, scope } of permissions) {
          yield build
            .deleteFrom(table as 'role_permissions')
            .where('tenant_id', '=', tenantId)
            .where(holder as 'role_id', '=', id)
            .where('api_id', '=', apiId)
            .where('scope', '=', scope)
            .compile();
        }
      });
    };

  return {
    addToRole: adds('role'),
    removeFromRole: removes('role'),
    addToUser: adds('user'),
    removeFromUser: removes('user'),

    async ofRole(tenantId, roleId) {
      const query = build
        .selectFrom('role_permissions')
        .select(['api_id as apiId', 'scope'])
        .where('tenant_id', '=', tenantId)
        .where('role_id', '=', roleId)
        .orderBy('seq');
      return run(() => rows(query));
    },

    async ofUser(tenantId, userId) {
      const direct = build
        .selectFrom('user_permissions')
        .select(['api_id as apiId', 'scope'])
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .orderBy('seq');
      const byRole = build
        .selectFrom('user_roles as held')
        .innerJoin('role_permissions as given', (join) =>
          join.onRef('given.tenant_id', '=', 'held.tenant_id').onRef('given.role_id', '=', 'held.role_id'),
        )
        .select(['given.api_id as apiId', 'given.scope as scope', 'held.role_id as roleId'])
        .where('held.tenant_id', '=', tenantId)
        .where('held.user_id', '=', userId)
        .orderBy('given.seq');
      return [...(await run(() => rows(direct))), ...(await run(() => rows(byRole)))];
    },

    async reaching(tenantId, apiId, userId, roleIds) {
      const direct = build
        .selectFrom('user_permissions')
        .select('scope')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('api_id', '=', apiId);
      const byRole = build
        .selectFrom('role_permissions')
        .select('scope')
        .where('tenant_id', '=', tenantId)
        // A list that is empty is no SQL.
        .where('role_id', 'in', roleIds.length > 0 ? [...roleIds] : [''])
        .where('api_id', '=', apiId);
      const found = await run(() => rows(direct.union(byRole)));
      return found.map(({ scope }) => scope);
    },

    async keepOnly(tenantId, apiId, scopes) {
      await transact(function* () {
        for (const table of ['role_permissions', 'user_permissions'] as const) {
          const all = build
            .deleteFrom(table as 'role_permissions')
            .where('tenant_id', '=', tenantId)
            .where('api_id', '=', apiId);
          yield (scopes.length > 0 ? all.where('scope', 'not in', [...scopes]) : all).compile();
        }
      });
    },
  };
}
