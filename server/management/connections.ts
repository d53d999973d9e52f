// Management: connections. Databases and those that send codes are live, all others are kept as they are given; one goes with
// the people who were made in it.
import { z } from 'zod';
import { removeConnection } from '#runtime/lifecycle/connection.ts';
import type { ConnectionRecord } from '#storage/records.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { readOptions } from './connection-options.ts';
import { STRATEGIES, traitsOf } from './connection-strategies.ts';
import { iso, jsonObject, mergeSettings, mergeTexts, optional, text, textMap } from './fields.ts';
import { listing } from './listing.ts';
import { fieldsQuery, project, slice } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { connectionShape, showConnection, TICKET } from './show-connection.ts';

const CONNECTIONS = listing('connections', connectionShape, { paging: 'checkpoint', fields: true });

/** One text or several. */
export const several = z.union([text(128).transform((one) => [one]), z.array(text(128)).max(100)]);

const purpose = z.looseObject({ active: z.boolean() }).transform((given) => given as { active: boolean });

const common = {
  display_name: text(128).optional(),
  options: jsonObject.nullable().optional(),
  metadata: textMap.optional(),
  enabled_clients: z.array(text(64)).max(1000).optional(),
  is_domain_connection: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  realms: z.array(text(128)).max(10).optional(),
  authentication: purpose.optional(),
  connected_accounts: purpose.optional(),
  cross_app_access_requesting_app: purpose.optional(),
};

const change = z.strictObject(common);

const creation = z.strictObject({
  ...common,
  name: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/),
  strategy: z.enum(STRATEGIES),
});

const TAKEN = refuse(409, 'A connection with the same name already exists');

/** Those whom a connection is opened for must be there. */
export async function refuseClients(
  { deps, tenant }: Incoming,
  clients: readonly string[],
): Promise<Refusal | undefined> {
  for (const clientId of clients) {
    const client = await deps.store.clients.find(tenant.id, clientId);
    if (!client) return invalidBody(`The client "${clientId}" does not exist.`);
  }
  return undefined;
}

export const connectionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/connections',
    scopes: ['read:connections'],
    summary: 'List connections',
    query: z.strictObject({
      ...CONNECTIONS.query,
      name: text(128).optional(),
      strategy: several.optional(),
      domain_alias: text(256).optional(),
    }),
    answers: CONNECTIONS.answers,
    async handle({ deps, tenant, query }) {
      const { name, strategy: strategies, domain_alias: alias } = query;
      const matches = (connection: ConnectionRecord) =>
        (strategies === undefined || strategies.includes(connection.strategy)) &&
        (alias === undefined || hasAlias(connection, alias));
      return CONNECTIONS.answer(query, {
        async read(page) {
          if (name !== undefined) {
            const named = await deps.store.connections.findByKey(tenant.id, name);
            return slice(named && matches(named) ? [named] : [], page);
          }
          if (strategies === undefined && alias === undefined) return deps.store.connections.list(tenant.id, { page });
          const { records } = await deps.store.connections.list(tenant.id);
          return slice(records.filter(matches), page);
        },
        show: (connection) => showConnection(connection, tenant),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/connections',
    scopes: ['create:connections'],
    summary: 'Create a connection',
    answers: { 201: connectionShape },
    body: creation,
    async handle(call) {
      const { deps, tenant, body } = call;
      const { name, strategy, display_name, metadata, enabled_clients: clients = [], options, ...settings } = body;
      const refused = await refuseClients(call, clients);
      if (refused) return refused;
      const read = readOptions(strategy, options ?? undefined, 'made');
      if (!read.ok) return read;
      const now = deps.clock.now();
      const connection: ConnectionRecord = {
        tenantId: tenant.id,
        id: `con_${deps.random.letters(16)}`,
        name,
        strategy,
        ...optional('displayName', display_name),
        metadata: mergeTexts({}, metadata ?? {}),
        enabledClients: [...new Set(clients)],
        options: read.options,
        settings: mergeSettings(traitsOf(strategy).ticket ? { [TICKET]: deps.random.letters(32) } : {}, settings),
        createdAt: now,
        updatedAt: now,
      };
      const inserted = await deps.store.connections.insert(connection);
      return inserted === 'conflict' ? TAKEN : created(showConnection(connection, tenant));
    },
  }),

  route({
    method: 'GET',
    path: '/connections/:id',
    scopes: ['read:connections'],
    summary: 'Get a connection',
    query: z.strictObject(fieldsQuery),
    answers: { 200: connectionShape.partial() },
    async handle({ deps, tenant, param, query }) {
      const connection = await deps.store.connections.find(tenant.id, param('id'));
      return connection ? answer(chosen(showConnection(connection, tenant), query)) : NOT_FOUND.connection;
    },
  }),

  route({
    method: 'PATCH',
    path: '/connections/:id',
    scopes: ['update:connections'],
    summary: 'Update a connection',
    answers: { 200: connectionShape },
    body: change,
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const { display_name, options, metadata, enabled_clients: clients, ...settings } = body;
      const known = await deps.store.connections.find(tenant.id, param('id'));
      if (!known) return NOT_FOUND.connection;
      const refused = await refuseClients(call, clients ?? []);
      if (refused) return refused;
      const read = options ? readOptions(known.strategy, options, 'replaced') : undefined;
      if (read && !read.ok) return read;
      const updated = await deps.store.connections.update(tenant.id, known.id, (current) => ({
        ...current,
        ...optional('displayName', display_name),
        // Replaced whole, as clients of this API expect.
        ...optional('options', read?.options),
        ...optional('metadata', metadata && mergeTexts(current.metadata, metadata)),
        ...optional('enabledClients', clients && [...new Set(clients)]),
        settings: mergeSettings(current.settings, settings),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.connection : answer(showConnection(updated, tenant));
    },
  }),

  route({
    method: 'DELETE',
    path: '/connections/:id',
    scopes: ['delete:connections'],
    summary: 'Delete a connection and its users',
    answers: { 202: z.strictObject({ deleted_at: z.string() }), 204: NOTHING },
    async handle({ deps, ports, tenant, param }) {
      const removed = await removeConnection(ports, tenant.id, param('id'));
      return removed ? { ok: true, status: 202, body: { deleted_at: iso(deps.clock.now()) } } : empty();
    },
  }),
];

/** Asked for some fields of one connection, the wire shows these beside them. */
const ALWAYS = ['id', 'is_domain_connection', 'authentication', 'connected_accounts'];

function chosen(
  wire: Record<string, unknown>,
  { fields, include_fields: include = true }: { fields?: string | undefined; include_fields?: boolean | undefined },
): Record<string, unknown> {
  if (fields === undefined || !include) return project(wire, { fields, include_fields: include });
  return project(wire, { fields: [...ALWAYS, fields].join(',') });
}

function hasAlias({ options }: ConnectionRecord, alias: string): boolean {
  const { domain_aliases: aliases } = options;
  const wanted = alias.toLowerCase();
  return Array.isArray(aliases) && aliases.some((one) => typeof one === 'string' && one.toLowerCase() === wanted);
}
