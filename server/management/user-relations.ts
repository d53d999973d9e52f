// Management: what hangs on a user: roles, organizations, log lines and browsers that are asked for no second factor.
import { z } from 'zod';
import { answer, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { idList } from './fields.ts';
import { findUser } from './find-user.ts';
import { refuseLiftedRoles } from './lifted-people.ts';
import { showLog } from './logs.ts';
import { showOrganization } from './organizations.ts';
import { list, pageOf, pageQuery, slice } from './paging.ts';
import { showRole } from './roles.ts';
import { type Incoming, type Route, route } from './route.ts';

const roleIds = z.strictObject({ roles: idList });

export const userRelationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/users/:id/roles',
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    query: z.strictObject(pageQuery),
    async handle({ deps, tenant, param, query }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      return list(query, {
        plural: 'roles',
        read: async (page) => slice(await deps.store.assignments.rolesOf(tenant.id, param('id')), page),
        show: showRole,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/users/:id/roles',
    scopes: ['update:users', 'create:role_members'],
    body: roleIds,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const lifted = await refuseLiftedRoles(call, body.roles);
      if (lifted) return lifted;
      const unknown = await unknownRole(deps.store, tenant.id, body.roles);
      if (unknown !== undefined) return invalidBody(`The role "${unknown}" does not exist.`);
      await deps.store.assignments.addRoles(tenant.id, param('id'), body.roles);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/roles',
    scopes: ['update:users', 'delete:role_members'],
    body: roleIds,
    async handle({ deps, tenant, param, body }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      await deps.store.assignments.removeRoles(tenant.id, param('id'), body.roles);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/users/:id/organizations',
    scopes: ['read:organizations'],
    query: z.strictObject(pageQuery),
    async handle({ deps, tenant, param, query }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      return list(query, {
        plural: 'organizations',
        read: (page) => deps.store.assignments.organizationsOf(tenant.id, param('id'), page),
        show: showOrganization,
      });
    },
  }),

  route({
    method: 'GET',
    path: '/users/:id/logs',
    scopes: ['read:logs', 'read:logs_users'],
    query: z.strictObject({ ...pageQuery, sort: z.enum(['date:-1', 'date:1']).optional() }),
    async handle({ deps, tenant, param, query }) {
      const { records } = await deps.store.logs.list(tenant.id, {
        userId: param('id'),
        order: query.sort === 'date:1' ? 'oldest' : 'newest',
        page: pageOf(query),
      });
      const logs = records.map((log) => showLog(log, tenant));
      if (query.include_totals !== true) return answer(logs);
      const { offset, limit } = pageOf(query);
      return answer({ start: offset, limit, length: logs.length, total: logs.length, logs });
    },
  }),

  route({
    method: 'POST',
    path: '/users/:id/multifactor/actions/invalidate-remember-browser',
    scopes: ['update:users'],
    async handle({ deps, tenant, param }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      await deps.store.rememberedBrowsers.clear(tenant.id, param('id'));
      return empty();
    },
  }),
];

/** The first id that is no role of this tenant. */
export async function unknownRole(
  store: Incoming['deps']['store'],
  tenantId: string,
  ids: string[],
): Promise<string | undefined> {
  for (const id of ids) {
    if (!(await store.roles.find(tenantId, id))) return id;
  }
  return undefined;
}
