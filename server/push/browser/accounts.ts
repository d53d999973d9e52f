// In the browser of a phone: the accounts it approves sign-ins for. Their keys are kept as keys that nobody can read out,
// this page included: a copy of the database signs nothing elsewhere.
import { root } from './known.ts';

export type Account = {
  /** Id of this phone at that account. */
  device: string;
  account: string;
  /** Signs what the phone says. */
  key: CryptoKey;
  /** Makes the codes. */
  codes: CryptoKey;
  /** The address that messages were last asked to go to; absent when to none. */
  endpoint?: string;
  addedAt: number;
};

const STORE = 'accounts';
/** What the service worker says when a message comes, in the language of the page. */
const WORDS = 'words';

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(`sallyport-phone${root}`, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE, { keyPath: 'device' });
    opening.result.createObjectStore(WORDS);
  };
  return done(opening);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within<T>(
  name: string,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await done(act(database.transaction(name, mode).objectStore(name)));
  } finally {
    database.close();
  }
}

/** Oldest first. */
export async function allAccounts(): Promise<Account[]> {
  const found: Account[] = await within(STORE, 'readonly', (store) => store.getAll());
  return found.sort((one, other) => one.addedAt - other.addedAt);
}

export async function keepAccount(account: Account): Promise<void> {
  await within(STORE, 'readwrite', (store) => store.put(account));
}

export async function forgetAccount(device: string): Promise<void> {
  await within(STORE, 'readwrite', (store) => store.delete(device));
}

export async function keepWords(words: { title: string; text: string }): Promise<void> {
  await within(WORDS, 'readwrite', (store) => store.put(words, 'notification'));
}
