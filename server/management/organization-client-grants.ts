// Management: client grants that are good for an organization, and the organizations that a client grant is good for.
import { z } from 'zod';
import type { ClientGrantRecord } from '#storage/records.ts';
import { created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { text } from './fields.ts';
import { listing } from './listing.ts';
import { organizationShape, showOrganization } from './organizations.ts';
import { slice } from './paging.ts';
import { NOTHING, type Route, route } from './route.ts';

const PATH = '/organizations/:id/client-grants';
const ALREADY_THERE = refuse(409, 'The client grant is already associated with this organization.');
const NOT_FOR_ORGANIZATIONS = invalidBody('The client grant is not for organizations.');

const properties = {
  client_id: z.string(),
  audience: z.string(),
  scope: z.array(z.string()),
  organization_usage: z.enum(['deny', 'allow', 'require']).optional(),
  allow_any_organization: z.boolean(),
};
const listed = z
  .strictObject({ id: z.string(), ...properties, subject_type: z.enum(['client', 'user']) })
  .meta({ id: 'OrganizationClientGrant' });
/** The same, as the answer to the one who adds it names it. */
const added = z.strictObject({ grant_id: z.string(), ...properties });

const GRANTS = listing('client_grants', listed, { paging: 'page' });
const ORGANIZATIONS = listing('organizations', organizationShape, { paging: 'checkpoint' });

function show({ clientId, audience, scope, settings }: ClientGrantRecord) {
  const { organization_usage: usage } = settings;
  return {
    client_id: clientId,
    audience,
    scope,
    ...(usage === undefined ? {} : { organization_usage: usage }),
    allow_any_organization: settings.allow_any_organization === true,
  };
}

export const organizationClientGrantRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:organization_client_grants'],
    summary: 'List the client grants of an organization',
    query: z.strictObject({
      ...GRANTS.query,
      audience: text(600).optional(),
      client_id: text(64).optional(),
      grant_ids: z.union([text(64), z.array(text(64)).max(10)]).optional(),
    }),
    answers: GRANTS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      const { audience, client_id: clientId, grant_ids: ids } = query;
      const wanted = ids === undefined ? undefined : new Set([ids].flat());
      const meant = (await deps.store.holdings.grantsOf(tenant.id, param('id'))).filter(
        (grant) =>
          (audience === undefined || grant.audience === audience) &&
          (clientId === undefined || grant.clientId === clientId) &&
          (wanted === undefined || wanted.has(grant.id)),
      );
      return GRANTS.answer(query, {
        read: async (page) => slice(meant, page),
        show: (grant) => ({ id: grant.id, ...show(grant), subject_type: grant.settings.subject_type ?? 'client' }),
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:organization_client_grants'],
    summary: 'Add a client grant to an organization',
    answers: { 201: added },
    body: z.strictObject({ grant_id: text(64) }),
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      const grant = await deps.store.clientGrants.find(tenant.id, body.grant_id);
      if (!grant) return NOT_FOUND.grant;
      const { organization_usage: usage } = grant.settings;
      if (usage !== 'allow' && usage !== 'require') return NOT_FOR_ORGANIZATIONS;
      const isNew = await deps.store.holdings.addGrant(tenant.id, param('id'), grant.id);
      return isNew ? created({ grant_id: grant.id, ...show(grant) }) : ALREADY_THERE;
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/:grant`,
    scopes: ['delete:organization_client_grants'],
    summary: 'Remove a client grant from an organization',
    answers: { 204: NOTHING },
    subject: PATH,
    async handle({ deps, tenant, param }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      await deps.store.holdings.removeGrant(tenant.id, param('id'), param('grant'));
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: '/client-grants/:id/organizations',
    scopes: ['read:organization_client_grants'],
    summary: 'List the organizations that a client grant is good for',
    query: z.strictObject(ORGANIZATIONS.query),
    answers: ORGANIZATIONS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.clientGrants.find(tenant.id, param('id')))) return NOT_FOUND.grant;
      return ORGANIZATIONS.answer(query, {
        read: (page) => deps.store.holdings.organizationsOfGrant(tenant.id, param('id'), page),
        show: showOrganization,
      });
    },
  }),
];
