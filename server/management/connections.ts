// Management: connections, and which clients may use them. Those that send codes are made and removed here; a tenant is
// born with its database.
import { z } from 'zod';
import { removeConnection } from '#runtime/lifecycle/connection.ts';
import type { ConnectionRecord, JsonObject } from '#storage/records.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { connectionOptions } from './connection-options.ts';
import { iso, jsonObject, mergeSettings, mergeTexts, optional, text, textMap } from './fields.ts';
import { checkpointQuery, fieldsQuery, list, project, slice } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';
import { parse } from './validation.ts';

const common = {
  display_name: text(128).optional(),
  options: jsonObject.optional(),
  metadata: textMap.optional(),
  enabled_clients: z.array(text(64)).max(1000).optional(),
  is_domain_connection: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  realms: z.array(text(128)).max(10).optional(),
};

const change = z.strictObject(common);

const creation = z.strictObject({
  ...common,
  name: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/),
  strategy: z.enum(['sms', 'email']),
});

const TAKEN = refuse(409, 'A connection with the same name already exists');

/** There is no way to make another one. */
const NOT_REMOVABLE = invalidBody('The database of a tenant cannot be deleted.');

function showConnection(connection: ConnectionRecord): Record<string, unknown> {
  return {
    id: connection.id,
    options: connection.options,
    strategy: connection.strategy,
    name: connection.name,
    ...optional('display_name', connection.displayName),
    is_domain_connection: false,
    // Those that send codes show neither of the two.
    ...(connection.strategy === 'auth0'
      ? { authentication: { active: true }, connected_accounts: { active: false } }
      : {}),
    realms: [connection.name],
    ...connection.settings,
    enabled_clients: connection.enabledClients,
    ...(Object.keys(connection.metadata).length === 0 ? {} : { metadata: connection.metadata }),
  };
}

/** Those whom a connection is opened for must be there. */
async function refuseClients({ deps, tenant }: Incoming, clients: readonly string[]): Promise<Refusal | undefined> {
  for (const clientId of clients) {
    const client = await deps.store.clients.find(tenant.id, clientId);
    if (!client) return invalidBody(`The client "${clientId}" does not exist.`);
  }
  return undefined;
}

/** Judged where the strategy is known, and named by their place in the body. */
function parseOptions(strategy: string, options: JsonObject) {
  return parse('payload', z.object({ options: connectionOptions(strategy) }), { options });
}

export const connectionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/connections',
    scopes: ['read:connections'],
    query: z.strictObject({
      ...checkpointQuery,
      ...fieldsQuery,
      name: text(128).optional(),
      strategy: text(64).optional(),
    }),
    async handle({ deps, tenant, query }) {
      return list(query, {
        plural: 'connections',
        async read(page) {
          const { records } = await deps.store.connections.list(tenant.id);
          const found = records.filter(
            ({ name, strategy }) =>
              (query.name === undefined || name === query.name) &&
              (query.strategy === undefined || strategy === query.strategy),
          );
          return slice(found, page);
        },
        show: (connection) => project(showConnection(connection), query),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/connections',
    scopes: ['create:connections'],
    body: creation,
    async handle(call) {
      const { deps, tenant, body } = call;
      const { name, strategy, display_name, metadata, enabled_clients: clients = [], options, ...settings } = body;
      const refused = await refuseClients(call, clients);
      if (refused) return refused;
      const parsed = options === undefined ? undefined : parseOptions(strategy, options);
      if (parsed && !parsed.ok) return parsed.refusal;
      const now = deps.clock.now();
      const connection: ConnectionRecord = {
        tenantId: tenant.id,
        id: `con_${deps.random.letters(16)}`,
        name,
        strategy,
        ...optional('displayName', display_name),
        metadata: mergeTexts({}, metadata ?? {}),
        enabledClients: [...new Set(clients)],
        options: parsed?.value.options ?? { brute_force_protection: true },
        settings: mergeSettings({}, settings),
        createdAt: now,
        updatedAt: now,
      };
      const inserted = await deps.store.connections.insert(connection);
      return inserted === 'conflict' ? TAKEN : created(showConnection(connection));
    },
  }),

  route({
    method: 'GET',
    path: '/connections/:id',
    scopes: ['read:connections'],
    query: z.strictObject(fieldsQuery),
    async handle({ deps, tenant, param, query }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      return connection ? answer(project(showConnection(connection), query)) : NOT_FOUND.connection;
    },
  }),

  route({
    method: 'PATCH',
    path: '/connections/:id',
    scopes: ['update:connections'],
    body: change,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const { display_name, options, metadata, enabled_clients: clients, ...settings } = body;
      const known = await deps.store.connections.find(tenant.id, param('id'));
      if (!known) return NOT_FOUND.connection;
      const refused = await refuseClients(call, clients ?? []);
      if (refused) return refused;
      const parsed = options === undefined ? undefined : parseOptions(known.strategy, options);
      if (parsed && !parsed.ok) return parsed.refusal;
      const updated = await deps.store.connections.update(tenant.id, known.id, (current) => ({
        ...current,
        ...optional('displayName', display_name),
        // Replaced whole, as clients of this API expect.
        ...optional('options', parsed?.value.options),
        ...optional('metadata', metadata && mergeTexts(current.metadata, metadata)),
        ...optional('enabledClients', clients && [...new Set(clients)]),
        settings: mergeSettings(current.settings, settings),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.connection : answer(showConnection(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/connections/:id',
    scopes: ['delete:connections'],
    async handle({ deps, ports, tenant, param }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      if (connection?.strategy === 'auth0') return NOT_REMOVABLE;
      const removed = await removeConnection(ports, tenant.id, param('id'));
      return removed ? { ok: true, status: 202, body: { deleted_at: iso(deps.clock.now()) } } : empty();
    },
  }),

  route({
    method: 'GET',
    path: '/connections/:id/clients',
    scopes: ['read:connections'],
    query: z.strictObject({ from: checkpointQuery.from, take: checkpointQuery.take }),
    async handle({ deps, tenant, param, query }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      if (!connection) return NOT_FOUND.connection;
      return list(
        { ...query, take: query.take ?? 50 },
        {
          plural: 'clients',
          read: async (page) => slice(connection.enabledClients, page),
          show: (clientId) => ({ client_id: clientId }),
        },
      );
    },
  }),

  route({
    method: 'PATCH',
    path: '/connections/:id/clients',
    scopes: ['update:connections'],
    body: z
      .array(z.strictObject({ client_id: text(64), status: z.boolean() }))
      .min(1)
      .max(50),
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const refused = await refuseClients(
        call,
        body.map(({ client_id }) => client_id),
      );
      if (refused) return refused;
      const updated = await deps.store.connections.update(tenant.id, param('id'), (current) => {
        const enabled = new Set(current.enabledClients);
        for (const { client_id: clientId, status } of body) {
          if (status) enabled.add(clientId);
          else enabled.delete(clientId);
        }
        return { ...current, enabledClients: [...enabled], updatedAt: deps.clock.now() };
      });
      return typeof updated === 'string' ? NOT_FOUND.connection : empty();
    },
  }),
];
