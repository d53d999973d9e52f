// Management: organizations of users. Members and connections have files of their own.
import { z } from 'zod';
import type { JsonObject, OrganizationRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { organizationBranding } from './branding.ts';
import { type EnabledConnection, enabledConnection, enabledOf, showEnabled, toEnabled } from './enabled-connection.ts';
import { jsonObject, mergeSettings, optional, text } from './fields.ts';
import { checkpointQuery, list } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';

const NAME_TAKEN = refuse(409, 'An organization with this name already exists.');

const name = z.string().regex(/^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$/);

/** At most 25 pairs of texts, as the vendor has it. */
const metadata = z.record(z.string().min(1).max(255), z.string().max(255)).superRefine((value, context) => {
  if (Object.keys(value).length <= 25) return;
  context.addIssue({ code: 'custom', message: 'Too many properties defined, maximum 25' });
});

const kept = {
  branding: organizationBranding.optional(),
  // Kept and given back, without effect so far.
  token_quota: jsonObject.nullable().optional(),
  is_app_entitlement_active: z.boolean().optional(),
  third_party_client_access: z.enum(['allow', 'block']).optional(),
};

const change = z.strictObject({
  name: name.optional(),
  display_name: text(255).optional(),
  metadata: metadata.optional(),
  ...kept,
});

const creation = change.extend({ name, enabled_connections: z.array(enabledConnection).max(50).optional() });

export function showOrganization(organization: OrganizationRecord): Record<string, unknown> {
  const { enabled_connections: _ownRoute, ...settings } = organization.settings;
  return {
    id: organization.id,
    name: organization.name,
    ...optional('display_name', organization.displayName),
    ...(Object.keys(organization.metadata).length === 0 ? {} : { metadata: organization.metadata }),
    ...settings,
  };
}

export const organizationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/organizations',
    scopes: ['read:organizations', 'read:organizations_summary'],
    query: z.strictObject({ ...checkpointQuery, sort: z.string().max(100).optional() }),
    async handle({ deps, tenant, query }) {
      return list(query, {
        plural: 'organizations',
        read: (page) => deps.store.organizations.list(tenant.id, { page }),
        show: showOrganization,
      });
    },
  }),

  route({ method: 'POST', path: '/organizations', scopes: ['create:organizations'], body: creation, handle: create }),

  route({
    method: 'GET',
    path: '/organizations/name/:name',
    scopes: ['read:organizations'],
    async handle({ deps, tenant, param }) {
      const organization = await deps.store.organizations.findByKey(tenant.id, param('name'));
      return organization ? answer(showOrganization(organization)) : NOT_FOUND.organization;
    },
  }),

  route({
    method: 'GET',
    path: '/organizations/:id',
    scopes: ['read:organizations', 'read:organizations_summary'],
    async handle({ deps, tenant, param }) {
      const organization = await deps.store.organizations.find(tenant.id, param('id'));
      return organization ? answer(showOrganization(organization)) : NOT_FOUND.organization;
    },
  }),

  route({
    method: 'PATCH',
    path: '/organizations/:id',
    scopes: ['update:organizations'],
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
    async handle({ deps, tenant, param }) {
      return (await deps.store.organizations.remove(tenant.id, param('id'))) ? empty() : NOT_FOUND.organization;
    },
  }),
];

async function create({ deps, ports, tenant, body }: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { name: ownName, display_name, metadata: ownMetadata, enabled_connections: inputs = [], ...rest } = body;
  const enabled: EnabledConnection[] = [];
  for (const input of inputs) {
    const connection = await deps.store.connections.find(tenant.id, input.connection_id);
    if (!connection) return invalidBody(`The connection "${input.connection_id}" does not exist.`);
    enabled.push(toEnabled(input, connection));
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
