// Storage: who belongs to which group, and since when. As with the other assignments, foreign keys remove a membership
// with either end, one of something unknown is not written at all, and ends are held while one is written.
import { sql } from 'kysely';
import type { Desk } from '../columns.ts';
import { first, rows } from '../database.ts';
import type { GroupRecord } from '../records.ts';
import type { Assignments } from '../store.ts';
import { collectionColumns, fromRow } from './collection.ts';
import { toUser, userColumns } from './user-row.ts';

/** The assignments that are about groups. */
export type GroupAssignments = 'addToGroup' | 'removeFromGroup' | 'groupsOf' | 'inGroup';

export function createGroupMemberships(desk: Desk): Pick<Assignments, GroupAssignments> {
  const { build, hold, run, transact } = desk.db;
  const users = userColumns.map((column) => `users.${column}` as const);
  const groups = collectionColumns.map((column) => `groups.${column}` as const);

  return {
    async addToGroup(tenantId, groupId, userIds, at) {
      if (userIds.length === 0) return;
      const query = build
        .insertInto('group_members')
        .columns(['tenant_id', 'group_id', 'user_id', 'joined_at'])
        .expression(
          hold(
            build
              .selectFrom('users')
              .innerJoin('groups', 'groups.tenant_id', 'users.tenant_id')
              .select(['users.tenant_id', 'groups.id as group_id', 'users.id as user_id'])
              .select(sql<number>`cast(${at} as bigint)`.as('joined_at'))
              .where('users.tenant_id', '=', tenantId)
              .where('groups.id', '=', groupId)
              .where('users.id', 'in', userIds)
              .orderBy('users.seq'),
          ),
        )
        .onConflict((conflict) => conflict.doNothing());
      await transact(() => rows(query));
    },

    async removeFromGroup(tenantId, groupId, userIds) {
      if (userIds.length === 0) return;
      const pairs = build.deleteFrom('group_members').where('tenant_id', '=', tenantId).where('group_id', '=', groupId);
      await run(() => rows(pairs.where('user_id', 'in', userIds)));
    },

    async groupsOf(tenantId, userId, page) {
      const held = build
        .selectFrom('group_members')
        .innerJoin('groups', (join) =>
          join
            .onRef('groups.tenant_id', '=', 'group_members.tenant_id')
            .onRef('groups.id', '=', 'group_members.group_id'),
        )
        .where('group_members.tenant_id', '=', tenantId)
        .where('group_members.user_id', '=', userId);
      const query = held
        .select([...groups, 'group_members.joined_at'])
        .orderBy('groups.seq')
        .limit(page.limit)
        .offset(page.offset);
      const count = held.select((eb) => eb.fn.countAll<number>().as('total'));
      const found = await run(() => rows(query));
      const records = found.map((row) => ({
        group: fromRow<GroupRecord>(desk, 'groups', row),
        joinedAt: row.joined_at,
      }));
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },

    async inGroup(tenantId, groupId, page) {
      const members = build
        .selectFrom('group_members')
        .innerJoin('users', (join) =>
          join.onRef('users.tenant_id', '=', 'group_members.tenant_id').onRef('users.id', '=', 'group_members.user_id'),
        )
        .where('group_members.tenant_id', '=', tenantId)
        .where('group_members.group_id', '=', groupId)
        .where('users.linked_to', 'is', null);
      const query = members.select(users).orderBy('group_members.seq').limit(page.limit).offset(page.offset);
      const count = members.select((eb) => eb.fn.countAll<number>().as('total'));
      return {
        records: (await run(() => rows(query))).map(toUser),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },
  };
}
