// Management: which clients may use a connection, from either side, and the few other questions that a connection is asked.
import { z } from 'zod';
import type { ConnectionRecord } from '#storage/records.ts';
import { answer, empty, NOT_FOUND, refuse } from './answer.ts';
import { refuseClients, several } from './connections.ts';
import { email, text } from './fields.ts';
import { listing } from './listing.ts';
import { checkpointQuery, fieldsQuery, slice } from './paging.ts';
import { NOTHING, type Route, route } from './route.ts';
import { connectionShape, showConnection } from './show-connection.ts';

const enabledClient = z.strictObject({ client_id: z.string() }).meta({ id: 'EnabledClient' });
const CLIENTS = listing('clients', enabledClient, { paging: 'checkpoint' });
const CONNECTIONS = listing('connections', connectionShape, { paging: 'checkpoint', fields: true });

/** Neither list has another style than by checkpoint. */
const byCheckpoint = { from: checkpointQuery.from, take: checkpointQuery.take };
const TAKEN = 50;

export const connectionClientRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/connections/:id/clients',
    scopes: ['read:connections'],
    summary: 'List the clients that may use a connection',
    query: z.strictObject(byCheckpoint),
    answers: CLIENTS.answers,
    async handle({ deps, tenant, param, query }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      if (!connection) return NOT_FOUND.connection;
      return CLIENTS.answer(
        { ...query, take: query.take ?? TAKEN },
        {
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
    summary: 'Let clients use a connection, or not',
    answers: { 204: NOTHING },
    body: z
      .array(z.strictObject({ client_id: text(64), status: z.boolean() }))
      .min(1)
      .max(50),
    async handle(call) {
      const { deps, tenant, param, body } = call;
      if (!(await deps.store.connections.find(tenant.id, param('id')))) return NOT_FOUND.connection;
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

  route({
    method: 'GET',
    path: '/clients/:id/connections',
    scopes: ['read:connections', 'read:clients'],
    summary: 'List the connections that a client may use',
    query: z.strictObject({ ...byCheckpoint, ...fieldsQuery, strategy: several.optional() }),
    answers: CONNECTIONS.answers,
    async handle({ deps, tenant, param, query }) {
      const client = await deps.store.clients.find(tenant.id, param('id'));
      if (!client) return NOT_FOUND.client;
      const { records } = await deps.store.connections.list(tenant.id);
      const open = ({ enabledClients, strategy }: ConnectionRecord) =>
        enabledClients.includes(client.id) && (query.strategy === undefined || query.strategy.includes(strategy));
      return CONNECTIONS.answer(
        { ...query, take: query.take ?? TAKEN },
        {
          read: async (page) => slice(records.filter(open), page),
          show: (connection) => showConnection(connection, tenant),
        },
      );
    },
  }),

  route({
    method: 'GET',
    path: '/connections/:id/status',
    scopes: ['read:connections'],
    summary: 'Whether the directory of a connection can be reached',
    answers: { 200: NOTHING },
    async handle({ deps, tenant, param }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      if (!connection) return NOT_FOUND.connection;
      // Databases and codes are here; no directory elsewhere is ever spoken to.
      return LIVE.has(connection.strategy) ? answer({}) : OFFLINE;
    },
  }),

  route({
    method: 'DELETE',
    path: '/connections/:id/users',
    scopes: ['delete:users'],
    summary: 'Delete the user of a connection that has an e-mail address',
    query: z.strictObject({ email }),
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param, query }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      if (!connection) return NOT_FOUND.connection;
      const user = await deps.store.users.findByIdentifier(tenant.id, connection.name, query.email);
      // A username may look like an address.
      if (user?.email === query.email) await deps.store.users.remove(tenant.id, user.id);
      return empty();
    },
  }),
];

const LIVE: ReadonlySet<string> = new Set(['auth0', 'sms', 'email']);
const OFFLINE = refuse(404, 'The connection is offline', 'connection_offline');
