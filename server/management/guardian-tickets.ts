// Management: links by which people set up a second factor, mailed to them or handed out by whoever asked for one.
// Source: mfa-wire reference, section 3.
import { z } from 'zod';
import { TICKET_FACTORS } from '#runtime/enrollment-ticket.ts';
import { answer, invalidBody, NOT_FOUND } from './answer.ts';
import { email, optional, text } from './fields.ts';
import { findUser } from './find-user.ts';
import { type Route, route } from './route.ts';

export const guardianTicketRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/guardian/enrollments/ticket',
    scopes: ['create:guardian_enrollment_tickets'],
    summary: 'Create a link to set up a second factor',
    answers: { 200: z.strictObject({ ticket_id: z.string(), ticket_url: z.string() }) },
    body: z.strictObject({
      user_id: text(255),
      email: email.optional(),
      send_mail: z.boolean().optional(),
      email_locale: text(35).optional(),
      factor: z.enum(TICKET_FACTORS).optional(),
      allow_multiple_enrollments: z.boolean().optional(),
    }),
    async handle({ deps, tenant, body }) {
      const user = await findUser(deps.store, tenant.id, body.user_id);
      if (!user) return NOT_FOUND.user;
      const mailTo = body.send_mail ? (body.email ?? user.email) : undefined;
      if (body.send_mail && mailTo === undefined) return invalidBody('The user does not have an email address.');
      const made = await deps.runtime.makeEnrollmentTicket(tenant, {
        user,
        further: body.allow_multiple_enrollments ?? false,
        ...optional('factor', body.factor),
        ...optional('locale', body.email_locale),
        ...optional('mailTo', mailTo),
      });
      // Refused only where the person went meanwhile.
      return made ? answer({ ticket_id: made.key, ticket_url: made.link }) : NOT_FOUND.user;
    },
  }),
];
