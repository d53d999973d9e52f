// Management: what hangs on a user: roles, organizations, log lines and browsers that are asked for no second factor.
import { z } from 'zod';
import { empty, invalidBody, NOT_FOUND } from './answer.ts';
import { idList } from './fields.ts';
import { findUser } from './find-user.ts';
import { refuseLiftedRoles } from './lifted-people.ts';
import { listing } from './listing.ts';
import { answerLogs, LOGS, showLog } from './logs.ts';
import { organizationShape, showOrganization } from './organizations.ts';
import { pageOf, pageQuery, slice } from './paging.ts';
import { roleShape, showRole } from './roles.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const ROLES = listing('roles', roleShape, { paging: 'page' });
const ORGANIZATIONS = listing('organizations', organizationShape, { paging: 'page' });

const roleIds = z.strictObject({ roles: idList });

export const userRelationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/users/:id/roles',
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    summary: 'List the roles of a user',
    query: z.strictObject(ROLES.query),
    answers: ROLES.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      return ROLES.answer(query, {
        read: async (page) => slice(await deps.store.assignments.rolesOf(tenant.id, param('id')), page),
        show: showRole,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/users/:id/roles',
    scopes: ['update:users', 'create:role_members'],
    summary: 'Give a user roles',
    answers: { 204: NOTHING },
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
    summary: 'Take roles from a user',
    answers: { 204: NOTHING },
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
    summary: 'List the organizations of a user',
    query: z.strictObject(ORGANIZATIONS.query),
    answers: ORGANIZATIONS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      return ORGANIZATIONS.answer(query, {
        read: (page) => deps.store.assignments.organizationsOf(tenant.id, param('id'), page),
        show: showOrganization,
      });
    },
  }),

  route({
    method: 'GET',
    path: '/users/:id/logs',
    scopes: ['read:logs', 'read:logs_users'],
    summary: 'List the log lines of a user',
    query: z.strictObject({ ...pageQuery, sort: z.enum(['date:-1', 'date:1']).optional() }),
    answers: LOGS.answers,
    async handle({ deps, tenant, param, query }) {
      const { records } = await deps.store.logs.list(tenant.id, {
        userId: param('id'),
        order: query.sort === 'date:1' ? 'oldest' : 'newest',
        page: pageOf(query),
      });
      return answerLogs(
        query,
        records.map((log) => showLog(log, tenant)),
      );
    },
  }),

  route({
    method: 'POST',
    path: '/users/:id/multifactor/actions/invalidate-remember-browser',
    scopes: ['update:users'],
    summary: 'Ask a user for the second factor on every browser again',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      await deps.store.rememberedBrowsers.clear(tenant.id, param('id'));
      return empty();
    },
  }),
];

/** The first id that is no role of this tenant, or of another organization than this one. */
export async function unknownRole(
  store: Incoming['deps']['store'],
  tenantId: string,
  ids: string[],
  organizationId?: string,
): Promise<string | undefined> {
  for (const id of ids) {
    const role = await store.roles.find(tenantId, id);
    if (!role || (role.ownerId !== undefined && role.ownerId !== organizationId)) return id;
  }
  return undefined;
}
