// Where a login sets out from: nobody known yet, a browser's session, a refresh token, or somebody whom another check of
// ours has already found out.
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Random } from './ports.ts';
import type { Opening } from './runtime.ts';
import { fromSession } from './sessions/session.ts';
import type { LoginTransaction, Subject } from './transaction/transaction.ts';

export type Bearings = Pick<LoginTransaction, 'origin' | 'subject' | 'methods' | 'sessionId'>;

export async function bearingsOf(
  store: Store,
  random: Random,
  tenantId: string,
  { session, refresh, person, request }: Opening,
): Promise<Bearings> {
  const fresh = { origin: { kind: 'fresh' }, sessionId: random.key() } as const;
  if (person) return { ...fresh, ...person };
  if (refresh) {
    const { token, generation } = refresh;
    const { userId, connectionId, connection, strategy } = token;
    return {
      origin: { kind: 'refresh-token', tokenId: token.id, generation },
      subject: { kind: 'user', userId, connectionId, connection, strategy },
      methods: fromSession(token),
      sessionId: token.sessionId ?? fresh.sessionId,
    };
  }
  const nobody = { ...fresh, subject: { kind: 'none' }, methods: [] } as const;
  if (!session) return { ...nobody, methods: [] };
  const user = await store.users.find(tenantId, session.userId);
  const connection = user && (await store.connections.findByKey(tenantId, user.connection));
  // An account that became another's secondary identity has no session of its own any more.
  if (!user || user.linkedTo !== undefined || !connection) return { ...nobody, methods: [] };
  // The browser of somebody else: whoever is invited signs in as themselves.
  if (request.invitationId !== undefined && !(await isInvited(store, user, request.invitationId)))
    return { ...nobody, methods: [] };
  return {
    origin: { kind: 'session', sessionId: session.id },
    subject: subjectOf(user, connection),
    methods: fromSession(session),
    sessionId: session.id,
  };
}

async function isInvited({ tickets }: Store, { tenantId, email }: UserRecord, invitationId: string): Promise<boolean> {
  const ticket = await tickets.find(tenantId, invitationId);
  return ticket?.kind === 'invitation' && ticket.content.email === email?.toLowerCase();
}

/** Somebody, by the connection that the account is of. */
export function subjectOf(
  user: UserRecord,
  { id, name, strategy }: ConnectionRecord,
): Extract<Subject, { kind: 'user' }> {
  return { kind: 'user', userId: user.id, connectionId: id, connection: name, strategy };
}
