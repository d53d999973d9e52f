// Which account a first factor opens, whichever it was: a secondary identity opens the one it was linked to, and one that
// is blocked, there or here, opens none.
import type { UserRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import type { WorkInput } from '../transaction/input.ts';

/** @param userName what was typed, for the tenant's log. */
export async function accountOf(
  { users }: Pick<Ports['store'], 'users'>,
  user: UserRecord,
  userName?: string,
): Promise<{ ok: true; account: UserRecord } | { ok: false; barred: WorkInput }> {
  const account = user.linkedTo === undefined ? user : await users.find(user.tenantId, user.linkedTo);
  if (!account) throw new Error('a linked account leads nowhere');
  if (!user.blocked && !account.blocked) return { ok: true, account };
  const reason = 'user is blocked';
  const typed = userName === undefined ? {} : { userName };
  const logs = [{ type: 'f', description: reason, ...typed, userId: account.id } as const];
  return { ok: false, barred: { kind: 'barred', code: 'unauthorized', reason, logs } };
}
