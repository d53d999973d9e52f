// Management: the users an exact search finds: by an id, by what somebody signs in with, or everybody; all terms must hold.
import type { UserRecord } from '#storage/records.ts';
import type { Listed, Page, Store } from '#storage/store.ts';
import { optional } from './fields.ts';
import { slice } from './paging.ts';

type Search = { terms: Record<string, string>; page: Page; connection?: string };

export async function searchUsers(
  store: Store,
  tenantId: string,
  { terms, page, connection }: Search,
): Promise<Listed<UserRecord>> {
  const { email: address, user_id: id, username, phone_number: phone } = terms;
  const only = connection === undefined ? {} : { connection };
  if (id === undefined && username === undefined && phone === undefined) {
    return store.users.list(tenantId, { ...only, page, ...optional('email', address) });
  }
  const candidates =
    id === undefined
      ? await byIdentifier(store, tenantId, username ?? phone ?? '')
      : [await store.users.find(tenantId, id)];
  const found = candidates.filter(
    (user): user is UserRecord =>
      user !== undefined &&
      user.linkedTo === undefined &&
      (connection === undefined || user.connection === connection) &&
      (address === undefined || user.email === address.toLowerCase()) &&
      (username === undefined || user.username === username) &&
      (phone === undefined || user.phoneNumber === phone),
  );
  return slice(found, page);
}

async function byIdentifier(store: Store, tenantId: string, identifier: string): Promise<(UserRecord | undefined)[]> {
  const { records } = await store.connections.list(tenantId);
  return Promise.all(records.map(({ name }) => store.users.findByIdentifier(tenantId, name, identifier)));
}
