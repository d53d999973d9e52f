// Storage: who has which role, who is a member where, which roles a member has there. Pairs of ids whose ends exist:
// foreign keys remove a pair with either end, and a pair to something unknown is not written at all. Both ends are held
// while a pair is written: one that is being removed is then waited for and not found, instead of refused.

import { sql } from 'kysely';
import type { Desk } from '../columns.ts';
import { compiled, first, rows, type Work } from '../database.ts';
import type { OrganizationRecord, RoleRecord } from '../records.ts';
import type { Assignments, Change } from '../store.ts';
import { collectionColumns, fromRow } from './collection.ts';
import type { GroupAssignments } from './group-memberships.ts';
import type { GroupRoleAssignments } from './group-roles.ts';
import type { MemberLists } from './members-in-order.ts';
import { toUser, userColumns } from './user-row.ts';

export function createAssignments(
  desk: Desk,
): Omit<Assignments, GroupAssignments | GroupRoleAssignments | MemberLists> {
  const { build, hold, run, transact } = desk.db;
  const users = userColumns.map((column) => `users.${column}` as const);
  const roles = collectionColumns.map((column) => `roles.${column}` as const);
  const organizations = collectionColumns.map((column) => `organizations.${column}` as const);

  const ofUser = compiled((tenantId, userId) =>
    build
      .selectFrom('roles')
      .innerJoin('user_roles as held', (join) =>
        join.onRef('held.tenant_id', '=', 'roles.tenant_id').onRef('held.role_id', '=', 'roles.id'),
      )
      .select(roles)
      .where('held.tenant_id', '=', tenantId)
      .where('held.user_id', '=', userId)
      .orderBy('roles.seq'),
  );
  const ofMember = compiled((tenantId, organizationId, userId) =>
    build
      .selectFrom('roles')
      .innerJoin('member_roles as held', (join) =>
        join.onRef('held.tenant_id', '=', 'roles.tenant_id').onRef('held.role_id', '=', 'roles.id'),
      )
      .select(roles)
      .where('held.tenant_id', '=', tenantId)
      .where('held.organization_id', '=', organizationId)
      .where('held.user_id', '=', userId)
      .orderBy('roles.seq'),
  );

  return {
    async addRoles(tenantId, userId, roleIds) {
      if (roleIds.length === 0) return;
      await transact(function* () {
        yield build
          .insertInto('user_roles')
          .columns(['tenant_id', 'user_id', 'role_id'])
          .expression(
            hold(
              build
                .selectFrom('roles')
                .innerJoin('users', 'users.tenant_id', 'roles.tenant_id')
                .select(['users.tenant_id', 'users.id as user_id', 'roles.id as role_id'])
                .where('users.tenant_id', '=', tenantId)
                .where('users.id', '=', userId)
                .where('roles.id', 'in', roleIds),
            ),
          )
          .onConflict((conflict) => conflict.doNothing())
          .compile();
      });
    },

    async removeRoles(tenantId, userId, roleIds) {
      if (roleIds.length === 0) return;
      const pairs = build.deleteFrom('user_roles').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
      await run(() => rows(pairs.where('role_id', 'in', roleIds)));
    },

    async rolesOf(tenantId, userId, organizationId) {
      const query =
        organizationId === undefined ? ofUser(tenantId, userId) : ofMember(tenantId, organizationId, userId);
      const found = await run(() => rows(query));
      return found.map((row) => fromRow<RoleRecord>(desk, 'roles', row));
    },

    async usersOf(tenantId, roleId, page) {
      const holders = build
        .selectFrom('users')
        .innerJoin('user_roles as held', (join) =>
          join.onRef('held.tenant_id', '=', 'users.tenant_id').onRef('held.user_id', '=', 'users.id'),
        )
        .where('held.tenant_id', '=', tenantId)
        .where('held.role_id', '=', roleId)
        .where('users.linked_to', 'is', null);
      const query = holders.select(users).orderBy('users.seq').limit(page.limit).offset(page.offset);
      const count = holders.select((eb) => eb.fn.countAll<number>().as('total'));
      return {
        records: (await run(() => rows(query))).map(toUser),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },

    async addMembers(tenantId, organizationId, userIds) {
      if (userIds.length === 0) return;
      await transact(function* () {
        yield build
          .insertInto('members')
          .columns(['tenant_id', 'organization_id', 'user_id', 'joined_at'])
          .expression(
            hold(
              build
                .selectFrom('users')
                .innerJoin('organizations', 'organizations.tenant_id', 'users.tenant_id')
                .select(['users.tenant_id', 'organizations.id as organization_id', 'users.id as user_id'])
                .select(sql<number>`cast(${desk.now()} as bigint)`.as('joined_at'))
                .where('users.tenant_id', '=', tenantId)
                .where('organizations.id', '=', organizationId)
                .where('users.id', 'in', userIds)
                .orderBy('users.seq'),
            ),
          )
          .onConflict((conflict) => conflict.doNothing())
          .compile();
      });
    },

    async removeMembers(tenantId, organizationId, userIds) {
      if (userIds.length === 0) return;
      const pairs = build
        .deleteFrom('members')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId);
      await run(() => rows(pairs.where('user_id', 'in', userIds)));
    },

    async isMember(tenantId, organizationId, userId) {
      const query = build
        .selectFrom('members')
        .select('user_id')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId);
      return (await run(() => first(query))) !== undefined;
    },

    async membersOf(tenantId, organizationId, page) {
      const members = build
        .selectFrom('members')
        .innerJoin('users', (join) =>
          join.onRef('users.tenant_id', '=', 'members.tenant_id').onRef('users.id', '=', 'members.user_id'),
        )
        .where('members.tenant_id', '=', tenantId)
        .where('members.organization_id', '=', organizationId)
        .where('users.linked_to', 'is', null);
      const query = members.select(users).orderBy('members.seq').limit(page.limit).offset(page.offset);
      // By its index, without a look at every user: next to none of them is linked.
      const all = build
        .selectFrom('members')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId);
      const linked = build
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('users.tenant_id', '=', tenantId)
        .where('users.linked_to', 'is not', null)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('members')
              .select('members.seq')
              .where('members.tenant_id', '=', tenantId)
              .where('members.organization_id', '=', organizationId)
              .whereRef('members.user_id', '=', 'users.id'),
          ),
        );
      const [found, whole, less] = await Promise.all([
        run(() => rows(query)),
        run(() => first(all)),
        run(() => first(linked)),
      ]);
      return { records: found.map(toUser), total: (whole?.total ?? 0) - (less?.total ?? 0) };
    },

    async organizationsOf(tenantId, userId, page) {
      const memberships = build
        .selectFrom('members')
        .innerJoin('organizations', (join) =>
          join
            .onRef('organizations.tenant_id', '=', 'members.tenant_id')
            .onRef('organizations.id', '=', 'members.organization_id'),
        )
        .where('members.tenant_id', '=', tenantId)
        .where('members.user_id', '=', userId);
      const query = memberships.select(organizations).orderBy('members.seq').limit(page.limit).offset(page.offset);
      const count = memberships.select((eb) => eb.fn.countAll<number>().as('total'));
      const found = await run(() => rows(query));
      return {
        records: found.map((row) => fromRow<OrganizationRecord>(desk, 'organizations', row)),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },

    async addMemberRoles(tenantId, organizationId, userId, roleIds) {
      if (roleIds.length === 0) return;
      await transact(function* () {
        yield build
          .insertInto('member_roles')
          .columns(['tenant_id', 'organization_id', 'user_id', 'role_id'])
          .expression(
            hold(
              build
                .selectFrom('roles')
                .innerJoin('members', 'members.tenant_id', 'roles.tenant_id')
                .select(['members.tenant_id', 'members.organization_id', 'members.user_id', 'roles.id as role_id'])
                .where('members.tenant_id', '=', tenantId)
                .where('members.organization_id', '=', organizationId)
                .where('members.user_id', '=', userId)
                .where('roles.id', 'in', roleIds),
            ),
          )
          .onConflict((conflict) => conflict.doNothing())
          .compile();
      });
    },

    async removeMemberRoles(tenantId, organizationId, userId, roleIds) {
      if (roleIds.length === 0) return;
      const pairs = build
        .deleteFrom('member_roles')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId);
      await run(() => rows(pairs.where('role_id', 'in', roleIds)));
    },
  };
}

/** Foreign keys refuse a member of nothing; a role that was removed since the invitation is left out. */
export function* addMember({ db, now }: Desk, change: Extract<Change, { kind: 'member.add' }>): Work<boolean> {
  const { build, hold } = db;
  const member = { tenant_id: change.tenantId, organization_id: change.organizationId, user_id: change.userId };
  yield build
    .insertInto('members')
    .values({ ...member, joined_at: now() })
    .onConflict((conflict) => conflict.doNothing())
    .compile();
  // One by one and held: a role that is being removed is waited for and then not found, instead of refused.
  for (const roleId of change.roleIds) {
    const role = build
      .selectFrom('roles')
      .select('id')
      .where('tenant_id', '=', change.tenantId)
      .where('id', '=', roleId);
    if (!(yield* first(hold(role)))) continue;
    yield build
      .insertInto('member_roles')
      .values({ ...member, role_id: roleId })
      .onConflict((conflict) => conflict.doNothing())
      .compile();
  }
  return true;
}
