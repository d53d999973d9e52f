// Management: the permissions of a role: what whoever has it may do at APIs that ask for permissions.
import { z } from 'zod';
import { created, empty, NOT_FOUND } from './answer.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import {
  knownPermissions,
  permissionList,
  permissionShape,
  readPermissions,
  showPermission,
  withApis,
} from './permissions.ts';
import { NOTHING, type Route, route } from './route.ts';

const PATH = '/roles/:id/permissions';
const PERMISSIONS = listing('permissions', permissionShape, { paging: 'page' });

export const rolePermissionRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:roles'],
    summary: 'List the permissions of a role',
    query: z.strictObject(PERMISSIONS.query),
    answers: PERMISSIONS.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (!(await deps.store.roles.find(tenant.id, param('id')))) return NOT_FOUND.role;
      const held = await withApis(call, await deps.store.permissions.ofRole(tenant.id, param('id')));
      return PERMISSIONS.answer(query, {
        read: async (page) => slice(held, page),
        show: ({ permission, api }) => showPermission(permission, api),
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['update:roles'],
    summary: 'Give a role permissions',
    answers: { 201: NOTHING },
    body: permissionList,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await deps.store.roles.find(tenant.id, param('id')))) return NOT_FOUND.role;
      const permissions = await readPermissions(call, body.permissions);
      if ('ok' in permissions) return permissions;
      await deps.store.permissions.addToRole(tenant.id, param('id'), permissions);
      return created({});
    },
  }),

  route({
    method: 'DELETE',
    path: PATH,
    scopes: ['update:roles'],
    summary: 'Take permissions from a role',
    answers: { 204: NOTHING },
    body: permissionList,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await deps.store.roles.find(tenant.id, param('id')))) return NOT_FOUND.role;
      const permissions = await knownPermissions(call, body.permissions);
      await deps.store.permissions.removeFromRole(tenant.id, param('id'), permissions);
      return empty();
    },
  }),
];
