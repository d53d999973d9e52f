// Management: a link by which a user verifies an e-mail address, for those who send it themselves.
import { z } from 'zod';
import { verificationTicket } from '#runtime/verification-ticket.ts';
import type { MessagePlace, UserRecord } from '#storage/records.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { created, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { optional, text, wholeNumber } from './fields.ts';
import { findUser } from './find-user.ts';
import { type Incoming, type Route, route } from './route.ts';

/** Of several identities, which one is meant. */
const identity = z.strictObject({
  user_id: text(255),
  provider: text(64),
  connection_id: text(64).optional(),
});

/** What names the person, and the application and organization the mail is about, which must be there. */
export const whose = {
  user_id: text(255),
  client_id: text(64).optional(),
  organization_id: text(64).optional(),
  identity: identity.optional(),
};

/** 90 days. */
const LONGEST_SECONDS = 90 * 24 * 60 * 60;

/** What whoever sends it gets: the link. */
export const ticketShape = z.strictObject({ ticket: z.string() }).meta({ id: 'Ticket' });

export const emailVerificationTicketRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/tickets/email-verification',
    scopes: ['create:user_tickets'],
    summary: 'Create a link that verifies an address',
    answers: { 201: ticketShape },
    body: z.strictObject({
      ...whose,
      result_url: z
        .url({ protocol: /^https?$/ })
        .max(2048)
        .optional(),
      ttl_sec: wholeNumber(0, LONGEST_SECONDS).optional(),
      includeEmailInRedirect: z.boolean().optional(),
    }),
    async handle({ deps, ports, tenant, body }) {
      const found = await findAddressee({ deps, tenant }, body);
      if (!found.ok) return found;
      const { result_url, includeEmailInRedirect, ttl_sec: seconds } = body;
      const { changes, link } = verificationTicket(ports, tenant, {
        addressee: found.addressee,
        ...optional('resultUrl', result_url),
        ...optional('includesEmail', includeEmailInRedirect),
        // 0 stands for the usual time.
        ...(seconds ? { lifetimeMs: seconds * 1000 } : {}),
      });
      if (!(await deps.store.commit(changes)).ok) return NOT_FOUND.user;
      return created({ ticket: link });
    },
  }),
];

/** `place`: what the mail may speak of: the application and the organization that were named. */
type Found = { ok: true; addressee: Pick<UserRecord, 'id'> & { email: string }; place: MessagePlace } | Refusal;

/** The user that a body names, who has an address to verify. */
export async function findAddressee(
  { deps, tenant }: Pick<Incoming, 'deps' | 'tenant'>,
  { user_id: id, client_id, organization_id, identity: meant }: z.output<z.ZodObject<typeof whose>>,
): Promise<Found> {
  const { store } = deps;
  const user = await findUser(store, tenant.id, id);
  if (!user) return NOT_FOUND.user;
  if (client_id !== undefined && !(await store.clients.find(tenant.id, client_id))) return NOT_FOUND.client;
  if (organization_id !== undefined && !(await store.organizations.find(tenant.id, organization_id))) {
    return NOT_FOUND.organization;
  }
  const own = user.identities.some(({ provider, userId }) => provider === meant?.provider && userId === meant.user_id);
  if (meant && !own) return refuse(404, 'The user does not have that identity.', 'inexistent_identity');
  const { email } = user;
  return email === undefined
    ? invalidBody('The user does not have an email address.')
    : {
        ok: true,
        addressee: { id: user.id, email },
        place: {
          connection: user.connection,
          ...optional('clientId', client_id),
          ...optional('organizationId', organization_id),
        },
      };
}

/** Has an address verified that somebody was given here, where it is not verified yet. */
export async function mailVerification(
  { deps, tenant, caller }: Pick<Incoming, 'deps' | 'tenant' | 'caller'>,
  { id, email, emailVerified }: UserRecord,
): Promise<void> {
  if (email === undefined || emailVerified) return;
  await deps.runtime.sendVerification(tenant, { id, email }, { locale: messageLanguage(tenant, caller) });
}
