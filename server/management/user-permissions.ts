// Management: the permissions of a person: those given directly, and those of the person's roles.
import { z } from 'zod';
import type { Permission } from '#storage/store.ts';
import { created, empty, NOT_FOUND } from './answer.ts';
import { findUser } from './find-user.ts';
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
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const PATH = '/users/:id/permissions';

const heldShape = permissionShape
  .extend({
    sources: z.array(
      z.strictObject({ source_id: z.string(), source_name: z.string(), source_type: z.enum(['DIRECT', 'ROLE']) }),
    ),
  })
  .meta({ id: 'HeldPermission' });
type Source = z.output<typeof heldShape>['sources'][number];

const PERMISSIONS = listing('permissions', heldShape, { paging: 'page' });
const DIRECTLY: Source = { source_id: '', source_name: '', source_type: 'DIRECT' };

export const userPermissionRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:users'],
    summary: 'List the permissions of a user',
    query: z.strictObject(PERMISSIONS.query),
    answers: PERMISSIONS.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const held = await heldBy(call, param('id'));
      return PERMISSIONS.answer(query, { read: async (page) => slice(held, page), show: (shown) => shown });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['update:users'],
    summary: 'Give a user permissions',
    answers: { 201: NOTHING },
    body: permissionList,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const permissions = await readPermissions(call, body.permissions);
      if ('ok' in permissions) return permissions;
      await deps.store.permissions.addToUser(tenant.id, param('id'), permissions);
      return created({});
    },
  }),

  route({
    method: 'DELETE',
    path: PATH,
    scopes: ['update:users'],
    summary: 'Take permissions from a user',
    answers: { 204: NOTHING },
    body: permissionList,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const permissions = await knownPermissions(call, body.permissions);
      await deps.store.permissions.removeFromUser(tenant.id, param('id'), permissions);
      return empty();
    },
  }),
];

/** Each permission once, with every way by which it is had. */
async function heldBy(call: Incoming, userId: string): Promise<Record<string, unknown>[]> {
  const { deps, tenant } = call;
  const [all, roles] = await Promise.all([
    deps.store.permissions.ofUser(tenant.id, userId),
    deps.store.assignments.rolesOf(tenant.id, userId),
  ]);
  const names = new Map(roles.map(({ id, name }) => [id, name]));
  const shown = new Map<string, Record<string, unknown> & { sources: Source[] }>();
  for (const { permission, api } of await withApis(call, all)) {
    const { roleId } = permission;
    const source: Source =
      roleId === undefined
        ? DIRECTLY
        : { source_id: roleId, source_name: names.get(roleId) ?? '', source_type: 'ROLE' };
    const known = shown.get(keyOf(permission));
    if (known) known.sources.push(source);
    else shown.set(keyOf(permission), { ...showPermission(permission, api), sources: [source] });
  }
  return [...shown.values()];
}

const keyOf = ({ apiId, scope }: Permission): string => `${apiId} ${scope}`;
