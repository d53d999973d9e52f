// Management: clients of an organization: those that its members use. Kept and given back; every client that takes people of
// organizations takes them, whatever stands here.
import { z } from 'zod';
import type { ClientRecord } from '#storage/records.ts';
import { answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { optional, text } from './fields.ts';
import { listing } from './listing.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const PATH = '/organizations/:id/clients';
const NO_CLIENT = refuse(404, 'No client found by that id');

const shape = z
  .strictObject({
    client_id: z.string(),
    use_for_member_access: z.boolean(),
    client: z.strictObject({
      name: z.string(),
      app_type: z.string().optional(),
      logo_uri: z.unknown().optional(),
      is_first_party: z.boolean(),
      grant_types: z.array(z.string()),
      organization_usage: z.unknown().optional(),
    }),
  })
  .meta({ id: 'OrganizationClient' });

const CLIENTS = listing('clients', shape, { paging: 'take' });

type Held = { client: ClientRecord; memberAccess: boolean };

function show({ client, memberAccess }: Held) {
  const { logo_uri: logo, is_first_party: isFirstParty, organization_usage: usage } = client.settings;
  return {
    client_id: client.id,
    use_for_member_access: memberAccess,
    client: {
      name: client.name,
      ...optional('app_type', client.appType),
      ...optional('logo_uri', logo),
      is_first_party: isFirstParty !== false,
      grant_types: client.grantTypes,
      ...optional('organization_usage', usage),
    },
  };
}

export const organizationClientRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:organization_clients'],
    summary: 'List the clients of an organization',
    query: z.strictObject(CLIENTS.query),
    answers: CLIENTS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      return CLIENTS.answer(query, {
        read: (page) => deps.store.holdings.clientsOf(tenant.id, param('id'), page),
        show,
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:organization_clients'],
    summary: 'Add clients to an organization',
    answers: { 201: z.array(shape) },
    subject: PATH,
    body: z.strictObject({
      clients: z
        .array(z.strictObject({ client_id: text(64), use_for_member_access: z.boolean().optional() }))
        .min(1)
        .max(50),
    }),
    async handle({ deps, tenant, param, body }) {
      const { store } = deps;
      if (!(await store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      const added: Held[] = [];
      for (const { client_id: clientId, use_for_member_access: memberAccess = false } of body.clients) {
        const client = await store.clients.find(tenant.id, clientId);
        if (!client) return invalidBody(`The client "${clientId}" does not exist.`);
        added.push({ client, memberAccess });
      }
      await store.holdings.putClients(
        tenant.id,
        param('id'),
        added.map(({ client, memberAccess }) => ({ clientId: client.id, memberAccess })),
      );
      return created(added.map(show));
    },
  }),

  route({
    method: 'DELETE',
    path: PATH,
    scopes: ['delete:organization_clients'],
    summary: 'Remove clients from an organization',
    answers: { 204: NOTHING },
    body: z.strictObject({ clients: z.array(text(64)).min(1).max(50) }),
    async handle({ deps, tenant, param, body }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      await deps.store.holdings.removeClients(tenant.id, param('id'), body.clients);
      return empty();
    },
  }),

  route({
    method: 'GET',
    path: `${PATH}/:client`,
    scopes: ['read:organization_clients'],
    summary: 'Get a client of an organization',
    answers: { 200: shape },
    async handle(call) {
      const held = await find(call);
      return 'ok' in held ? held : answer(show(held));
    },
  }),

  route({
    method: 'PATCH',
    path: `${PATH}/:client`,
    scopes: ['update:organization_clients'],
    summary: 'Update a client of an organization',
    answers: { 200: shape },
    body: z.strictObject({ use_for_member_access: z.boolean().optional() }),
    async handle(call) {
      const held = await find(call);
      if ('ok' in held) return held;
      const { deps, tenant, param, body } = call;
      const memberAccess = body.use_for_member_access ?? held.memberAccess;
      await deps.store.holdings.putClients(tenant.id, param('id'), [{ clientId: held.client.id, memberAccess }]);
      return answer(show({ ...held, memberAccess }));
    },
  }),
];

async function find({ deps, tenant, param }: Incoming): Promise<Held | typeof NO_CLIENT> {
  const { store } = deps;
  if (!(await store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
  const client = await store.clients.find(tenant.id, param('client'));
  const memberAccess = (await store.holdings.memberAccess(tenant.id, param('client'), [param('id')])).get(param('id'));
  return client && memberAccess !== undefined ? { client, memberAccess } : NO_CLIENT;
}
