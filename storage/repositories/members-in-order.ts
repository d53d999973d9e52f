// Storage: members of an organization as lists show them: in the order in which they joined, from any place in it, and those
// who have a role there.
import type { Desk } from '../columns.ts';
import { first, rows } from '../database.ts';
import type { Assignments } from '../store.ts';
import { toUser, userColumns } from './user-row.ts';

/** The assignments that are lists of members. */
export type MemberLists = 'membersBehind' | 'membersWithRole';

export function createMembersInOrder(desk: Desk): Pick<Assignments, MemberLists> {
  const { build, run } = desk.db;
  const users = userColumns.map((column) => `users.${column}` as const);

  const membersOf = (tenantId: string, organizationId: string) =>
    build
      .selectFrom('members')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant_id', '=', 'members.tenant_id').onRef('users.id', '=', 'members.user_id'),
      )
      .where('members.tenant_id', '=', tenantId)
      .where('members.organization_id', '=', organizationId)
      .where('users.linked_to', 'is', null);

  return {
    async membersBehind(tenantId, organizationId, { place, since }, limit) {
      let query = membersOf(tenantId, organizationId)
        .select([...users, 'members.seq', 'members.joined_at'])
        .orderBy('members.seq')
        .limit(limit);
      if (place !== undefined) query = query.where('members.seq', '>', place);
      if (since !== undefined) query = query.where('members.joined_at', '>', since);
      const found = await run(() => rows(query));
      return found.map((row) => ({ user: toUser(row), place: row.seq, joinedAt: row.joined_at }));
    },

    async membersWithRole(tenantId, organizationId, roleId, page) {
      const holders = membersOf(tenantId, organizationId)
        .innerJoin('member_roles as held', (join) =>
          join
            .onRef('held.tenant_id', '=', 'members.tenant_id')
            .onRef('held.organization_id', '=', 'members.organization_id')
            .onRef('held.user_id', '=', 'members.user_id'),
        )
        .where('held.role_id', '=', roleId);
      const query = holders.select(users).orderBy('members.seq').limit(page.limit).offset(page.offset);
      const count = holders.select((eb) => eb.fn.countAll<number>().as('total'));
      return {
        records: (await run(() => rows(query))).map(toUser),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },
  };
}
