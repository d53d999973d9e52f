// Management: who is in a group, and in which groups somebody is.
import { z } from 'zod';
import type { GroupRecord } from '#storage/records.ts';
import { empty, invalidBody, NOT_FOUND } from './answer.ts';
import { idList, iso, optional } from './fields.ts';
import { findUser, unknownUser } from './find-user.ts';
import { membershipShape, showGroup } from './groups.ts';
import { listing } from './listing.ts';
import { NOTHING, type Route, route } from './route.ts';

const PATH = '/groups/:id/members';
const memberShape = z
  .strictObject({
    id: z.string(),
    member_type: z.literal('user'),
    type: z.enum(['connection', 'organization', 'tenant']),
    connection_id: z.string().optional(),
  })
  .meta({ id: 'GroupMember' });

const MEMBERS = listing('members', memberShape, { paging: 'take', fields: true });
const MEMBERSHIPS = listing('groups', membershipShape, { paging: 'take', fields: true });

const members = z.strictObject({ members: idList });

export const groupMemberRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:group_members'],
    summary: 'List the members of a group',
    query: z.strictObject(MEMBERS.query),
    answers: MEMBERS.answers,
    async handle({ deps, tenant, param, query }) {
      const group = await deps.store.groups.find(tenant.id, param('id'));
      if (!group) return NOT_FOUND.group;
      return MEMBERS.answer(query, {
        read: (page) => deps.store.assignments.inGroup(tenant.id, group.id, page),
        show: (user) => ({
          id: user.id,
          member_type: 'user',
          type: kindOf(group),
          ...optional('connection_id', group.connectionId),
        }),
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:group_members'],
    summary: 'Add users to a group',
    answers: { 204: NOTHING },
    body: members,
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.groups.find(tenant.id, param('id')))) return NOT_FOUND.group;
      const unknown = await unknownUser(deps.store, tenant.id, body.members);
      if (unknown !== undefined) return invalidBody(`The user "${unknown}" does not exist.`);
      await deps.store.assignments.addToGroup(tenant.id, param('id'), body.members, deps.clock.now());
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: PATH,
    scopes: ['delete:group_members'],
    summary: 'Remove users from a group',
    answers: { 204: NOTHING },
    body: members,
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.groups.find(tenant.id, param('id')))) return NOT_FOUND.group;
      await deps.store.assignments.removeFromGroup(tenant.id, param('id'), body.members);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/users/:id/groups',
    scopes: ['read:groups'],
    summary: 'List the groups of a user',
    query: z.strictObject(MEMBERSHIPS.query),
    answers: MEMBERSHIPS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      return MEMBERSHIPS.answer(query, {
        read: (page) => deps.store.assignments.groupsOf(tenant.id, param('id'), page),
        show: ({ group, joinedAt }) => ({ ...showGroup(group, tenant), membership_created_at: iso(joinedAt) }),
      });
    },
  }),
];

function kindOf(group: GroupRecord): 'connection' | 'organization' | 'tenant' {
  if (group.connectionId !== undefined) return 'connection';
  return group.organizationId === undefined ? 'tenant' : 'organization';
}
