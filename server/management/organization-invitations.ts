// Management: invitations to organizations. One is a ticket with a key in its link; whoever may read invitations here may
// read the keys too, and hand the links over.
import { z } from 'zod';
import { readInvitation } from '#runtime/pipeline/invitation.ts';
import type { ClientRecord, TenantRecord, TicketRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { enabledOf } from './enabled-connection.ts';
import { email, idList, iso, jsonObject, optional, text, wholeNumber } from './fields.ts';
import { listing } from './listing.ts';
import { fieldsQuery, project } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { unknownRole } from './user-relations.ts';

const PATH = '/organizations/:id/invitations';
const DEFAULT_SECONDS = 604_800;
const MOST_SECONDS = 2_592_000;

const creation = z.strictObject({
  // It stands in a mail: no line breaks in it.
  inviter: z.strictObject({ name: z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,300}$/u) }),
  invitee: z.strictObject({ email }),
  client_id: text(64),
  connection_id: text(64).optional(),
  app_metadata: jsonObject.optional(),
  user_metadata: jsonObject.optional(),
  /** 0 stands for the default. */
  ttl_sec: wholeNumber(0, MOST_SECONDS).optional(),
  roles: idList.optional(),
  send_invitation_email: z.boolean().optional(),
});

const shape = z
  .strictObject({
    id: z.string(),
    client_id: z.string(),
    inviter: z.strictObject({ name: z.string() }),
    invitee: z.strictObject({ email: z.string() }),
    invitation_url: z.string(),
    ticket_id: z.string(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    organization_id: z.string(),
    connection_id: z.string().optional(),
    roles: z.array(z.string()).optional(),
    app_metadata: z.looseObject({}).optional(),
    user_metadata: z.looseObject({}).optional(),
  })
  .meta({ id: 'Invitation' });

const INVITATIONS = listing('invitations', shape, { paging: 'page', fields: true });

function showInvitation(ticket: TicketRecord): Record<string, unknown> {
  const invitation = readInvitation(ticket);
  return {
    id: ticket.id,
    client_id: invitation.clientId,
    inviter: { name: invitation.inviterName },
    invitee: { email: invitation.email },
    invitation_url: invitation.link,
    ticket_id: invitation.key,
    created_at: iso(ticket.createdAt),
    expires_at: iso(ticket.expiresAt),
    organization_id: ticket.organizationId,
    ...optional('connection_id', invitation.connectionId),
    ...(invitation.roleIds.length === 0 ? {} : { roles: invitation.roleIds }),
    ...optional('app_metadata', invitation.appMetadata),
    ...optional('user_metadata', invitation.userMetadata),
  };
}

export const organizationInvitationRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:organization_invitations'],
    summary: 'List the invitations to an organization',
    answers: INVITATIONS.answers,
    query: z.strictObject({ ...INVITATIONS.query, sort: z.enum(['created_at:1', 'created_at:-1']).optional() }),
    async handle({ deps, tenant, param, query }) {
      const organizationId = param('id');
      if (!(await deps.store.organizations.find(tenant.id, organizationId))) return NOT_FOUND.organization;
      const order = query.sort === 'created_at:-1' ? 'newest' : 'oldest';
      const now = deps.clock.now();
      return INVITATIONS.answer(query, {
        read: (page) =>
          deps.store.tickets.ofOrganization(tenant.id, organizationId, { kind: 'invitation', page, order, now }),
        show: showInvitation,
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:organization_invitations'],
    summary: 'Invite somebody to an organization',
    answers: { 201: shape },
    body: creation,
    handle: create,
  }),

  route({
    method: 'GET',
    path: `${PATH}/:invitation`,
    scopes: ['read:organization_invitations'],
    summary: 'Get an invitation to an organization',
    answers: { 200: shape.partial() },
    query: z.strictObject(fieldsQuery),
    async handle(call) {
      const found = await find(call);
      return 'ok' in found ? found : answer(project(showInvitation(found), call.query));
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/:invitation`,
    scopes: ['delete:organization_invitations'],
    summary: 'Withdraw an invitation to an organization',
    answers: { 204: NOTHING },
    async handle(call) {
      const found = await find(call);
      if ('ok' in found) return found;
      const { deps, tenant } = call;
      const taken = await deps.store.commit([
        { kind: 'ticket.take', tenantId: tenant.id, id: found.id, now: deps.clock.now() },
      ]);
      return taken.ok ? empty() : NOT_FOUND.invitation;
    },
  }),
];

/** One of this organization that can still be followed. */
async function find({ deps, tenant, param }: Incoming): Promise<TicketRecord | Answer> {
  const organizationId = param('id');
  if (!(await deps.store.organizations.find(tenant.id, organizationId))) return NOT_FOUND.organization;
  const ticket = await deps.store.tickets.find(tenant.id, param('invitation'));
  const isOpen =
    ticket?.kind === 'invitation' && ticket.organizationId === organizationId && deps.clock.now() < ticket.expiresAt;
  return isOpen ? ticket : NOT_FOUND.invitation;
}

async function create(call: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { deps, tenant, param, body } = call;
  const { store } = deps;
  const organization = await store.organizations.find(tenant.id, param('id'));
  if (!organization) return NOT_FOUND.organization;
  const client = await store.clients.find(tenant.id, body.client_id);
  if (!client) return invalidBody(`The client "${body.client_id}" does not exist.`);
  if (client.settings.organization_usage === 'deny') {
    return invalidBody(`The client "${body.client_id}" takes no people of organizations.`);
  }
  const { connection_id: connectionId } = body;
  if (connectionId !== undefined && !enabledOf(organization).some((each) => each.connection_id === connectionId)) {
    return invalidBody(`The connection "${connectionId}" is not enabled for the organization.`);
  }
  const unknown = await unknownRole(store, tenant.id, body.roles ?? [], organization.id);
  if (unknown !== undefined) return invalidBody(`The role "${unknown}" does not exist.`);
  const loginUri = loginUriOf(client, tenant);
  if (loginUri === undefined) {
    return refuse(400, 'A default login route is required to generate the invitation url.', 'invalid_body');
  }
  const ticket = await deps.runtime.invite(tenant, {
    organization,
    clientId: client.id,
    loginUri,
    inviterName: body.inviter.name,
    email: body.invitee.email,
    ...optional('connectionId', connectionId),
    roleIds: [...new Set(body.roles ?? [])],
    ...optional('appMetadata', body.app_metadata),
    ...optional('userMetadata', body.user_metadata),
    lifetimeMs: (body.ttl_sec || DEFAULT_SECONDS) * 1000,
    sendsMail: body.send_invitation_email ?? true,
  });
  return created(showInvitation(ticket));
}

/** Where the application begins logins, or where the tenant sends people who have no application. */
function loginUriOf({ settings }: ClientRecord, tenant: TenantRecord): string | undefined {
  const uris = [settings.initiate_login_uri, tenant.settings.default_redirection_uri];
  return uris.find((uri): uri is string => typeof uri === 'string' && /^https?:/i.test(uri) && URL.canParse(uri));
}
