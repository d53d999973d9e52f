// Server, account: who visits. Everything here is for the person of this browser's session and about nobody else; a form
// counts only with the word that its page was given for this very session.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Person } from '#runtime/factors/factor.ts';
import type { ConnectionRecord, SessionRecord } from '#storage/records.ts';
import { ensureBinding } from '../hosted/binding.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { readSession } from '../oauth/session-cookie.ts';

export type Visit = {
  session: SessionRecord;
  /** Fresh rows. */
  person: Person;
  connection: ConnectionRecord;
  /** What every form of this session carries: another site cannot read it, and another session's is another. */
  token: string;
};

/** Undefined: nobody is signed in here, or their account is not what it was. */
export async function readVisit({ c, deps }: HostedContext): Promise<Visit | undefined> {
  const { tenant } = c.var;
  const { store } = deps;
  const session = await readSession(c, deps);
  const user = session && (await store.users.find(tenant.id, session.userId));
  if (!session || !user || user.blocked || user.linkedTo !== undefined) return undefined;
  const [authenticators, connection] = await Promise.all([
    store.authenticators.ofUser(tenant.id, user.id),
    store.connections.findByKey(tenant.id, user.connection),
  ]);
  return (
    connection && {
      session,
      person: { tenant, user, authenticators },
      connection,
      token: tokenOf(ensureBinding(c, deps), session),
    }
  );
}

/** Whether a form was made for this session. */
export function isOfVisit({ token }: Visit, sent: string | undefined): boolean {
  const given = Buffer.from(sent ?? '');
  const own = Buffer.from(token);
  return given.length === own.length && timingSafeEqual(given, own);
}

/** The key of a session changes whenever another tab goes on to an application; the browser's own cookie does not. */
function tokenOf(binding: string, { id }: SessionRecord): string {
  return createHmac('sha256', binding).update(`forms of the account pages ${id}`).digest('base64url');
}

/** How the account is called, for its person. */
export function accountName({ person: { user } }: Visit): string {
  return user.email ?? user.username ?? user.phoneNumber ?? user.name ?? user.id;
}
