// Management: groups of users: of the tenant, of an organization or of a connection. Reading them is the vendor's; there
// they come from directories. Writing them is ours. Shape: actions-api reference, section 2, `api.groups`.
import { z } from 'zod';
import type { GroupRecord, TenantRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { iso, optional, text } from './fields.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const NAME_TAKEN = refuse(409, 'A group with this name already exists.');

/** Printable ASCII. */
const name = z.string().regex(/^[\x20-\x7e]{1,128}$/);
const externalId = text(256);

const creation = z.strictObject({
  name,
  external_id: externalId.optional(),
  connection_id: text(64).optional(),
  organization_id: text(64).optional(),
});

const group = {
  id: z.string(),
  name: z.string(),
  external_id: z.string().optional(),
  connection_id: z.string().optional(),
  organization_id: z.string().optional(),
  tenant_name: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
};

export const groupShape = z.strictObject(group).meta({ id: 'Group' });

/** A group as one of those that somebody is in. */
export const membershipShape = z
  .strictObject({ ...group, membership_created_at: z.string() })
  .meta({ id: 'Membership' });

const GROUPS = listing('groups', groupShape, { paging: 'take', fields: true });

export function showGroup(group: GroupRecord, tenant: TenantRecord): Record<string, unknown> {
  return {
    id: group.id,
    name: group.name,
    ...optional('external_id', group.externalId),
    ...optional('connection_id', group.connectionId),
    ...optional('organization_id', group.organizationId),
    tenant_name: tenant.name,
    created_at: iso(group.createdAt),
    updated_at: iso(group.updatedAt),
  };
}

export const groupRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/groups',
    scopes: ['read:groups'],
    summary: 'List groups',
    query: z.strictObject({
      ...GROUPS.query,
      connection_id: text(64).optional(),
      organization_id: text(64).optional(),
      name: text(128).optional(),
      external_id: externalId.optional(),
    }),
    answers: GROUPS.answers,
    async handle({ deps, tenant, query }) {
      const { connection_id: connectionId, organization_id: organizationId } = query;
      const isMeant = (group: GroupRecord) =>
        (connectionId === undefined || group.connectionId === connectionId) &&
        (organizationId === undefined || group.organizationId === organizationId) &&
        (query.name === undefined || group.name === query.name) &&
        (query.external_id === undefined || group.externalId === query.external_id);
      const { records } = await deps.store.groups.list(tenant.id, optional('parent', connectionId ?? organizationId));
      const found = records.filter(isMeant);
      return GROUPS.answer(query, {
        read: async (page) => slice(found, page),
        show: (each) => showGroup(each, tenant),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/groups',
    scopes: ['create:groups'],
    summary: 'Create a group',
    answers: { 201: groupShape },
    body: creation,
    handle: create,
  }),

  route({
    method: 'GET',
    path: '/groups/:id',
    scopes: ['read:groups'],
    summary: 'Get a group',
    answers: { 200: groupShape },
    async handle({ deps, tenant, param }) {
      const group = await deps.store.groups.find(tenant.id, param('id'));
      return group ? answer(showGroup(group, tenant)) : NOT_FOUND.group;
    },
  }),

  route({
    method: 'PATCH',
    path: '/groups/:id',
    scopes: ['update:groups'],
    summary: 'Update a group',
    answers: { 200: groupShape },
    body: z.strictObject({ name: name.optional(), external_id: externalId.nullable().optional() }),
    async handle({ deps, tenant, param, body }) {
      const present = await deps.store.groups.find(tenant.id, param('id'));
      if (!present) return NOT_FOUND.group;
      if (body.name !== undefined && (await isTaken(deps.store, { ...present, name: body.name }))) return NAME_TAKEN;
      const updated = await deps.store.groups.update(tenant.id, present.id, (current) => {
        const { externalId: formerId, ...kept } = current;
        return {
          ...kept,
          ...optional('name', body.name),
          ...optional('externalId', body.external_id === undefined ? formerId : (body.external_id ?? undefined)),
          updatedAt: deps.clock.now(),
        };
      });
      return typeof updated === 'string' ? NOT_FOUND.group : answer(showGroup(updated, tenant));
    },
  }),

  route({
    method: 'DELETE',
    path: '/groups/:id',
    scopes: ['delete:groups'],
    summary: 'Delete a group',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      return (await deps.store.groups.remove(tenant.id, param('id'))) ? empty() : NOT_FOUND.group;
    },
  }),
];

async function create(call: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { deps, ports, tenant, body } = call;
  const refusal = await refuseParent(call, body);
  if (refusal) return refusal;
  const now = ports.now();
  const group: GroupRecord = {
    tenantId: tenant.id,
    id: `grp_${ports.random.letters(16)}`,
    name: body.name,
    ...optional('externalId', body.external_id),
    ...optional('connectionId', body.connection_id),
    ...optional('organizationId', body.organization_id),
    createdAt: now,
    updatedAt: now,
  };
  if (await isTaken(deps.store, group)) return NAME_TAKEN;
  if ((await deps.store.groups.insert(group)) === 'conflict') throw new Error('a new group id is already taken');
  return created(showGroup(group, tenant));
}

async function refuseParent(
  { deps, tenant }: Incoming,
  { connection_id: connectionId, organization_id: organizationId }: z.output<typeof creation>,
): Promise<Refusal | undefined> {
  if (connectionId !== undefined && organizationId !== undefined) {
    return invalidBody('A group belongs to a connection or to an organization, not to both.');
  }
  if (connectionId !== undefined && !(await deps.store.connections.find(tenant.id, connectionId))) {
    return invalidBody(`The connection "${connectionId}" does not exist.`);
  }
  if (organizationId !== undefined && !(await deps.store.organizations.find(tenant.id, organizationId))) {
    return invalidBody(`The organization "${organizationId}" does not exist.`);
  }
  return undefined;
}

/** Names are unique among the groups of one connection, of one organization, and of the tenant itself. */
async function isTaken(store: Incoming['deps']['store'], group: GroupRecord): Promise<boolean> {
  const parent = group.connectionId ?? group.organizationId;
  const { records } = await store.groups.list(group.tenantId, optional('parent', parent));
  return records.some(
    (other) =>
      other.id !== group.id &&
      other.name === group.name &&
      other.connectionId === group.connectionId &&
      other.organizationId === group.organizationId,
  );
}
