// Management: members of organizations, and the roles they have there.
import { z } from 'zod';
import type { UserRecord } from '#storage/records.ts';
import { type Answer, answer, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { invalidCheckpoint } from './checkpoint.ts';
import { idList } from './fields.ts';
import { findUser, unknownUser } from './find-user.ts';
import { listing } from './listing.ts';
import { type MemberPlace, memberCheckpoint, readMemberCheckpoint } from './member-checkpoint.ts';
import { project, slice } from './paging.ts';
import { roleShape, showRole } from './roles.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { memberShape, showMember } from './show-user.ts';
import { unknownRole } from './user-relations.ts';

const BASE = '/organizations/:id/members';
const OF_MEMBER = `${BASE}/:user/roles`;

const shape = memberShape
  .extend({ roles: z.array(z.strictObject({ id: z.string(), name: z.string() })).optional() })
  .meta({ id: 'OrganizationMember' });
const effectiveShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    sources: z.array(z.enum(['direct', 'groups'])),
  })
  .meta({ id: 'EffectiveRole' });

const MEMBERS = listing('members', shape, { paging: 'checkpoint', fields: true });
const ROLES = listing('roles', roleShape, { paging: 'page' });
const EFFECTIVE = listing('roles', effectiveShape, { paging: 'take' });

const listQuery = z.strictObject(MEMBERS.query);
const members = z.strictObject({ members: idList });
const roles = z.strictObject({ roles: idList });

export const organizationMemberRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:organization_members'],
    summary: 'List the members of an organization',
    query: listQuery,
    answers: MEMBERS.answers,
    async handle(call) {
      const { deps, tenant, param } = call;
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      if (call.query.take !== undefined || call.query.from !== undefined) return byCheckpoint(call);
      return MEMBERS.answer(call.query, {
        read: (page) => deps.store.assignments.membersOf(tenant.id, param('id'), page),
        show: (user) => show(call, user),
      });
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:organization_members'],
    summary: 'Add members to an organization',
    answers: { 204: NOTHING },
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
    path: BASE,
    scopes: ['delete:organization_members'],
    summary: 'Remove members from an organization',
    answers: { 204: NOTHING },
    body: members,
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      await deps.store.assignments.removeMembers(tenant.id, param('id'), body.members);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: OF_MEMBER,
    scopes: ['read:organization_member_roles'],
    summary: 'List the roles of a member of an organization',
    query: z.strictObject(ROLES.query),
    answers: ROLES.answers,
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param } = call;
      return ROLES.answer(call.query, {
        read: async (page) => slice(await deps.store.assignments.rolesOf(tenant.id, param('user'), param('id')), page),
        show: showRole,
      });
    },
  }),

  route({
    method: 'POST',
    path: OF_MEMBER,
    scopes: ['create:organization_member_roles'],
    summary: 'Give a member of an organization roles',
    answers: { 204: NOTHING },
    body: roles,
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param, body } = call;
      const unknown = await unknownRole(deps.store, tenant.id, body.roles, param('id'));
      if (unknown !== undefined) return invalidBody(`The role "${unknown}" does not exist.`);
      // As the vendor has it: whoever is given a role in an organization belongs to it.
      await deps.store.assignments.addMembers(tenant.id, param('id'), [param('user')]);
      await deps.store.assignments.addMemberRoles(tenant.id, param('id'), param('user'), body.roles);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: OF_MEMBER,
    scopes: ['delete:organization_member_roles'],
    summary: 'Take roles from a member of an organization',
    answers: { 204: NOTHING },
    body: roles,
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param, body } = call;
      await deps.store.assignments.removeMemberRoles(tenant.id, param('id'), param('user'), body.roles);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:user/effective-roles`,
    scopes: ['read:organization_member_effective_roles'],
    summary: 'List the roles that hold for a member of an organization, those of groups with them',
    query: z.strictObject(EFFECTIVE.query),
    answers: EFFECTIVE.answers,
    async handle(call) {
      const refusal = await refuseUnknown(call);
      if (refusal) return refusal;
      const { deps, tenant, param } = call;
      const place = [tenant.id, param('user'), param('id')] as const;
      const [all, own] = await Promise.all([
        deps.store.assignments.effectiveRolesOf(...place),
        deps.store.assignments.rolesOf(...place),
      ]);
      const direct = new Set(own.map(({ id }) => id));
      const byGroups = await rolesByGroups(call);
      return EFFECTIVE.answer(call.query, {
        read: async (page) => slice(all, page),
        show: ({ id, name, description = '' }) => ({
          id,
          name,
          description,
          sources: [...(direct.has(id) ? ['direct'] : []), ...(byGroups.has(id) ? ['groups'] : [])],
        }),
      });
    },
  }),
];

/** As the wire has it, a page with anybody in it names the next one, which may be empty. */
async function byCheckpoint(call: Incoming & { query: z.output<typeof listQuery> }): Promise<Answer> {
  const { deps, tenant, param } = call;
  const { from, take = 50 } = call.query;
  const place: MemberPlace | undefined = from === undefined ? {} : readMemberCheckpoint(from);
  if (!place) return invalidCheckpoint(String(from));
  const found = await deps.store.assignments.membersBehind(tenant.id, param('id'), place, take);
  const last = found.at(-1);
  return answer({
    members: await Promise.all(found.map(({ user }) => show(call, user))),
    ...(last ? { next: memberCheckpoint(last) } : {}),
  });
}

/** Roles are shown only to those who ask for them by name. */
async function show(
  { deps, tenant, param, query }: Incoming & { query: z.output<typeof listQuery> },
  user: UserRecord,
) {
  const withRoles = query.fields?.split(',').includes('roles') === true && query.include_fields !== false;
  const held = withRoles ? await deps.store.assignments.rolesOf(tenant.id, user.id, param('id')) : [];
  const shown = {
    ...showMember(user),
    ...(withRoles ? { roles: held.map(({ id, name }) => ({ id, name })) } : {}),
  };
  return project(shown, query);
}

/** Ids of the roles that groups of the member have there. */
async function rolesByGroups({ deps, tenant, param }: Incoming): Promise<ReadonlySet<string>> {
  const { assignments } = deps.store;
  const { records } = await assignments.groupsOf(tenant.id, param('user'), { offset: 0, limit: 1000 });
  const all = await Promise.all(records.map(({ group }) => assignments.rolesOfGroup(tenant.id, group.id, param('id'))));
  return new Set(all.flat().map(({ id }) => id));
}

async function refuseUnknown({ deps, tenant, param }: Incoming): Promise<Answer | undefined> {
  if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
  return (await findUser(deps.store, tenant.id, param('user'))) ? undefined : NOT_FOUND.user;
}
