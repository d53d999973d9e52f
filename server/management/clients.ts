// Management: clients (applications).
import { z } from 'zod';
import { defaultAuthMethod, newClient, newClientSecret, removeClient } from '#runtime/lifecycle/client.ts';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import { answer, created, empty, NOT_FOUND, refuse } from './answer.ts';
import { clientChange, clientCreation, splitKept } from './client-schema.ts';
import { mergeSettings, mergeTexts, optional } from './fields.ts';
import { boolean, checkpointQuery, fieldsQuery, list, project, slice } from './paging.ts';
import { type Operator, type Route, route } from './route.ts';

const READ = ['read:clients', 'read:client_keys', 'read:client_credentials'] as const;
const CONFLICT = refuse(409, 'A client with this id already exists.');

export const clientRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/clients',
    scopes: READ,
    query: z.strictObject({
      ...checkpointQuery,
      ...fieldsQuery,
      is_global: boolean.optional(),
      is_first_party: boolean.optional(),
      app_type: z.string().max(200).optional(),
    }),
    async handle({ deps, tenant, operator, query }) {
      const types = query.app_type?.split(',');
      const matches = (client: ClientRecord) =>
        query.is_global !== true &&
        (types === undefined || types.includes(client.appType ?? '')) &&
        (query.is_first_party === undefined || (client.settings.is_first_party ?? true) === query.is_first_party);
      const filtered = types !== undefined || query.is_first_party !== undefined || query.is_global === true;
      return list(query, {
        plural: 'clients',
        withLength: true,
        async read(page) {
          if (!filtered) return deps.store.clients.list(tenant.id, { page });
          const { records } = await deps.store.clients.list(tenant.id);
          return slice(records.filter(matches), page);
        },
        show: (client) => project(showClient(client, tenant, operator), query),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/clients',
    scopes: ['create:clients'],
    body: clientCreation,
    async handle({ ports, tenant, body }) {
      const { given, rest } = splitKept(body);
      const client = await newClient(ports, tenant.id, {
        name: body.name,
        ...optional('secret', given.client_secret),
        ...optional('appType', body.app_type),
        ...optional('callbacks', given.callbacks),
        ...optional('grantTypes', given.grant_types),
        ...optional('authMethod', body.token_endpoint_auth_method),
        metadata: mergeTexts({}, given.client_metadata ?? {}),
        settings: mergeSettings({}, { ...rest, token_endpoint_auth_method: body.token_endpoint_auth_method }),
      });
      if (client === 'conflict') return CONFLICT;
      // Whoever makes a client must learn its secret, whatever else it may read.
      return created(showClient(client, tenant, 'with-secret'));
    },
  }),

  route({
    method: 'GET',
    path: '/clients/:id',
    scopes: READ,
    query: z.strictObject(fieldsQuery),
    async handle({ deps, tenant, operator, param, query }) {
      const client = await deps.store.clients.find(tenant.id, param('id'));
      return client ? answer(project(showClient(client, tenant, operator), query)) : NOT_FOUND.client;
    },
  }),

  route({
    method: 'PATCH',
    path: '/clients/:id',
    scopes: ['update:clients', 'update:client_keys', 'update:client_credentials'],
    body: clientChange,
    async handle({ deps, ports, tenant, operator, param, body }) {
      if (!operator.scopes.has('update:clients')) {
        return refuse(403, 'Insufficient scope, expected any of: update:clients', 'insufficient_scope');
      }
      const freshSecret = newClientSecret(ports);
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) =>
        edited(current, body, freshSecret, ports.now()),
      );
      if (updated === 'missing') return NOT_FOUND.client;
      return updated === 'conflict' ? CONFLICT : answer(showClient(updated, tenant, operator));
    },
  }),

  route({
    method: 'DELETE',
    path: '/clients/:id',
    scopes: ['delete:clients'],
    async handle({ ports, tenant, param }) {
      await removeClient(ports, tenant.id, param('id'));
      return empty();
    },
  }),

  route({
    method: 'POST',
    path: '/clients/:id/rotate-secret',
    scopes: ['update:client_keys'],
    async handle({ deps, ports, tenant, param }) {
      const secret = newClientSecret(ports);
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) =>
        current.authMethod === 'none' ? current : { ...current, secret, updatedAt: ports.now() },
      );
      return typeof updated === 'string' ? NOT_FOUND.client : answer(showClient(updated, tenant, 'with-secret'));
    },
  }),
];

function edited(
  current: ClientRecord,
  body: z.output<typeof clientChange>,
  freshSecret: string,
  updatedAt: number,
): ClientRecord {
  const { given, rest } = splitKept(body);
  const { secret: formerSecret, appType: formerType, ...kept } = current;
  const appType = given.app_type === undefined ? formerType : (given.app_type ?? undefined);
  const shown = given.token_endpoint_auth_method;
  const authMethod = shown === undefined ? current.authMethod : (shown ?? defaultAuthMethod(appType));
  const secret = given.client_secret ?? formerSecret ?? freshSecret;
  return {
    ...kept,
    ...optional('name', given.name),
    ...optional('appType', appType),
    ...optional('callbacks', given.callbacks),
    ...optional('grantTypes', given.grant_types),
    authMethod,
    // A client that has become public has none any more, and one that becomes confidential gets one.
    ...(authMethod === 'none' ? {} : { secret }),
    metadata: mergeTexts(current.metadata, given.client_metadata ?? {}),
    settings: mergeSettings(current.settings, { ...rest, token_endpoint_auth_method: shown }),
    updatedAt,
  };
}

/** The secret is shown to those who may read keys only. Source of the keys: mfa-wire reference, section 4.5. */
function showClient(client: ClientRecord, tenant: TenantRecord, to: Operator | 'with-secret'): Record<string, unknown> {
  const maySee = to === 'with-secret' || to.scopes.has('read:client_keys');
  return {
    tenant: tenant.name,
    global: false,
    is_first_party: true,
    is_token_endpoint_ip_header_trusted: false,
    oidc_conformant: true,
    sso_disabled: false,
    cross_origin_authentication: false,
    custom_login_page_on: true,
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000, secret_encoded: false },
    refresh_token: {
      rotation_type: 'non-rotating',
      expiration_type: 'non-expiring',
      leeway: 0,
      token_lifetime: 2_592_000,
      infinite_token_lifetime: true,
      infinite_idle_token_lifetime: true,
      idle_token_lifetime: 1_296_000,
    },
    signing_keys: [],
    ...client.settings,
    name: client.name,
    client_id: client.id,
    ...(maySee && client.secret !== undefined ? { client_secret: client.secret } : {}),
    ...optional('app_type', client.appType),
    callbacks: client.callbacks,
    grant_types: client.grantTypes,
    client_metadata: client.metadata,
  };
}
