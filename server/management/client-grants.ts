// Management: which APIs a client may call as itself, and with which scopes.
import { z } from 'zod';
import type { ClientGrantRecord, ResourceServerRecord } from '#storage/records.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { mergeSettings, optional, text } from './fields.ts';
import { refuseBeyond, refuseLifted, scopesBeyond } from './lifted-clients.ts';
import { boolean, checkpointQuery, list, slice } from './paging.ts';
import { type Operator, type Route, route } from './route.ts';

const scope = z.array(text(280)).max(1000);

const kept = {
  organization_usage: z.enum(['deny', 'allow', 'require']).nullable().optional(),
  allow_any_organization: z.boolean().nullable().optional(),
  authorization_details_types: z.array(text(255)).max(100).optional(),
};

const creation = z.strictObject({
  client_id: text(64),
  audience: text(600),
  scope: scope.optional(),
  subject_type: z.enum(['client', 'user']).optional(),
  ...kept,
});

function showGrant(grant: ClientGrantRecord): Record<string, unknown> {
  return { id: grant.id, client_id: grant.clientId, audience: grant.audience, scope: grant.scope, ...grant.settings };
}

export const clientGrantRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/client-grants',
    scopes: ['read:client_grants'],
    query: z.strictObject({
      ...checkpointQuery,
      audience: text(600).optional(),
      client_id: text(64).optional(),
      allow_any_organization: boolean.optional(),
      subject_type: z.enum(['client', 'user']).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const { audience, client_id: clientId, subject_type: subject, allow_any_organization: any } = query;
      const matches = ({ audience: own, settings }: ClientGrantRecord) =>
        (audience === undefined || own === audience) &&
        (subject === undefined || settings.subject_type === subject) &&
        (any === undefined || (settings.allow_any_organization ?? false) === any);
      return list(query, {
        plural: 'client_grants',
        async read(page) {
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
    body: creation,
    async handle({ deps, ports, tenant, operator, body }) {
      if (!(await deps.store.clients.find(tenant.id, body.client_id))) return NOT_FOUND.client;
      const api = await deps.store.resourceServers.findByKey(tenant.id, body.audience);
      if (!api) return NOT_FOUND.resourceServer;
      const { client_id: clientId, audience, scope: scopes = [], subject_type: subject = 'client', ...rest } = body;
      const refusal = refuseGrant(api, scopes, operator);
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
    async handle({ deps, tenant, param }) {
      const grant = await deps.store.clientGrants.find(tenant.id, param('id'));
      return grant ? answer(showGrant(grant)) : NOT_FOUND.grant;
    },
  }),

  route({
    method: 'PATCH',
    path: '/client-grants/:id',
    scopes: ['update:client_grants'],
    body: z.strictObject({ scope: scope.optional(), ...kept }),
    async handle(call) {
      const { deps, tenant, operator, param, body } = call;
      const grant = await deps.store.clientGrants.find(tenant.id, param('id'));
      if (!grant) return NOT_FOUND.grant;
      const lifted = await refuseLifted(call, grant.clientId);
      if (lifted) return lifted;
      const { scope: scopes, ...rest } = body;
      const api = await deps.store.resourceServers.findByKey(tenant.id, grant.audience);
      const refusal = scopes && (api ? refuseGrant(api, scopes, operator) : NOT_FOUND.resourceServer);
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

/** What the API does not offer, and what opens other tenants unless the caller has it: nobody lifts itself up. */
function refuseGrant(api: ResourceServerRecord, scopes: string[], operator: Operator): Refusal | undefined {
  const offered = new Set(api.scopes.map(({ value }) => value));
  const unknown = scopes.filter((value) => !offered.has(value));
  if (unknown.length > 0) return invalidBody(`Scopes are not defined by the resource server: ${unknown.join(', ')}`);
  const beyond = api.isSystem ? scopesBeyond({ operator }, scopes) : [];
  return beyond.length === 0 ? undefined : refuseBeyond(beyond);
}
