// Management: resource servers (APIs). The tenant's own Management API is among them and cannot be changed.
import { z } from 'zod';
import type { ResourceServerRecord } from '#storage/records.ts';
import { publishKeys } from '../oauth/keys.ts';
import { TOKEN_ALGORITHMS } from '../oauth/token-signature.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { jsonObject, mergeSettings, optional, text, wholeNumber } from './fields.ts';
import { listing } from './listing.ts';
import { fieldsQuery, project, slice } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { showTokenEncryption, tokenEncryption, tokenEncryptionShape } from './token-encryption.ts';

const object = jsonObject.nullable().optional();

const DIALECTS = ['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'] as const;

const change = z.strictObject({
  name: z
    .string()
    .regex(/^[^<>]*$/)
    .max(200)
    .optional(),
  scopes: z
    .array(z.strictObject({ value: text(280), description: z.string().max(500).optional() }))
    .max(1000)
    .optional(),
  signing_alg: z.enum(TOKEN_ALGORITHMS).optional(),
  signing_secret: z.string().min(16).max(512).optional(),
  token_lifetime: wholeNumber(1, 2_592_000).optional(),
  token_lifetime_for_web: wholeNumber(1, 2_592_000).optional(),
  allow_offline_access: z.boolean().optional(),
  allow_online_access: z.boolean().optional(),
  allow_online_access_with_ephemeral_sessions: z.boolean().optional(),
  skip_consent_for_verifiable_first_party_clients: z.boolean().optional(),
  enforce_policies: z.boolean().optional(),
  token_lifetime_for_anonymous_access_tokens: wholeNumber(1, 2_592_000).nullable().optional(),
  token_dialect: z.enum(DIALECTS).optional(),
  subject_type_authorization: object,
  consent_policy: z.string().max(100).nullable().optional(),
  authorization_details: z.array(jsonObject).max(100).nullable().optional(),
  token_encryption: tokenEncryption.nullable().optional(),
  proof_of_possession: object,
  authorization_policy: object,
});

const SYSTEM = invalidBody('Cannot alter a system API');
const TAKEN = refuse(409, 'A resource server with the same identifier already exists.');

const shape = z
  .strictObject({
    id: z.string(),
    name: z.string().optional(),
    identifier: z.string(),
    is_system: z.boolean().optional(),
    scopes: z.array(z.strictObject({ value: z.string(), description: z.string().optional() })),
    signing_alg: z.enum(TOKEN_ALGORITHMS),
    signing_secret: z.string().optional(),
    allow_offline_access: z.boolean(),
    allow_online_access: z.boolean().optional(),
    allow_online_access_with_ephemeral_sessions: z.boolean().optional(),
    skip_consent_for_verifiable_first_party_clients: z.boolean(),
    token_lifetime: z.int(),
    token_lifetime_for_web: z.int(),
    token_lifetime_for_anonymous_access_tokens: z.int().optional(),
    enforce_policies: z.boolean().optional(),
    token_dialect: z.enum(DIALECTS).optional(),
    token_encryption: tokenEncryptionShape.optional(),
    consent_policy: z.string().optional(),
    authorization_details: z.array(z.looseObject({})).optional(),
    proof_of_possession: z.looseObject({}).optional(),
    subject_type_authorization: z.looseObject({}),
    authorization_policy: z.looseObject({}).optional(),
    client_id: z.string().optional(),
  })
  .meta({ id: 'ResourceServer' });

const APIS = listing('resource_servers', shape, { paging: 'page', fields: true });

/** `clientId`: of the client that is this API when it calls others. */
function showApi(api: ResourceServerRecord, clientId?: string): Record<string, unknown> {
  const { token_encryption: encryption, ...settings } = api.settings;
  return {
    id: api.id,
    // Tools that keep a tenant in files know by this name that it is not theirs to keep.
    ...optional('name', api.isSystem ? 'Auth0 Management API' : api.name),
    identifier: api.identifier,
    skip_consent_for_verifiable_first_party_clients: false,
    subject_type_authorization: { client: { policy: 'require_client_grant' }, user: { policy: 'allow_all' } },
    ...settings,
    ...optional('token_encryption', showTokenEncryption(encryption)),
    allow_offline_access: api.allowOfflineAccess,
    token_lifetime: api.tokenLifetimeSeconds,
    token_lifetime_for_web: api.tokenLifetimeForWebSeconds,
    signing_alg: api.signingAlg,
    ...optional('signing_secret', api.signingSecret),
    scopes: api.isSystem ? api.scopes.map(({ value }) => ({ value, description: headingOf(value) })) : api.scopes,
    ...(api.isSystem ? { is_system: true } : {}),
    ...optional('client_id', clientId),
  };
}

/** `read:client_grants` is told as `Read Client Grants`. */
const headingOf = (scope: string): string =>
  scope.replaceAll(/[:_-]/g, ' ').replaceAll(/(^| )[a-z]/g, (letter) => letter.toUpperCase());

/** With the client that was made for it. */
async function show({ deps, tenant }: Incoming, api: ResourceServerRecord): Promise<Record<string, unknown>> {
  const { records } = await deps.store.clients.list(tenant.id, {
    parent: api.identifier,
    page: { offset: 0, limit: 1 },
  });
  return showApi(api, records[0]?.id);
}

/** Properties of the record that were given, the rest as settings. */
function split(body: z.output<typeof change>) {
  const {
    name,
    scopes,
    signing_alg,
    signing_secret,
    token_lifetime,
    token_lifetime_for_web,
    allow_offline_access,
    ...rest
  } = body;
  const columns = {
    ...optional('name', name),
    ...(scopes === undefined
      ? {}
      : { scopes: scopes.map(({ value, description }) => ({ value, ...optional('description', description) })) }),
    ...optional('signingAlg', signing_alg),
    ...optional('signingSecret', signing_secret),
    ...optional('tokenLifetimeSeconds', token_lifetime),
    ...optional('tokenLifetimeForWebSeconds', token_lifetime_for_web),
    ...optional('allowOfflineAccess', allow_offline_access),
  };
  return { columns, rest };
}

export const resourceServerRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/resource-servers',
    scopes: ['read:resource_servers'],
    summary: 'List APIs',
    query: z.strictObject({ ...APIS.query, identifiers: z.string().max(2000).optional() }),
    answers: APIS.answers,
    async handle(call) {
      const { deps, tenant, query } = call;
      const wanted = query.identifiers?.split(',');
      return APIS.answer(query, {
        async read(page) {
          if (!wanted) return deps.store.resourceServers.list(tenant.id, { page });
          const { records } = await deps.store.resourceServers.list(tenant.id);
          return slice(
            records.filter(({ identifier }) => wanted.includes(identifier)),
            page,
          );
        },
        show: (api) => show(call, api),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/resource-servers',
    scopes: ['create:resource_servers'],
    summary: 'Create an API',
    answers: { 201: shape },
    body: change.extend({ identifier: text(600) }),
    async handle(call) {
      const { deps, ports, tenant, body } = call;
      const { identifier, ...given } = body;
      const { columns, rest } = split(given);
      const now = ports.now();
      const api: ResourceServerRecord = {
        tenantId: tenant.id,
        id: ports.random.hex(24),
        identifier,
        scopes: [],
        signingAlg: 'RS256',
        tokenLifetimeSeconds: 86_400,
        tokenLifetimeForWebSeconds: 7200,
        allowOfflineAccess: false,
        ...columns,
        isSystem: false,
        settings: mergeSettings({}, rest),
        createdAt: now,
        updatedAt: now,
      };
      const ready = await readyToSign(call, api);
      if ((await deps.store.resourceServers.insert(ready)) === 'conflict') return TAKEN;
      return created(showApi(ready));
    },
  }),

  route({
    method: 'GET',
    path: '/resource-servers/:id',
    scopes: ['read:resource_servers'],
    summary: 'Get an API, by its id or its identifier',
    query: z.strictObject(fieldsQuery),
    answers: { 200: shape.partial() },
    async handle(call) {
      const api = await find(call);
      return api ? answer(project(await show(call, api), call.query)) : NOT_FOUND.resourceServer;
    },
  }),

  route({
    method: 'PATCH',
    path: '/resource-servers/:id',
    scopes: ['update:resource_servers'],
    summary: 'Update an API',
    answers: { 200: shape },
    body: change,
    async handle(call) {
      const { deps, tenant, body } = call;
      const api = await find(call);
      if (!api) return NOT_FOUND.resourceServer;
      if (api.isSystem) return SYSTEM;
      const { columns, rest } = split(body);
      const { signingSecret } = await readyToSign(call, { ...api, ...columns });
      const updated = await deps.store.resourceServers.update(tenant.id, api.id, (current) => ({
        ...optional('signingSecret', signingSecret),
        ...current,
        ...columns,
        settings: mergeSettings(current.settings, rest),
        updatedAt: deps.clock.now(),
      }));
      if (typeof updated === 'string') return NOT_FOUND.resourceServer;
      // A permission of a scope that somebody offers anew later must not come back to life.
      const offered = updated.scopes.map(({ value }) => value);
      if (columns.scopes) await deps.store.permissions.keepOnly(tenant.id, api.id, offered);
      return answer(await show(call, updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/resource-servers/:id',
    scopes: ['delete:resource_servers'],
    summary: 'Delete an API',
    answers: { 204: NOTHING },
    async handle(call) {
      const { deps, tenant } = call;
      const api = await find(call);
      if (api?.isSystem) return SYSTEM;
      if (!api) return empty();
      // A grant for an audience that somebody makes anew later must not come back to life.
      const { records } = await deps.store.clientGrants.list(tenant.id);
      for (const grant of records.filter(({ audience }) => audience === api.identifier)) {
        await deps.store.clientGrants.remove(tenant.id, grant.id);
      }
      await deps.store.resourceServers.remove(tenant.id, api.id);
      return empty();
    },
  }),
];

/** With what its algorithm needs: a secret, or keys that verifiers can read before the first token. */
async function readyToSign(
  { deps, ports, tenant }: Incoming,
  api: ResourceServerRecord,
): Promise<ResourceServerRecord> {
  if (api.signingAlg === 'HS256') return { ...api, signingSecret: api.signingSecret ?? ports.random.letters(32) };
  await publishKeys(deps, tenant, api.signingAlg);
  return api;
}

/** By id or by identifier. */
async function find({ deps, tenant, param }: Incoming): Promise<ResourceServerRecord | undefined> {
  const id = param('id');
  return (
    (await deps.store.resourceServers.find(tenant.id, id)) ??
    (await deps.store.resourceServers.findByKey(tenant.id, id))
  );
}
