// Management: roles of groups: whoever is in the group has the role, in every login outside of organizations or in those of
// one organization. What a role administers counts only where somebody has it themselves.
import { z } from 'zod';
import { empty, invalidBody, NOT_FOUND, type Refusal } from './answer.ts';
import { idList } from './fields.ts';
import { groupShape, showGroup } from './groups.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import { refuseOwned, roleShape, showRole } from './roles.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { memberShape, showMember } from './show-user.ts';
import { unknownRole } from './user-relations.ts';

const GROUPS = listing('groups', groupShape, { paging: 'take' });
const ROLES = listing('roles', roleShape, { paging: 'take' });
const MEMBERS = listing('members', memberShape, { paging: 'take', fields: true });

const groupIds = z.strictObject({ groups: idList });
const roleIds = z.strictObject({ roles: idList });

const OF_ROLE = '/roles/:id/groups';
const OF_GROUP = '/organizations/:id/groups/:group/roles';

export const roleGroupRoutes: Route[] = [
  route({
    method: 'GET',
    path: OF_ROLE,
    scopes: ['read:group_roles'],
    summary: 'List the groups that have a role',
    query: z.strictObject(GROUPS.query),
    answers: GROUPS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.roles.find(tenant.id, param('id')))) return NOT_FOUND.role;
      return GROUPS.answer(query, {
        read: (page) => deps.store.assignments.groupsWithRole(tenant.id, param('id'), page),
        show: (group) => showGroup(group, tenant),
      });
    },
  }),

  route({
    method: 'POST',
    path: OF_ROLE,
    scopes: ['create:group_roles'],
    summary: 'Give groups a role',
    answers: { 204: NOTHING },
    body: groupIds,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const role = await deps.store.roles.find(tenant.id, param('id'));
      if (!role) return NOT_FOUND.role;
      const refusal = refuseOwned(role) ?? (await refuseUnknownGroups(call, body.groups));
      if (refusal) return refusal;
      await deps.store.assignments.addGroupRoles(tenant.id, body.groups, [role.id]);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: OF_ROLE,
    scopes: ['delete:group_roles'],
    summary: 'Take a role from groups',
    answers: { 204: NOTHING },
    body: groupIds,
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.roles.find(tenant.id, param('id')))) return NOT_FOUND.role;
      await deps.store.assignments.removeGroupRoles(tenant.id, body.groups, [param('id')]);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/organizations/:id/groups',
    scopes: ['read:organization_groups'],
    summary: 'List the groups of an organization',
    query: z.strictObject(GROUPS.query),
    answers: GROUPS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      return GROUPS.answer(query, {
        read: (page) => deps.store.groups.list(tenant.id, { parent: param('id'), page }),
        show: (group) => showGroup(group, tenant),
      });
    },
  }),

  route({
    method: 'GET',
    path: OF_GROUP,
    scopes: ['read:organization_group_roles'],
    summary: 'List the roles that a group has in an organization',
    query: z.strictObject(ROLES.query),
    answers: ROLES.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      const refusal = await refuseUnknownGroup(call);
      if (refusal) return refusal;
      const roles = await deps.store.assignments.rolesOfGroup(tenant.id, param('group'), param('id'));
      return ROLES.answer(query, { read: async (page) => slice(roles, page), show: showRole });
    },
  }),

  route({
    method: 'POST',
    path: OF_GROUP,
    scopes: ['create:organization_group_roles'],
    summary: 'Give a group roles in an organization',
    answers: { 204: NOTHING },
    body: roleIds,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const refusal = await refuseUnknownGroup(call);
      if (refusal) return refusal;
      const unknown = await unknownRole(deps.store, tenant.id, body.roles, param('id'));
      if (unknown !== undefined) return invalidBody(`The role "${unknown}" does not exist.`);
      await deps.store.assignments.addGroupRoles(tenant.id, [param('group')], body.roles, param('id'));
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: OF_GROUP,
    scopes: ['delete:organization_group_roles'],
    summary: 'Take roles from a group in an organization',
    answers: { 204: NOTHING },
    body: roleIds,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const refusal = await refuseUnknownGroup(call);
      if (refusal) return refusal;
      await deps.store.assignments.removeGroupRoles(tenant.id, [param('group')], body.roles, param('id'));
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/organizations/:id/roles/:role/groups',
    scopes: ['read:organization_group_roles'],
    summary: 'List the groups that have a role in an organization',
    query: z.strictObject(GROUPS.query),
    answers: GROUPS.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      const refusal = await refuseUnknownRole(call);
      if (refusal) return refusal;
      return GROUPS.answer(query, {
        read: (page) => deps.store.assignments.groupsWithRole(tenant.id, param('role'), page, param('id')),
        show: (group) => showGroup(group, tenant),
      });
    },
  }),

  route({
    method: 'GET',
    path: '/organizations/:id/roles/:role/members',
    scopes: ['read:organization_member_roles'],
    summary: 'List the members that have a role in an organization',
    query: z.strictObject(MEMBERS.query),
    answers: MEMBERS.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      const refusal = await refuseUnknownRole(call);
      if (refusal) return refusal;
      return MEMBERS.answer(query, {
        read: (page) => deps.store.assignments.membersWithRole(tenant.id, param('id'), param('role'), page),
        show: showMember,
      });
    },
  }),
];

async function refuseUnknownGroups({ deps, tenant }: Incoming, ids: readonly string[]): Promise<Refusal | undefined> {
  for (const id of ids) {
    if (!(await deps.store.groups.find(tenant.id, id))) return invalidBody(`The group "${id}" does not exist.`);
  }
  return undefined;
}

async function refuseUnknownGroup({ deps, tenant, param }: Incoming): Promise<Refusal | undefined> {
  if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
  return (await deps.store.groups.find(tenant.id, param('group'))) ? undefined : NOT_FOUND.group;
}

async function refuseUnknownRole({ deps, tenant, param }: Incoming): Promise<Refusal | undefined> {
  if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
  const isUnknown = (await unknownRole(deps.store, tenant.id, [param('role')], param('id'))) !== undefined;
  return isUnknown ? NOT_FOUND.role : undefined;
}
