// Management: organizations of users. Members and connections have files of their own.
import { z } from 'zod';
import type { JsonObject, OrganizationRecord } from '#storage/records.ts';
import type { Listed, Page } from '#storage/store.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { organizationBranding } from './branding.ts';
import {
  CONTRADICTORY,
  enabledConnection,
  enabledOf,
  enabledShape,
  type HeldConnection,
  isContradictory,
  showEnabled,
  toHeld,
} from './enabled-connection.ts';
import { jsonObject, mergeSettings, optional, text } from './fields.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const NAME_TAKEN = refuse(409, 'An organization with this name already exists.');

const ACCESS = ['allow', 'block'] as const;

const name = z.string().regex(/^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$/);

/** At most 25 pairs of texts, as the vendor has it. */
const metadata = z.record(z.string().min(1).max(255), z.string().max(255)).superRefine((value, context) => {
  if (Object.keys(value).length <= 25) return;
  context.addIssue({ code: 'custom', message: 'Too many properties defined, maximum 25' });
});

const kept = {
  branding: organizationBranding.optional(),
  // Kept and given back, without effect so far, as the two after it.
  token_quota: jsonObject.nullable().optional(),
  is_app_entitlement_active: z.boolean().optional(),
  third_party_client_access: z.enum(ACCESS).optional(),
};

const change = z.strictObject({
  name: name.optional(),
  display_name: text(255).optional(),
  metadata: metadata.optional(),
  ...kept,
});

const creation = change.extend({ name, enabled_connections: z.array(enabledConnection).max(50).optional() });

export const organizationShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    display_name: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    branding: z.looseObject({}).optional(),
    token_quota: z.looseObject({}).optional(),
    third_party_client_access: z.enum(ACCESS),
    is_app_entitlement_active: z.boolean(),
    enabled_connections: z.array(enabledShape).optional(),
    client: z.strictObject({ use_for_member_access: z.boolean() }).optional(),
  })
  .meta({ id: 'Organization' });

const ORGANIZATIONS = listing('organizations', organizationShape, { paging: 'checkpoint' });

export function showOrganization(organization: OrganizationRecord): Record<string, unknown> {
  const { enabled_connections: _ownRoute, ...settings } = organization.settings;
  return {
    id: organization.id,
    name: organization.name,
    ...optional('display_name', organization.displayName),
    ...(Object.keys(organization.metadata).length === 0 ? {} : { metadata: organization.metadata }),
    third_party_client_access: 'block',
    is_app_entitlement_active: false,
    ...settings,
  };
}

export const organizationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/organizations',
    scopes: ['read:organizations', 'read:organizations_summary'],
    summary: 'List organizations',
    query: z.strictObject({
      ...ORGANIZATIONS.query,
      sort: z
        .string()
        .regex(/^(name|display_name|created_at):-?1$/)
        .optional(),
      include_client_association_for: text(64).optional(),
    }),
    answers: ORGANIZATIONS.answers,
    async handle({ deps, tenant, query }) {
      const { sort, include_client_association_for: clientId } = query;
      return ORGANIZATIONS.answer(query, {
        async read(page) {
          const { records, total } = await readSorted(deps.store, tenant.id, sort, page);
          const ids = records.map(({ id }) => id);
          const held =
            clientId === undefined ? undefined : await deps.store.holdings.memberAccess(tenant.id, clientId, ids);
          return {
            records: records.map((organization) => ({
              id: organization.id,
              organization,
              access: held?.get(organization.id),
            })),
            total,
          };
        },
        show: ({ organization, access }) => ({
          ...showOrganization(organization),
          ...(access === undefined ? {} : { client: { use_for_member_access: access } }),
        }),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/organizations',
    scopes: ['create:organizations'],
    summary: 'Create an organization',
    answers: { 201: organizationShape },
    body: creation,
    handle: create,
  }),

  route({
    method: 'GET',
    path: '/organizations/name/:name',
    scopes: ['read:organizations'],
    summary: 'Get an organization by its name',
    answers: { 200: organizationShape },
    async handle({ deps, tenant, param }) {
      const organization = await deps.store.organizations.findByKey(tenant.id, param('name'));
      return organization ? answer(showOrganization(organization)) : NOT_FOUND.organization;
    },
  }),

  route({
    method: 'GET',
    path: '/organizations/:id',
    scopes: ['read:organizations', 'read:organizations_summary'],
    summary: 'Get an organization',
    answers: { 200: organizationShape },
    async handle({ deps, tenant, param }) {
      const organization = await deps.store.organizations.find(tenant.id, param('id'));
      return organization ? answer(showOrganization(organization)) : NOT_FOUND.organization;
    },
  }),

  route({
    method: 'PATCH',
    path: '/organizations/:id',
    scopes: ['update:organizations'],
    summary: 'Update an organization',
    answers: { 200: organizationShape },
    body: change,
    async handle({ deps, tenant, param, body }) {
      const { name: newName, display_name, metadata: newMetadata, ...settings } = body;
      const updated = await deps.store.organizations.update(tenant.id, param('id'), (current) => ({
        ...current,
        ...optional('name', newName),
        ...optional('displayName', display_name),
        ...optional('metadata', newMetadata),
        settings: mergeSettings(current.settings, settings),
        updatedAt: deps.clock.now(),
      }));
      if (updated === 'missing') return NOT_FOUND.organization;
      return updated === 'conflict' ? NAME_TAKEN : answer(showOrganization(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/organizations/:id',
    scopes: ['delete:organizations'],
    summary: 'Delete an organization',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      return (await deps.store.organizations.remove(tenant.id, param('id'))) ? empty() : NOT_FOUND.organization;
    },
  }),
];

/** By something else than their creation: all of them are read. */
async function readSorted(
  { organizations }: Incoming['deps']['store'],
  tenantId: string,
  sort: string | undefined,
  page: Page,
): Promise<Listed<OrganizationRecord>> {
  if (sort === undefined || sort === 'created_at:1') return organizations.list(tenantId, { page });
  const { records } = await organizations.list(tenantId);
  const [field, way] = sort.split(':');
  const textOf = ({ name: own, displayName = '' }: OrganizationRecord) => (field === 'name' ? own : displayName);
  // The order of creation breaks ties: it is the one in which they were read.
  const sorted =
    field === 'created_at'
      ? records
      : records.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0));
  return slice(way === '-1' ? sorted.toReversed() : sorted, page);
}

async function create({ deps, ports, tenant, body }: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { name: ownName, display_name, metadata: ownMetadata, enabled_connections: inputs = [], ...rest } = body;
  const enabled: HeldConnection[] = [];
  for (const input of inputs) {
    const connection = await deps.store.connections.find(tenant.id, input.connection_id);
    if (!connection) return invalidBody(`The connection "${input.connection_id}" does not exist.`);
    const held = toHeld(input, connection);
    if (isContradictory(held)) return CONTRADICTORY;
    enabled.push(held);
  }
  const now = ports.now();
  const settings: JsonObject = mergeSettings(
    {},
    { ...rest, ...(enabled.length > 0 ? { enabled_connections: enabled } : {}) },
  );
  const organization: OrganizationRecord = {
    tenantId: tenant.id,
    id: `org_${ports.random.letters(16)}`,
    name: ownName,
    ...optional('displayName', display_name),
    metadata: ownMetadata ?? {},
    settings,
    createdAt: now,
    updatedAt: now,
  };
  if ((await deps.store.organizations.insert(organization)) === 'conflict') return NAME_TAKEN;
  const shown = await Promise.all(enabledOf(organization).map((entry) => showEnabled(deps.store, tenant.id, entry)));
  return created({
    ...showOrganization(organization),
    ...(shown.length > 0 ? { enabled_connections: shown } : {}),
  });
}
