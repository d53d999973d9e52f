// Management: a user by id. An account that was linked to another is no user of its own here: it is shown among the
// identities of that one, and whoever could change it apart would change how that one signs in.
import type { UserRecord } from '#storage/records.ts';
import type { Incoming } from './route.ts';

type Store = Incoming['deps']['store'];

export async function findUser(store: Store, tenantId: string, id: string): Promise<UserRecord | undefined> {
  const user = await store.users.find(tenantId, id);
  return user?.linkedTo === undefined ? user : undefined;
}

/** The first id that is no user of this tenant. */
export async function unknownUser(store: Store, tenantId: string, ids: string[]): Promise<string | undefined> {
  for (const id of ids) {
    if (!(await findUser(store, tenantId, id))) return id;
  }
  return undefined;
}
