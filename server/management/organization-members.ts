// Management: members of organizations, and the roles they have there.
import { z } from 'zod';
import { type Answer, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { idList } from './fields.ts';
import { findUser, unknownUser } from './find-user.ts';
import { checkpointQuery, fieldsQuery, list, pageQuery, project, slice } from './paging.ts';
import { showRole } from './roles.ts';
import { type Incoming, type Route, route } from './route.ts';
import { showMember } from './show-user.ts';
import { unknownRole } from './user-relations.ts';

const members = z.strictObject({ members: idList });
const roles = z.strictObject({ roles: idList });
const ROLES = '/organizations/:id/members/:user/roles';

export const organizationMemberRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/organizations/:id/members',
    scopes: ['read:organization_members'],
    query: z.strictObject({ ...checkpointQuery, ...fieldsQuery }),
    async handle({ deps, tenant, param, query }) {
      const organizationId = param('id');
      if (!(await deps.store.organizations.find(tenant.id, organizationId))) return NOT_FOUND.organization;
      // Roles are shown only to those who ask for them by name.
      const withRoles = query.fields?.split(',').includes('roles') === true && query.include_fields !== false;
      return list(query, {
        plural: 'members',
        read: (page) => deps.store.assignments.membersOf(tenant.id, organizationId, page),
        async show(user) {
          const held = withRoles ? await deps.store.assignments.rolesOf(tenant.id, user.id, organizationId) : [];
          const shown = {
            ...showMember(user),
            ...(withRoles ? { roles: held.map(({ id, name }) => ({ id, name })) } : {}),
          };
          return project(shown, query);
        },
      });
    },
  }),

  route({
    method: 'POST',
    path: '/organizations/:id/members',
    scopes: ['create:organization_members'],
    body: members,
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      const unknown = await unknownUser(deps.store, tenant.id, body.members);
      if (unknown !== undefined) return invalidBody(`The user "${unknown}" does not exist.`);
      await deps.store.assignments.addMembers(tenant.id, param('id'), body.members);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: '/organizations/:id/members',
    scopes: ['delete:organization_members'],
    body: members,
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      await deps.store.assignments.removeMembers(tenant.id, param('id'), body.members);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: ROLES,
    scopes: ['read:organization_member_roles'],
    query: z.strictObject(pageQuery),
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param, query } = call;
      return list(query, {
        plural: 'roles',
        read: async (page) => slice(await deps.store.assignments.rolesOf(tenant.id, param('user'), param('id')), page),
        show: showRole,
      });
    },
  }),

  route({
    method: 'POST',
    path: ROLES,
    scopes: ['create:organization_member_roles'],
    body: roles,
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param, body } = call;
      const unknown = await unknownRole(deps.store, tenant.id, body.roles);
      if (unknown !== undefined) return invalidBody(`The role "${unknown}" does not exist.`);
      // As the vendor has it: whoever is given a role in an organization belongs to it.
      await deps.store.assignments.addMembers(tenant.id, param('id'), [param('user')]);
      await deps.store.assignments.addMemberRoles(tenant.id, param('id'), param('user'), body.roles);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: ROLES,
    scopes: ['delete:organization_member_roles'],
    body: roles,
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param, body } = call;
      await deps.store.assignments.removeMemberRoles(tenant.id, param('id'), param('user'), body.roles);
      return empty();
    },
  }),
];

async function refuseUnknown({ deps, tenant, param }: Incoming): Promise<Answer | undefined> {
  if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
  return (await findUser(deps.store, tenant.id, param('user'))) ? undefined : NOT_FOUND.user;
}
