// Benchmarks, protocol: the rows of oidc-provider in SQLite, which promise what ours promise: what was answered outlives a
// power cut.
import BetterSqlite from 'better-sqlite3';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** One table of documents, found by what the library looks them up by. */
export function sqliteAdapter(file: string): (name: string) => Adapter {
  const database = new BetterSqlite(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table documents (key text primary key, uid text, grant_id text, document text not null)');
  database.exec('create index documents_uid on documents (uid)');
  database.exec('create index documents_grant on documents (grant_id)');
  const put = database.prepare('insert or replace into documents values (?, ?, ?, ?)');
  const byKey = database.prepare('select document from documents where key = ?').pluck();
  const byUid = database.prepare('select document from documents where uid = ?').pluck();
  const remove = database.prepare('delete from documents where key = ?');
  const removeGrant = database.prepare('delete from documents where grant_id = ?');
  const read = (document: unknown): AdapterPayload | undefined =>
    typeof document === 'string' ? JSON.parse(document) : undefined;
  return (name) => {
    const keyOf = (id: string) => `${name} ${id}`;
    return {
      upsert: async (id, payload) =>
        void put.run(keyOf(id), payload.uid ?? null, payload.grantId ?? null, JSON.stringify(payload)),
      find: async (id) => read(byKey.get(keyOf(id))),
      findByUid: async (uid) => read(byUid.get(uid)),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = read(byKey.get(keyOf(id)));
        const consumed = Math.floor(Date.now() / 1000);
        if (payload)
          put.run(keyOf(id), payload.uid ?? null, payload.grantId ?? null, JSON.stringify({ ...payload, consumed }));
      },
      destroy: async (id) => void remove.run(keyOf(id)),
      revokeByGrantId: async (grantId) => void removeGrant.run(grantId),
    };
  };
}

/** In this process only. */
export function memoryAdapter(): (name: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  return (name) => ({
    upsert: async (id, payload) => void kept.set(`${name} ${id}`, payload),
    find: async (id) => kept.get(`${name} ${id}`),
    findByUid: async (uid) => [...kept.values()].find((payload) => payload.uid === uid),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const payload = kept.get(`${name} ${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => void kept.delete(`${name} ${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
    },
  });
}
