// The account of somebody new is written at the end of the login alone; until then its names are nobody's, and somebody
// else may have taken one. The row's own guard has the last word.
import type { UserRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';

export async function isDraftTaken(
  store: Pick<Store, 'users'>,
  { tenantId, id, connection, email, username, phoneNumber }: UserRecord,
): Promise<boolean> {
  const names = [email, username, phoneNumber].filter((name) => name !== undefined);
  const found = await Promise.all([
    store.users.find(tenantId, id),
    ...names.map((name) => store.users.findByIdentifier(tenantId, connection, name)),
  ]);
  return found.some((user) => user !== undefined);
}
