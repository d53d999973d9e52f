// Management: which APIs a client may call as itself, and with which scopes.
import { z } from 'zod';
import { OPERATOR_SCOPES } from '#runtime/lifecycle/scopes.ts';
import type { ClientGrantRecord, ResourceServerRecord } from '#storage/records.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { mergeSettings, optional, text } from './fields.ts';
import { refuseBeyond, refuseLifted, scopesBeyond } from './lifted-clients.ts';
import { listing } from './listing.ts';
import { boolean, slice } from './paging.ts';
import { NOTHING, type Operator, type Route, route } from './route.ts';

const scope = z.array(text(280)).max(1000);

const kept = {
  organization_usage: z.enum(['deny', 'allow', 'require']).nullable().optional(),
  allow_any_organization: z.boolean().nullable().optional(),
  authorization_details_types: z.array(text(255)).max(100).optional(),
  allow_all_scopes: z.boolean().nullable().optional(),
};

const SUBJECTS = ['client', 'user'] as const;

const shape = z
  .strictObject({
    id: z.string(),
    client_id: z.string(),
    audience: z.string(),
    scope: z.array(z.string()),
    subject_type: z.enum(SUBJECTS),
    organization_usage: z.enum(['deny', 'allow', 'require']).optional(),
    allow_any_organization: z.boolean().optional(),
    authorization_details_types: z.array(z.string()).optional(),
    allow_all_scopes: z.boolean().optional(),
  })
  .meta({ id: 'ClientGrant' });

const GRANTS = listing('client_grants', shape, { paging: 'checkpoint' });

const BY_NAME = invalidBody('Scopes of the Management API are granted by name.');

const creation = z.strictObject({
  client_id: text(64),
  audience: text(600),
  scope: scope.optional(),
  subject_type: z.enum(SUBJECTS).optional(),
  ...kept,
});

function showGrant(grant: ClientGrantRecord): Record<string, unknown> {
  return {
    id: grant.id,
    client_id: grant.clientId,
    audience: grant.audience,
    scope: grant.scope,
    subject_type: 'client',
    ...grant.settings,
  };
}

export const clientGrantRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/client-grants',
    scopes: ['read:client_grants'],
    summary: 'List client grants',
    answers: GRANTS.answers,
    query: z.strictObject({
      ...GRANTS.query,
      audience: text(600).optional(),
      client_id: text(64).optional(),
      allow_any_organization: boolean.optional(),
      subject_type: z.enum(SUBJECTS).optional(),
      // Grants for groups of clients: there are none here.
      default_for: z.enum(['third_party_clients']).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const { audience, client_id: clientId, subject_type: subject, allow_any_organization: any } = query;
      const matches = ({ audience: own, settings }: ClientGrantRecord) =>
        (audience === undefined || own === audience) &&
        (subject === undefined || (settings.subject_type ?? 'client') === subject) &&
        query.default_for === undefined &&
        (any === undefined || (settings.allow_any_organization ?? false) === any);
      const isFiltered = [audience, subject, any, query.default_for].some((each) => each !== undefined);
      return GRANTS.answer(query, {
        async read(page) {
          if (!isFiltered) return deps.store.clientGrants.list(tenant.id, { ...optional('parent', clientId), page });
          const { records } = await deps.store.clientGrants.list(tenant.id, optional('parent', clientId));
          return slice(records.filter(matches), page);
        },
        show: showGrant,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/client-grants',
    scopes: ['create:client_grants'],
    summary: 'Create a client grant',
    answers: { 201: shape },
    body: creation,
    async handle({ deps, ports, tenant, operator, body }) {
      if (!(await deps.store.clients.find(tenant.id, body.client_id))) return NOT_FOUND.client;
      const api = await deps.store.resourceServers.findByKey(tenant.id, body.audience);
      if (!api) return NOT_FOUND.resourceServer;
      const { client_id: clientId, audience, scope: scopes = [], subject_type: subject = 'client', ...rest } = body;
      const refusal = refuseGrant(api, operator, { scopes, all: rest.allow_all_scopes });
      if (refusal) return refusal;
      const now = ports.now();
      const grant: ClientGrantRecord = {
        tenantId: tenant.id,
        id: `cgr_${ports.random.letters(16)}`,
        clientId,
        audience,
        scope: scopes,
        settings: mergeSettings({}, { subject_type: subject, ...rest }),
        createdAt: now,
        updatedAt: now,
      };
      if ((await deps.store.clientGrants.insert(grant)) === 'conflict') {
        return refuse(409, 'A client grant for this client and audience already exists.');
      }
      return created(showGrant(grant));
    },
  }),

  route({
    method: 'GET',
    path: '/client-grants/:id',
    scopes: ['read:client_grants'],
    summary: 'Get a client grant',
    answers: { 200: shape },
    async handle({ deps, tenant, param }) {
      const grant = await deps.store.clientGrants.find(tenant.id, param('id'));
      return grant ? answer(showGrant(grant)) : NOT_FOUND.grant;
    },
  }),

  route({
    method: 'PATCH',
    path: '/client-grants/:id',
    scopes: ['update:client_grants'],
    summary: 'Update a client grant',
    answers: { 200: shape },
    body: z.strictObject({ scope: scope.nullable().optional(), ...kept }),
    async handle(call) {
      const { deps, tenant, operator, param, body } = call;
      const grant = await deps.store.clientGrants.find(tenant.id, param('id'));
      if (!grant) return NOT_FOUND.grant;
      const lifted = await refuseLifted(call, grant.clientId);
      if (lifted) return lifted;
      const { scope: given, ...rest } = body;
      const scopes = given ?? undefined;
      const api = await deps.store.resourceServers.findByKey(tenant.id, grant.audience);
      if (!api && scopes !== undefined) return NOT_FOUND.resourceServer;
      const refusal = api && refuseGrant(api, operator, { scopes: scopes ?? [], all: rest.allow_all_scopes });
      if (refusal) return refusal;
      const updated = await deps.store.clientGrants.update(tenant.id, grant.id, (current) => ({
        ...current,
        ...optional('scope', scopes),
        settings: mergeSettings(current.settings, rest),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.grant : answer(showGrant(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/client-grants/:id',
    scopes: ['delete:client_grants'],
    summary: 'Delete a client grant',
    answers: { 204: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      const grant = await deps.store.clientGrants.find(tenant.id, param('id'));
      const lifted = grant && (await refuseLifted(call, grant.clientId));
      if (lifted) return lifted;
      await deps.store.clientGrants.remove(tenant.id, param('id'));
      return empty();
    },
  }),
];

/**
 * What opens other tenants is only for those who have it: nobody lifts themselves up. A scope that the API does not offer may be
 * granted, as the vendor has it: no token carries it until the API offers it.
 */
function refuseGrant(
  api: ResourceServerRecord,
  operator: Operator,
  { scopes, all }: { scopes: string[]; all: boolean | null | undefined },
): Refusal | undefined {
  if (!api.isSystem) return undefined;
  if (all === true) return BY_NAME;
  const offered = new Set(api.scopes.map(({ value }) => value));
  const closed = OPERATOR_SCOPES.filter((value) => scopes.includes(value) && !offered.has(value));
  if (closed.length > 0) return invalidBody(`Scopes are not defined by the resource server: ${closed.join(', ')}`);
  const beyond = scopesBeyond({ operator }, scopes);
  return beyond.length === 0 ? undefined : refuseBeyond(beyond);
}
