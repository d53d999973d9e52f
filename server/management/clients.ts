// Management: clients (applications).
import { z } from 'zod';
import { defaultAuthMethod, hasSecret, newClient, newClientSecret, removeClient } from '#runtime/lifecycle/client.ts';
import { refreshTokenPolicy } from '#runtime/sessions/refresh-token.ts';
import type { ClientCredentialRecord, ClientRecord, JsonObject, TenantRecord } from '#storage/records.ts';
import { hasKeys } from '../oauth/client-keys.ts';
import { publishKeys } from '../oauth/keys.ts';
import { idTokenConfiguration, idTokenSignature } from '../oauth/token-signature.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { readCredential, showCredential, unknownCredentials } from './client-credentials.ts';
import { readClientLogout, showClientLogout } from './client-logout.ts';
import { clientChange, clientCreation, splitKept } from './client-schema.ts';
import { mergeSettings, mergeTexts, optional } from './fields.ts';
import { liftedClients, refuseLifted } from './lifted-clients.ts';
import { boolean, checkpointQuery, fieldsQuery, list, project, slice } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';

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
    async handle(call) {
      const { deps, tenant, query } = call;
      const shown = viewOf(call, await liftedClients(call));
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
        show: (client) => project(shown(client), query),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/clients',
    scopes: ['create:clients'],
    body: clientCreation,
    async handle({ deps, ports, tenant, body }) {
      const { client_authentication_methods: methods, ...plain } = body;
      const { given, logout, rest } = splitKept(plain);
      const credentials: ClientCredentialRecord[] = [];
      for (const input of methods?.private_key_jwt.credentials ?? []) {
        const credential = await readCredential(ports, input);
        if ('ok' in credential) return credential;
        credentials.push(credential);
      }
      const settings = mergeSettings(
        {},
        {
          ...rest,
          token_endpoint_auth_method: body.token_endpoint_auth_method,
          ...(credentials.length === 0 ? {} : { client_authentication_methods: inUse(credentials) }),
        },
      );
      const proves = hasKeys({ settings });
      if (proves && typeof body.token_endpoint_auth_method === 'string') return TWO_WAYS;
      const client = await newClient(ports, tenant.id, {
        name: body.name,
        ...optional('secret', given.client_secret),
        ...optional('appType', body.app_type),
        ...optional('callbacks', given.callbacks),
        ...optional('grantTypes', given.grant_types),
        ...optional('authMethod', proves ? ('private_key_jwt' as const) : body.token_endpoint_auth_method),
        ...(credentials.length === 0 ? {} : { credentials }),
        metadata: mergeTexts({}, given.client_metadata ?? {}),
        ...readClientLogout(undefined, logout),
        settings,
      });
      if (client === 'conflict') return CONFLICT;
      await publishKeys(deps, tenant, idTokenSignature(client).algorithm);
      // Whoever makes a client must learn its secret, whatever else it may read.
      return created({
        ...showClient(client, tenant, 'with-secret'),
        ...(methods
          ? { client_authentication_methods: { private_key_jwt: { credentials: credentials.map(showCredential) } } }
          : {}),
      });
    },
  }),

  route({
    method: 'GET',
    path: '/clients/:id',
    scopes: READ,
    query: z.strictObject(fieldsQuery),
    async handle(call) {
      const { deps, tenant, param, query } = call;
      const client = await deps.store.clients.find(tenant.id, param('id'));
      if (!client) return NOT_FOUND.client;
      const lifted = (await refuseLifted(call, client.id)) ? [client.id] : [];
      return answer(project(viewOf(call, new Set(lifted))(client), query));
    },
  }),

  route({
    method: 'PATCH',
    path: '/clients/:id',
    scopes: ['update:clients', 'update:client_keys', 'update:client_credentials'],
    body: clientChange,
    async handle(call) {
      const { deps, ports, tenant, operator, param, body } = call;
      if (!operator.scopes.has('update:clients')) {
        return refuse(403, 'Insufficient scope, expected any of: update:clients', 'insufficient_scope');
      }
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      const former = await deps.store.clients.find(tenant.id, param('id'));
      const wrong = former && refuseKeys(former, body);
      if (wrong) return wrong;
      const freshSecret = newClientSecret(ports);
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) =>
        edited(current, body, freshSecret, ports.now()),
      );
      if (updated === 'missing') return NOT_FOUND.client;
      if (updated === 'conflict') return CONFLICT;
      await publishKeys(deps, tenant, idTokenSignature(updated).algorithm);
      return answer(viewOf(call)(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/clients/:id',
    scopes: ['delete:clients'],
    async handle(call) {
      const { ports, tenant, param } = call;
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      await removeClient(ports, tenant.id, param('id'));
      return empty();
    },
  }),

  route({
    method: 'POST',
    path: '/clients/:id/rotate-secret',
    scopes: ['update:client_keys'],
    async handle(call) {
      const { deps, ports, tenant, param } = call;
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      const secret = newClientSecret(ports);
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) =>
        hasSecret(current.authMethod) ? { ...current, secret, updatedAt: ports.now() } : current,
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
  const { given, logout, rest } = splitKept(body);
  const { secret: formerSecret, appType: formerType, backChannelLogout: formerLogout, ...kept } = current;
  const appType = given.app_type === undefined ? formerType : (given.app_type ?? undefined);
  const shown = given.token_endpoint_auth_method;
  const merged = mergeSettings(current.settings, { ...rest, token_endpoint_auth_method: shown });
  const isKeyed = hasKeys({ settings: merged });
  // A client that proves itself by a key has no such property on the wire.
  const settings = isKeyed ? mergeSettings(merged, { token_endpoint_auth_method: null }) : merged;
  const former = current.authMethod === 'private_key_jwt' ? defaultAuthMethod(appType) : current.authMethod;
  const bySecret = shown === undefined ? former : (shown ?? defaultAuthMethod(appType));
  const authMethod = isKeyed ? 'private_key_jwt' : bySecret;
  const secret = given.client_secret ?? formerSecret ?? freshSecret;
  return {
    ...kept,
    ...optional('name', given.name),
    ...optional('appType', appType),
    ...optional('callbacks', given.callbacks),
    ...optional('grantTypes', given.grant_types),
    authMethod,
    // A client that has become public or has a key has none any more, and one that needs one again gets a new one.
    ...(hasSecret(authMethod) ? { secret } : {}),
    metadata: mergeTexts(current.metadata, given.client_metadata ?? {}),
    ...readClientLogout(formerLogout, logout),
    settings,
    updatedAt,
  };
}

const inUse = (credentials: { id: string }[]) => ({
  private_key_jwt: { credentials: credentials.map(({ id }) => ({ id })) },
});

const TWO_WAYS = invalidBody(
  'A client that proves itself by a key has no token_endpoint_auth_method: take away the one or the other.',
);

/** What is wrong with the keys that the client would have after `body`. */
function refuseKeys(current: ClientRecord, body: z.output<typeof clientChange>): Refusal | undefined {
  const { rest } = splitKept(body);
  const settings = mergeSettings(current.settings, rest);
  if (hasKeys({ settings }) && typeof body.token_endpoint_auth_method === 'string') return TWO_WAYS;
  const [unknown] = unknownCredentials(settings, current);
  // One that has been deleted since may still be named; only what is named now must be there.
  if (unknown === undefined || !body.client_authentication_methods) return undefined;
  return invalidBody(`The client has no credential ${unknown}.`);
}

/** What a caller sees: the secret only who may read keys, and of `lifted` ones nobody. */
function viewOf({ tenant, operator }: Incoming, lifted: ReadonlySet<string> = new Set()) {
  const maySee = operator.scopes.has('read:client_keys');
  return (client: ClientRecord) =>
    showClient(client, tenant, maySee && !lifted.has(client.id) ? 'with-secret' : 'without-secret');
}

/** Source of the keys: mfa-wire reference, section 4.5. */
function showClient(
  client: ClientRecord,
  tenant: TenantRecord,
  how: 'with-secret' | 'without-secret',
): Record<string, unknown> {
  return {
    tenant: tenant.name,
    global: false,
    is_first_party: true,
    is_token_endpoint_ip_header_trusted: false,
    oidc_conformant: true,
    sso_disabled: false,
    cross_origin_authentication: false,
    custom_login_page_on: true,
    signing_keys: [],
    ...client.settings,
    refresh_token: showRefreshTokenSettings(client),
    jwt_configuration: idTokenConfiguration(client),
    ...showClientLogout(client),
    name: client.name,
    client_id: client.id,
    ...(how === 'with-secret' && client.secret !== undefined ? { client_secret: client.secret } : {}),
    ...optional('app_type', client.appType),
    callbacks: client.callbacks,
    grant_types: client.grantTypes,
    client_metadata: client.metadata,
  };
}

/** As they act: a client that can keep no secret has tokens that rotate unless it says otherwise. */
function showRefreshTokenSettings(client: ClientRecord): Record<string, unknown> {
  const own = client.settings.refresh_token as JsonObject | undefined;
  const { rotating } = refreshTokenPolicy(client);
  const expires = own?.expiration_type === undefined ? rotating : own.expiration_type === 'expiring';
  return {
    rotation_type: rotating ? 'rotating' : 'non-rotating',
    expiration_type: expires ? 'expiring' : 'non-expiring',
    leeway: 0,
    token_lifetime: 2_592_000,
    infinite_token_lifetime: !expires,
    infinite_idle_token_lifetime: !expires,
    idle_token_lifetime: 1_296_000,
    ...own,
  };
}
