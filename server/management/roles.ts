// Management: roles, and who has them.
import { z } from 'zod';
import type { RoleRecord } from '#storage/records.ts';
import { answer, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { idList, optional, text } from './fields.ts';
import { unknownUser } from './find-user.ts';
import { refuseLiftedRoles } from './lifted-people.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import { NOTHING, type Route, route } from './route.ts';
import { memberShape, showMember } from './show-user.ts';
import { invalid } from './validation.ts';

const NAME_TAKEN = refuse(409, 'A role with this name already exists.');
const NO_OWNER = invalid('query', 'Missing required property: owner_id');

const TYPES = ['tenant', 'organization'] as const;

export const roleShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    type: z.enum(TYPES),
    owner_id: z.string().optional(),
  })
  .meta({ id: 'Role' });

const ROLES = listing('roles', roleShape, { paging: 'page' });
const HOLDERS = listing('users', memberShape, { paging: 'checkpoint' });

/** A role of one organization has no place outside of it. */
export const refuseOwned = ({ id, ownerId }: RoleRecord): Refusal | undefined =>
  ownerId === undefined ? undefined : invalidBody(`The role "${id}" belongs to an organization.`);

export function showRole(role: RoleRecord): Record<string, unknown> {
  return {
    id: role.id,
    name: role.name,
    description: role.description ?? '',
    type: role.ownerId === undefined ? 'tenant' : 'organization',
    ...optional('owner_id', role.ownerId),
  };
}

export const roleRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/roles',
    scopes: ['read:roles'],
    summary: 'List roles',
    query: z.strictObject({
      ...ROLES.query,
      name_filter: z.string().max(255).optional(),
      type: z.enum(TYPES).optional(),
      owner_id: text(64).optional(),
    }),
    answers: ROLES.answers,
    async handle({ deps, tenant, query }) {
      const { name_filter: name, type = query.owner_id === undefined ? 'tenant' : 'organization' } = query;
      const owner = type === 'tenant' ? null : query.owner_id;
      if (owner === undefined) return NO_OWNER;
      const filter = name?.toLowerCase();
      return ROLES.answer(query, {
        async read(page) {
          if (filter === undefined) return deps.store.roles.list(tenant.id, { parent: owner, page });
          const { records } = await deps.store.roles.list(tenant.id, { parent: owner });
          return slice(
            records.filter(({ name }) => name.toLowerCase().includes(filter)),
            page,
          );
        },
        show: showRole,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/roles',
    scopes: ['create:roles'],
    summary: 'Create a role',
    answers: { 200: roleShape },
    body: z.strictObject({
      name: text(255),
      description: z.string().max(1000).optional(),
      type: z.enum(TYPES).optional(),
      owner_id: text(64).optional(),
    }),
    async handle({ deps, ports, tenant, body }) {
      const { owner_id: ownerId, type = ownerId === undefined ? 'tenant' : 'organization' } = body;
      if ((type === 'organization') !== (ownerId !== undefined)) {
        return invalidBody('A role has an owner_id if, and only if, its type is organization.');
      }
      if (ownerId !== undefined && !(await deps.store.organizations.find(tenant.id, ownerId))) {
        return NOT_FOUND.organization;
      }
      const now = ports.now();
      const role: RoleRecord = {
        tenantId: tenant.id,
        id: `rol_${ports.random.letters(16)}`,
        name: body.name,
        ...optional('description', body.description),
        ...optional('ownerId', ownerId),
        createdAt: now,
        updatedAt: now,
      };
      if ((await deps.store.roles.insert(role)) === 'conflict') return NAME_TAKEN;
      return answer(showRole(role));
    },
  }),

  route({
    method: 'GET',
    path: '/roles/:id',
    scopes: ['read:roles'],
    summary: 'Get a role',
    answers: { 200: roleShape },
    async handle({ deps, tenant, param }) {
      const role = await deps.store.roles.find(tenant.id, param('id'));
      return role ? answer(showRole(role)) : NOT_FOUND.role;
    },
  }),

  route({
    method: 'PATCH',
    path: '/roles/:id',
    scopes: ['update:roles'],
    summary: 'Update a role',
    answers: { 200: roleShape },
    body: z.strictObject({ name: text(255).optional(), description: z.string().max(1000).optional() }),
    async handle({ deps, tenant, param, body }) {
      const updated = await deps.store.roles.update(tenant.id, param('id'), (current) => ({
        ...current,
        ...optional('name', body.name),
        ...optional('description', body.description),
        updatedAt: deps.clock.now(),
      }));
      if (updated === 'missing') return NOT_FOUND.role;
      return updated === 'conflict' ? NAME_TAKEN : answer(showRole(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/roles/:id',
    scopes: ['delete:roles'],
    summary: 'Delete a role',
    answers: { 200: NOTHING },
    async handle({ deps, tenant, param }) {
      return (await deps.store.roles.remove(tenant.id, param('id'))) ? answer({}) : NOT_FOUND.role;
    },
  }),

  route({
    method: 'GET',
    path: '/roles/:id/users',
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    summary: 'List the users that have a role',
    query: z.strictObject(HOLDERS.query),
    answers: HOLDERS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.roles.find(tenant.id, param('id')))) return NOT_FOUND.role;
      return HOLDERS.answer(query, {
        read: (page) => deps.store.assignments.usersOf(tenant.id, param('id'), page),
        show: showMember,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/roles/:id/users',
    scopes: ['update:roles', 'create:role_members'],
    summary: 'Give users a role',
    answers: { 200: NOTHING },
    body: z.strictObject({ users: idList }),
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const role = await deps.store.roles.find(tenant.id, param('id'));
      if (!role) return NOT_FOUND.role;
      const lifted = refuseOwned(role) ?? (await refuseLiftedRoles(call, [param('id')]));
      if (lifted) return lifted;
      const unknown = await unknownUser(deps.store, tenant.id, body.users);
      if (unknown !== undefined) return invalidBody(`The user "${unknown}" does not exist.`);
      for (const userId of body.users) await deps.store.assignments.addRoles(tenant.id, userId, [param('id')]);
      return answer({});
    },
  }),
];
