// Management: which connections an organization's members sign in with.
import { z } from 'zod';
import type { ConnectionRecord, OrganizationRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import {
  type EnabledConnection,
  enabledConnection,
  enabledConnectionChange,
  enabledOf,
  isContradictory,
  showEnabled,
  toEnabled,
} from './enabled-connection.ts';
import { list, pageQuery, slice } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';

const CONTRADICTORY = invalidBody(
  'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.',
);
const ALREADY_ENABLED = refuse(409, 'The connection is already enabled for this organization.');
const BASE = '/organizations/:id/enabled_connections';

export const organizationConnectionRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:organization_connections'],
    query: z.strictObject(pageQuery),
    async handle({ deps, tenant, param, query }) {
      const organization = await deps.store.organizations.find(tenant.id, param('id'));
      if (!organization) return NOT_FOUND.organization;
      return list(query, {
        plural: 'enabled_connections',
        read: async (page) => slice(enabledOf(organization), page),
        show: (enabled) => showEnabled(deps.store, tenant.id, enabled),
      });
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:organization_connections'],
    body: enabledConnection,
    async handle(call) {
      const { deps, tenant, body } = call;
      const connection = await deps.store.connections.find(tenant.id, body.connection_id);
      if (!connection) return NOT_FOUND.connection;
      const enabled = toEnabled(body, connection);
      if (isContradictory(enabled)) return CONTRADICTORY;
      const organization = await deps.store.organizations.find(tenant.id, call.param('id'));
      if (organization && entry(organization, connection.id)) return ALREADY_ENABLED;
      const written = await write(call, (entries) => [...without(entries, connection.id), enabled]);
      return written ?? created(await showEnabled(deps.store, tenant.id, enabled));
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:connection`,
    scopes: ['read:organization_connections'],
    async handle({ deps, tenant, param }) {
      const organization = await deps.store.organizations.find(tenant.id, param('id'));
      if (!organization) return NOT_FOUND.organization;
      const enabled = entry(organization, param('connection'));
      return enabled ? answer(await showEnabled(deps.store, tenant.id, enabled)) : NOT_FOUND.organizationConnection;
    },
  }),

  route({
    method: 'PATCH',
    path: `${BASE}/:connection`,
    scopes: ['update:organization_connections'],
    body: enabledConnectionChange,
    async handle(call) {
      const { deps, tenant, body, param } = call;
      const organization = await deps.store.organizations.find(tenant.id, param('id'));
      if (!organization) return NOT_FOUND.organization;
      const current = entry(organization, param('connection'));
      const connection: ConnectionRecord | undefined =
        current && (await deps.store.connections.find(tenant.id, current.connection_id));
      if (!current || !connection) return NOT_FOUND.organizationConnection;
      const enabled = toEnabled({ ...current, ...body }, connection);
      if (isContradictory(enabled)) return CONTRADICTORY;
      const written = await write(call, (entries) =>
        entries.map((one) => (one.connection_id === connection.id ? enabled : one)),
      );
      return written ?? answer(await showEnabled(deps.store, tenant.id, enabled));
    },
  }),

  route({
    method: 'DELETE',
    path: `${BASE}/:connection`,
    scopes: ['delete:organization_connections'],
    async handle(call) {
      return (await write(call, (entries) => without(entries, call.param('connection')))) ?? empty();
    },
  }),
];

const entry = (organization: OrganizationRecord, connectionId: string): EnabledConnection | undefined =>
  enabledOf(organization).find(({ connection_id: id }) => id === connectionId);

const without = (entries: EnabledConnection[], connectionId: string): EnabledConnection[] =>
  entries.filter(({ connection_id: id }) => id !== connectionId);

/** The refusal when the organization is not there. */
async function write(
  { deps, tenant, param }: Incoming,
  edit: (entries: EnabledConnection[]) => EnabledConnection[],
): Promise<Answer | undefined> {
  const updated = await deps.store.organizations.update(tenant.id, param('id'), (current) => ({
    ...current,
    settings: { ...current.settings, enabled_connections: edit(enabledOf(current)) },
    updatedAt: deps.clock.now(),
  }));
  return typeof updated === 'string' ? NOT_FOUND.organization : undefined;
}
