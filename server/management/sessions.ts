// Management: who is signed in where. A session can be looked at, given metadata and ended; nothing else of it is to be
// written from outside. Source: mfa-wire reference, section 4.3; limits of metadata: actions-api reference, section 2.
import { z } from 'zod';
import { isAlive } from '#runtime/sessions/session.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { SessionRecord } from '#storage/records.ts';
import { accepted, answer, NOT_FOUND } from './answer.ts';
import { findUser } from './find-user.ts';
import { listing } from './listing.ts';
import { keptMetadata, metadataOfTokens } from './metadata.ts';
import { slice } from './paging.ts';
import { endTokens } from './refresh-token-rows.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { sessionShape, showSession } from './show-session.ts';

/** More than anybody has: a person's list is read whole, so that dead rows in it do not shorten its pages. */
const SESSIONS_READ = 1000;

const SESSIONS = listing('sessions', sessionShape, { paging: 'take' });

export const sessionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/users/:id/sessions',
    scopes: ['read:sessions'],
    summary: 'List the sessions of a user',
    query: z.strictObject(SESSIONS.query),
    answers: SESSIONS.answers,
    async handle(call) {
      const { deps, tenant, param, query } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const alive = (await readSessions(call)).filter((session) => isAlive(session, deps.clock.now()));
      return SESSIONS.answer(query, {
        read: async (page) => slice(alive, page),
        show: (session) => showSession(session, tenant),
      });
    },
  }),

  route({
    method: 'DELETE',
    path: '/users/:id/sessions',
    scopes: ['delete:sessions'],
    summary: 'End all sessions of a user',
    answers: { 202: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      if (!(await findUser(deps.store, tenant.id, param('id')))) return NOT_FOUND.user;
      const ended = await readSessions(call);
      await deps.store.sessions.removeOfUser(tenant.id, param('id'), 'session-revoked');
      await logSessionsRevoked(call, ended);
      return accepted();
    },
  }),

  route({
    method: 'GET',
    path: '/sessions/:id',
    scopes: ['read:sessions'],
    summary: 'Get a session',
    answers: { 200: sessionShape },
    async handle(call) {
      const session = await findSession(call);
      return session ? answer(showSession(session, call.tenant)) : NOT_FOUND.session;
    },
  }),

  route({
    method: 'PATCH',
    path: '/sessions/:id',
    scopes: ['update:sessions'],
    summary: 'Update the metadata of a session',
    answers: { 200: sessionShape },
    body: z.strictObject({ session_metadata: metadataOfTokens.nullable().optional() }),
    async handle(call) {
      const { deps, tenant, body } = call;
      const session = await findSession(call);
      if (!session) return NOT_FOUND.session;
      if (body.session_metadata === undefined) return answer(showSession(session, tenant));
      const metadata = keptMetadata(body.session_metadata);
      // `updatedAt` stays: it says when the person was last here.
      const updated = await deps.store.sessions.update(tenant.id, session.id, (current) => ({ ...current, metadata }));
      return updated === 'missing' ? NOT_FOUND.session : answer(showSession(updated, tenant));
    },
  }),

  route({
    method: 'DELETE',
    path: '/sessions/:id',
    scopes: ['delete:sessions'],
    summary: 'End a session',
    answers: { 202: NOTHING },
    async handle(call) {
      await end(call);
      return accepted();
    },
  }),

  route({
    method: 'POST',
    path: '/sessions/:id/revoke',
    scopes: ['delete:sessions'],
    summary: 'End a session and the refresh tokens that came from it',
    answers: { 202: NOTHING },
    async handle(call) {
      const session = await end(call);
      if (!session) return NOT_FOUND.session;
      // Unlike the removal of a session, this ends what its logins left behind.
      await endTokens(call, session.userId, { sessionId: session.id });
      return accepted();
    },
  }),
];

export async function readSessions({ deps, tenant, param }: Incoming): Promise<SessionRecord[]> {
  const { records } = await deps.store.sessions.ofUser(tenant.id, param('id'), { offset: 0, limit: SESSIONS_READ });
  return records;
}

/** One that has run out may be waiting for the sweep: it is over all the same. */
async function findSession({ deps, tenant, param }: Incoming): Promise<SessionRecord | undefined> {
  const session = await deps.store.sessions.find(tenant.id, param('id'));
  return session && isAlive(session, deps.clock.now()) ? session : undefined;
}

/** The session as it was; undefined when there was none. */
async function end(call: Incoming): Promise<SessionRecord | undefined> {
  const session = await findSession(call);
  if (!session) return undefined;
  await call.deps.store.sessions.remove(call.tenant.id, session.id, 'session-revoked');
  await logSessionsRevoked(call, [session]);
  return session;
}

/** Those that were alive, in the tenant's log. */
export async function logSessionsRevoked(
  { deps, tenant, operator }: Pick<Incoming, 'deps' | 'tenant' | 'operator'>,
  sessions: SessionRecord[],
): Promise<void> {
  const now = deps.clock.now();
  const place = { tenantId: tenant.id, now, random: deps.random, clientId: operator.clientId };
  const logs = sessions
    .filter((session) => isAlive(session, now))
    .map(({ id, userId }) =>
      tenantLog(
        { type: 'session_revoked', description: 'Session revoked', userId, details: { session_id: id } },
        place,
      ),
    );
  if (logs.length > 0) await deps.store.commit(logs.map((log) => ({ kind: 'log.insert', log })));
}
