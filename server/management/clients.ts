// Management: clients (applications).
import { z } from 'zod';
import { defaultAuthMethod, newClient, newClientSecret, removeClient, secretAfter } from '#runtime/lifecycle/client.ts';
import type { ClientRecord } from '#storage/records.ts';
import type { Page } from '#storage/store.ts';
import { hasKeys } from '../oauth/client-keys.ts';
import { publishKeys } from '../oauth/keys.ts';
import { idTokenSignature } from '../oauth/token-signature.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { unknownCredentials } from './client-credentials.ts';
import { readClientLogout } from './client-logout.ts';
import { type ClientChange, clientChange, clientCreation, keptAfter, splitKept } from './client-schema.ts';
import { readClientSearch } from './client-search.ts';
import { mergeSettings, mergeTexts, optional } from './fields.ts';
import { changeGlobalClient, isGlobal, showGlobalClient } from './global-client.ts';
import { liftedClients, refuseLifted } from './lifted-clients.ts';
import { listing } from './listing.ts';
import { handInKeys, NO_KEYS } from './new-client-keys.ts';
import { boolean, fieldsQuery, project, slice } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { clientShape, showClient } from './show-client.ts';

const READ = ['read:clients', 'read:client_keys', 'read:client_credentials'] as const;
const CONFLICT = refuse(409, 'A client with this id already exists.');

const CLIENTS = listing('clients', clientShape, { paging: 'checkpoint', fields: true, withLength: true });

export const clientRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/clients',
    scopes: READ,
    summary: 'List clients',
    query: z.strictObject({
      ...CLIENTS.query,
      is_global: boolean.optional(),
      is_first_party: boolean.optional(),
      app_type: z.string().max(1000).optional(),
      external_client_id: z.string().max(2048).optional(),
      q: z.string().max(2000).optional(),
    }),
    answers: CLIENTS.answers,
    async handle(call) {
      const { deps, tenant, query } = call;
      const show = viewOf(call, await liftedClients(call));
      const { is_first_party: own, is_global: global, app_type: types, external_client_id: external, q } = query;
      if (global === true) {
        const read = async (page: Page) => slice([await showGlobalClient(call)], page);
        return CLIENTS.answer(query, { read, show: (client) => client });
      }
      const search = q === undefined ? undefined : await readClientSearch(call, q);
      if (search && 'ok' in search) return search;
      const wanted = types?.split(',').map((type) => type.trim());
      const isWhole = [own, wanted, external, search].every((filter) => filter === undefined);
      const matches = (client: ClientRecord) =>
        // None was made of a document elsewhere.
        external === undefined &&
        (wanted === undefined || wanted.includes(client.appType ?? '')) &&
        (own === undefined || (client.settings.is_first_party ?? true) === own) &&
        (search === undefined || search.matches(client));
      return CLIENTS.answer(query, {
        async read(page) {
          if (isWhole) return deps.store.clients.list(tenant.id, { page });
          const { records } = await deps.store.clients.list(tenant.id);
          return slice(records.filter(matches), page);
        },
        show,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/clients',
    scopes: ['create:clients'],
    summary: 'Create a client',
    answers: { 201: clientShape },
    body: clientCreation,
    async handle({ deps, ports, tenant, body }) {
      const keys = await handInKeys(ports, body);
      if ('ok' in keys) return keys;
      const { given, logout, rest } = splitKept({ ...body, ...NO_KEYS });
      const settings = keptAfter(
        {},
        { ...rest, token_endpoint_auth_method: body.token_endpoint_auth_method, ...keys.settings },
      );
      const proves = hasKeys({ settings });
      if (proves && typeof body.token_endpoint_auth_method === 'string') return TWO_WAYS;
      const client = await newClient(ports, tenant.id, {
        name: body.name,
        ...optional('secret', given.client_secret),
        ...optional('appType', body.app_type),
        ...optional('callbacks', given.callbacks),
        ...optional('grantTypes', given.grant_types),
        ...optional(
          'authMethod',
          proves ? ('private_key_jwt' as const) : (body.token_endpoint_auth_method ?? undefined),
        ),
        ...(keys.credentials.length === 0 ? {} : { credentials: keys.credentials }),
        metadata: mergeTexts({}, given.client_metadata ?? {}),
        ...readClientLogout(undefined, logout),
        settings,
      });
      if (client === 'conflict') return CONFLICT;
      await publishKeys(deps, tenant, idTokenSignature(client).algorithm);
      // Whoever makes a client must learn its secret, whatever else it may read.
      return created({ ...showClient(client, tenant, 'with-secret'), ...keys.shown, encrypted: true });
    },
  }),

  route({
    method: 'GET',
    path: '/clients/:id',
    scopes: READ,
    summary: 'Get a client',
    query: z.strictObject(fieldsQuery),
    answers: { 200: clientShape.partial() },
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (isGlobal(tenant, param('id'))) return answer(project(await showGlobalClient(call), query));
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
    summary: 'Update a client',
    answers: { 200: clientShape },
    body: clientChange,
    async handle(call) {
      const { deps, ports, tenant, operator, param, body } = call;
      if (!operator.scopes.has('update:clients')) {
        return refuse(403, 'Insufficient scope, expected any of: update:clients', 'insufficient_scope');
      }
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      if (isGlobal(tenant, param('id'))) return answer(await changeGlobalClient(call, body));
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
    summary: 'Delete a client',
    answers: { 204: NOTHING },
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
    summary: 'Give a client a new secret',
    answers: { 200: clientShape },
    async handle(call) {
      const { deps, ports, tenant, param } = call;
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      const secret = newClientSecret(ports);
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) =>
        hasKeys(current) ? current : { ...current, secret, updatedAt: ports.now() },
      );
      return typeof updated === 'string' ? NOT_FOUND.client : answer(showClient(updated, tenant, 'with-secret'));
    },
  }),
];

function edited(current: ClientRecord, body: ClientChange, freshSecret: string, updatedAt: number): ClientRecord {
  const { given, logout, rest } = splitKept(body);
  const { secret: _former, appType: formerType, backChannelLogout: formerLogout, ...kept } = current;
  const appType = given.app_type === undefined ? formerType : (given.app_type ?? undefined);
  const shown = given.token_endpoint_auth_method;
  const merged = keptAfter(current.settings, { ...rest, token_endpoint_auth_method: shown });
  const isKeyed = hasKeys({ settings: merged });
  // A client that proves itself by a key has no such property on the wire.
  const settings = isKeyed ? mergeSettings(merged, { token_endpoint_auth_method: null }) : merged;
  const former = current.authMethod === 'private_key_jwt' ? defaultAuthMethod(appType) : current.authMethod;
  const bySecret = shown === undefined ? former : (shown ?? defaultAuthMethod(appType));
  const authMethod = isKeyed ? 'private_key_jwt' : bySecret;
  return {
    ...kept,
    ...optional('name', given.name),
    ...optional('appType', appType),
    ...optional('callbacks', given.callbacks),
    ...optional('grantTypes', given.grant_types),
    authMethod,
    ...optional('secret', given.client_secret ?? secretAfter(current, authMethod, freshSecret)),
    metadata: mergeTexts(current.metadata, given.client_metadata ?? {}),
    ...readClientLogout(formerLogout, logout),
    settings,
    updatedAt,
  };
}

const TWO_WAYS = invalidBody(
  'A client that proves itself by a key has no token_endpoint_auth_method: take away the one or the other.',
);

/** What is wrong with the keys that the client would have after `body`. */
function refuseKeys(current: ClientRecord, body: ClientChange): Refusal | undefined {
  const { rest } = splitKept(body);
  const settings = keptAfter(current.settings, rest);
  if (hasKeys({ settings }) && typeof body.token_endpoint_auth_method === 'string') return TWO_WAYS;
  const [unknown] = unknownCredentials(settings, current);
  // One that has been deleted since may still be named; only what is named now must be there.
  const names = body.client_authentication_methods ?? body.signed_request_object ?? body.token_vault_privileged_access;
  if (unknown === undefined || !names) return undefined;
  return invalidBody(`The client has no credential ${unknown}.`);
}

/** What a caller sees: the secret only who may read keys, and of `lifted` ones nobody. */
function viewOf({ tenant, operator }: Incoming, lifted: ReadonlySet<string> = new Set()) {
  const maySee = operator.scopes.has('read:client_keys');
  return (client: ClientRecord) =>
    showClient(client, tenant, maySee && !lifted.has(client.id) ? 'with-secret' : 'without-secret');
}
