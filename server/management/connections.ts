// Management: connections, as far as they can be read and changed, and which clients may use them.
import { z } from 'zod';
import type { ConnectionRecord } from '#storage/records.ts';
import { answer, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { connectionOptions } from './connection-options.ts';
import { mergeSettings, mergeTexts, optional, text, textMap } from './fields.ts';
import { checkpointQuery, fieldsQuery, list, project, slice } from './paging.ts';
import { type Route, route } from './route.ts';

const change = z.strictObject({
  display_name: text(128).optional(),
  options: connectionOptions.optional(),
  metadata: textMap.optional(),
  enabled_clients: z.array(text(64)).max(1000).optional(),
  show_as_button: z.boolean().optional(),
});

function showConnection(connection: ConnectionRecord): Record<string, unknown> {
  return {
    id: connection.id,
    options: connection.options,
    strategy: connection.strategy,
    name: connection.name,
    ...optional('display_name', connection.displayName),
    is_domain_connection: false,
    authentication: { active: true },
    connected_accounts: { active: false },
    ...connection.settings,
    realms: [connection.name],
    enabled_clients: connection.enabledClients,
    ...(Object.keys(connection.metadata).length === 0 ? {} : { metadata: connection.metadata }),
  };
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
    async handle({ deps, tenant, param, body }) {
      const { display_name, options, metadata, enabled_clients: clients, ...settings } = body;
      for (const clientId of clients ?? []) {
        const client = await deps.store.clients.find(tenant.id, clientId);
        if (!client) return invalidBody(`The client "${clientId}" does not exist.`);
      }
      const updated = await deps.store.connections.update(tenant.id, param('id'), (current) => ({
        ...current,
        ...optional('displayName', display_name),
        // Replaced whole, as clients of this API expect.
        ...optional('options', options),
        ...optional('metadata', metadata && mergeTexts(current.metadata, metadata)),
        ...optional('enabledClients', clients && [...new Set(clients)]),
        settings: mergeSettings(current.settings, settings),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.connection : answer(showConnection(updated));
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
    async handle({ deps, tenant, param, body }) {
      for (const { client_id: clientId } of body) {
        const client = await deps.store.clients.find(tenant.id, clientId);
        if (!client) return invalidBody(`The client "${clientId}" does not exist.`);
      }
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
