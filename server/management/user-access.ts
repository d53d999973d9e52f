// Management: everything that somebody could go on with is taken from them at once: sessions, and the refresh tokens that
// came from them. Source: mfa-wire reference, section 4.3.
import { z } from 'zod';
import { accepted, NOT_FOUND } from './answer.ts';
import { text } from './fields.ts';
import { findUser } from './find-user.ts';
import { endTokens } from './refresh-token-rows.ts';
import { NOTHING, type Route, route } from './route.ts';
import { logSessionsRevoked, readSessions } from './sessions.ts';

export const userAccessRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/users/:id/revoke-access',
    scopes: ['delete:sessions', 'delete:refresh_tokens'],
    summary: "End a user's sessions and refresh tokens",
    subject: '/users/:id/sessions',
    answers: { 202: NOTHING },
    body: z.strictObject({ session_id: text(200).optional(), preserve_refresh_tokens: z.boolean().optional() }),
    async handle(call) {
      const { deps, tenant, param, body } = call;
      const user = await findUser(deps.store, tenant.id, param('id'));
      if (!user) return NOT_FOUND.user;
      const { session_id: sessionId, preserve_refresh_tokens: keeps = false } = body;
      if (sessionId === undefined) {
        const ended = await readSessions(call);
        await deps.store.sessions.removeOfUser(tenant.id, user.id, 'session-revoked');
        await logSessionsRevoked(call, ended);
      } else {
        const session = await deps.store.sessions.find(tenant.id, sessionId);
        // One that is over may have left tokens all the same; one of somebody else is none of this person's.
        if (session && session.userId !== user.id) return NOT_FOUND.session;
        if (session) {
          await deps.store.sessions.remove(tenant.id, sessionId, 'session-revoked');
          await logSessionsRevoked(call, [session]);
        }
      }
      if (!keeps) await endTokens(call, user.id, sessionId === undefined ? {} : { sessionId });
      return accepted();
    },
  }),
];
