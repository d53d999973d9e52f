// Management: authentication methods that an administrator takes away. What is open for their person ends with them: a login
// may rest at a challenge of what is now gone, and a session may have begun with it.
import type { AuthenticatorRecord, SessionEnd } from '#storage/records.ts';
import type { Incoming } from './route.ts';

/** All of them belong to one user. */
export async function removeMethods({ deps, tenant }: Incoming, gone: AuthenticatorRecord[]): Promise<void> {
  const [first] = gone;
  if (!first) return;
  for (const { id } of gone) await deps.store.authenticators.remove(tenant.id, id);
  await deps.store.users.endLogins(tenant.id, first.userId, becauseOf(gone));
}

/** The wire has a name of its own for phones alone. */
const becauseOf = (gone: AuthenticatorRecord[]): SessionEnd =>
  gone.some(({ type }) => type === 'phone') ? 'mfa-phone-unenrolled' : 'session-revoked';
