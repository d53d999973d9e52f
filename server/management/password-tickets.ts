// Management: links by which people choose a new password. Whoever asked for one sends it; nothing is mailed here.
// Source: mfa-wire reference, section 4.4 (`/tickets/password-change`).
import { z } from 'zod';
import { resetTicket } from '#runtime/reset-ticket.ts';
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import { created, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { ticketShape } from './email-verification-ticket.ts';
import { email, optional, text, wholeNumber } from './fields.ts';
import { findUser } from './find-user.ts';
import { refuseLiftedPerson } from './lifted-people.ts';
import { type Incoming, type Route, route } from './route.ts';

const DEFAULT_LIFETIME_SECONDS = 5 * 24 * 60 * 60;
/** A link that opens an account is no thing to lie about for longer. */
const MOST_SECONDS = 90 * 24 * 60 * 60;

const passwordChange = z.strictObject({
  user_id: text(255).optional(),
  connection_id: text(64).optional(),
  email: email.optional(),
  client_id: text(64).optional(),
  organization_id: text(64).optional(),
  result_url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  // The wire's way to say "the default".
  ttl_sec: wholeNumber(0, MOST_SECONDS).optional(),
  mark_email_as_verified: z.boolean().optional(),
  includeEmailInRedirect: z.boolean().optional(),
});

type Asked = z.output<typeof passwordChange>;
type Whose = { user: UserRecord; connection: ConnectionRecord };

export const passwordTicketRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/tickets/password-change',
    scopes: ['create:user_tickets'],
    summary: 'Create a link for a new password',
    answers: { 201: ticketShape },
    body: passwordChange,
    async handle(call) {
      const { deps, ports, tenant, body } = call;
      const whose = await whoseOf(call, body);
      if ('status' in whose) return whose;
      const lifted = await refuseLiftedPerson(call, whose.user.id);
      if (lifted) return lifted;
      const { client_id, organization_id } = body;
      if (client_id !== undefined && !(await deps.store.clients.find(tenant.id, client_id))) return NOT_FOUND.client;
      if (organization_id !== undefined && !(await isMember(call, organization_id, whose.user))) {
        return refuse(400, 'The user is not a member of the organization.', 'invalid_body');
      }
      const { changes, link } = resetTicket(ports, tenant, {
        ...whose,
        verifiesEmail: body.mark_email_as_verified ?? false,
        lifetimeMs: (body.ttl_sec || DEFAULT_LIFETIME_SECONDS) * 1000,
        ...optional('clientId', client_id),
        ...optional('organizationId', organization_id),
        ...optional('resultUrl', resultUrl(body, whose.user)),
      });
      // Refused only where the person went meanwhile.
      return (await deps.store.commit(changes)).ok ? created({ ticket: link }) : NOT_FOUND.user;
    },
  }),
];

/** By id, or by the address in a connection. */
async function whoseOf({ deps: { store }, tenant }: Incoming, body: Asked): Promise<Whose | Refusal> {
  const { user_id, connection_id, email: address } = body;
  const byAddress = address !== undefined && connection_id !== undefined;
  if ((user_id === undefined) === !byAddress || (user_id !== undefined && address !== undefined)) {
    return invalidBody('Name the user by user_id, or by email and connection_id.');
  }
  const named = byAddress ? await store.connections.find(tenant.id, connection_id) : undefined;
  if (byAddress && !named) return NOT_FOUND.connection;
  const found =
    user_id === undefined
      ? named && (await store.users.findByIdentifier(tenant.id, named.name, address ?? ''))
      : await findUser(store, tenant.id, user_id);
  const user = found?.linkedTo === undefined ? found : undefined;
  if (!user) return NOT_FOUND.user;
  const connection = await store.connections.findByKey(tenant.id, user.connection);
  return connection?.strategy === 'auth0'
    ? { user, connection }
    : invalidBody('Only users of a database connection have a password.');
}

async function isMember({ deps, tenant }: Incoming, organizationId: string, user: UserRecord): Promise<boolean> {
  return deps.store.assignments.isMember(tenant.id, organizationId, user.id);
}

/** What the site of the application is told when the person comes there. */
function resultUrl({ result_url, includeEmailInRedirect }: Asked, { email: address }: UserRecord): string | undefined {
  if (result_url === undefined) return undefined;
  const url = new URL(result_url);
  if (includeEmailInRedirect && address !== undefined) url.searchParams.set('email', address);
  url.searchParams.set('success', 'true');
  url.searchParams.set('code', 'success');
  url.searchParams.set('message', 'You can now log in to the application with the new password.');
  return url.href;
}
