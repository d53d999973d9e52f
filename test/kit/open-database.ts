// Test kit: a store of one's own. One in memory begins as a copy of one that has its tables and nothing else: to bring the
// schema up to date each time costs more than most tests.
import { openKeyring } from '#storage/keyring.ts';
import { openStore, openStoreInMemory } from '#storage/open.ts';
import type { Store } from '#storage/store.ts';

/** The root key of every store of the kit. */
export const SECRET = Buffer.alloc(32, 7).toString('base64url');

let empty: Buffer | undefined;

export async function openDatabase(url: string, now: () => number): Promise<Store> {
  const keyring = openKeyring([SECRET]);
  if (url !== 'sqlite::memory:') return openStore(url, keyring, { now });
  const { store, take } = await openStoreInMemory(keyring, { now, ...(empty ? { image: empty } : {}) });
  empty ??= take();
  return store;
}
