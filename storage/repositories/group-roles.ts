// Storage: which roles a group has, in an organization or outside of all, and which ones a person has in effect: their own
// and those of their groups.
import { type SelectQueryBuilder, sql } from 'kysely';
import { type Desk, indexed } from '../columns.ts';
import { compiled, type Database, first, rows, type Work } from '../database.ts';
import type { GroupRecord, RoleRecord } from '../records.ts';
import type { Assignments } from '../store.ts';
import { collectionColumns, fromRow } from './collection.ts';

/** The assignments that are about roles of groups. */
export type GroupRoleAssignments =
  | 'addGroupRoles'
  | 'removeGroupRoles'
  | 'rolesOfGroup'
  | 'groupsWithRole'
  | 'effectiveRolesOf';

/** Stands for: outside of all organizations. */
const NOWHERE = '';

export function createGroupRoles(desk: Desk): Pick<Assignments, GroupRoleAssignments> {
  const { build, hold, run, transact } = desk.db;
  const roles = collectionColumns.map((column) => `roles.${column}` as const);
  const groups = collectionColumns.map((column) => `groups.${column}` as const);

  const byGroup = (tenantId: string, userId: string, organizationId: string) =>
    build
      .selectFrom('group_members as joined')
      .innerJoin('group_roles as given', (join) =>
        join.onRef('given.tenant_id', '=', 'joined.tenant_id').onRef('given.group_id', '=', 'joined.group_id'),
      )
      .select('given.role_id')
      .where('joined.tenant_id', '=', tenantId)
      .where('joined.user_id', '=', userId)
      .where('given.organization_id', '=', organizationId);
  const those = (tenantId: string, held: SelectQueryBuilder<never, never, { role_id: string }>) =>
    build
      .selectFrom('roles')
      .select(roles)
      .where('roles.tenant_id', '=', tenantId)
      .where('roles.id', 'in', held as never)
      .orderBy('roles.seq');

  const ofUser = compiled((tenantId, userId) =>
    those(
      tenantId,
      build
        .selectFrom('user_roles')
        .select('role_id')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .union(byGroup(tenantId, userId, NOWHERE)) as never,
    ),
  );
  const ofMember = compiled((tenantId, organizationId, userId) =>
    those(
      tenantId,
      build
        .selectFrom('member_roles')
        .select('role_id')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .union(
          byGroup(tenantId, userId, organizationId)
            // Who has left the organization has nothing there, whatever group they are in.
            .where((eb) =>
              eb.exists(
                eb
                  .selectFrom('members')
                  .select('members.seq')
                  .where('members.tenant_id', '=', tenantId)
                  .where('members.organization_id', '=', organizationId)
                  .where('members.user_id', '=', userId),
              ),
            ),
        ) as never,
    ),
  );

  return {
    async addGroupRoles(tenantId, groupIds, roleIds, organizationId = NOWHERE) {
      if (groupIds.length === 0 || roleIds.length === 0) return;
      const query = build
        .insertInto('group_roles')
        .columns(['tenant_id', 'group_id', 'role_id', 'organization_id'])
        .expression(
          hold(
            build
              .selectFrom('roles')
              .innerJoin('groups', 'groups.tenant_id', 'roles.tenant_id')
              .select(['roles.tenant_id', 'groups.id as group_id', 'roles.id as role_id'])
              .select(sql<string>`cast(${organizationId} as text)`.as('organization_id'))
              .where('roles.tenant_id', '=', tenantId)
              .where('roles.id', 'in', [...roleIds])
              .where('groups.id', 'in', [...groupIds]),
          ),
        )
        .onConflict((conflict) => conflict.doNothing());
      await transact(() => rows(query));
    },

    async removeGroupRoles(tenantId, groupIds, roleIds, organizationId = NOWHERE) {
      if (groupIds.length === 0 || roleIds.length === 0) return;
      const pairs = build
        .deleteFrom('group_roles')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('group_id', 'in', [...groupIds])
        .where('role_id', 'in', [...roleIds]);
      await run(() => rows(pairs));
    },

    async rolesOfGroup(tenantId, groupId, organizationId = NOWHERE) {
      const query = build
        .selectFrom('roles')
        .innerJoin('group_roles as given', (join) =>
          join.onRef('given.tenant_id', '=', 'roles.tenant_id').onRef('given.role_id', '=', 'roles.id'),
        )
        .select(roles)
        .where('given.tenant_id', '=', tenantId)
        .where('given.group_id', '=', groupId)
        .where('given.organization_id', '=', organizationId)
        .orderBy('roles.seq');
      const found = await run(() => rows(query));
      return found.map((row) => fromRow<RoleRecord>(desk, 'roles', row));
    },

    async groupsWithRole(tenantId, roleId, page, organizationId = NOWHERE) {
      const held = build
        .selectFrom('groups')
        .innerJoin('group_roles as given', (join) =>
          join.onRef('given.tenant_id', '=', 'groups.tenant_id').onRef('given.group_id', '=', 'groups.id'),
        )
        .where('given.tenant_id', '=', tenantId)
        .where('given.role_id', '=', roleId)
        .where('given.organization_id', '=', organizationId);
      const query = held.select(groups).orderBy('given.seq').limit(page.limit).offset(page.offset);
      const count = held.select((eb) => eb.fn.countAll<number>().as('total'));
      const found = await run(() => rows(query));
      return {
        records: found.map((row) => fromRow<GroupRecord>(desk, 'groups', row)),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },

    async effectiveRolesOf(tenantId, userId, organizationId) {
      const query =
        organizationId === undefined ? ofUser(tenantId, userId) : ofMember(tenantId, organizationId, userId);
      const found = await run(() => rows(query));
      return found.map((row) => fromRow<RoleRecord>(desk, 'roles', row));
    },
  };
}

/** The roles of an organization, and what groups have there, go with it. */
export function* removeOwnRoles({ build }: Database, tenantId: string, organizationId: string): Work<void> {
  yield build
    .deleteFrom('group_roles')
    .where('tenant_id', '=', tenantId)
    .where('organization_id', '=', organizationId)
    .compile();
  yield build
    .deleteFrom('roles')
    .where('tenant_id', '=', tenantId)
    .where('parent', '=', indexed(organizationId))
    .compile();
}
