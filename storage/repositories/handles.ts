// Storage: opaque random keys and what they find. Only the hash of a key is kept: whoever reads the table can use none
// of them.

import type { Desk } from '../columns.ts';
import { affected, compiled, type Database, first, rows, type Work } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { HandleRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function createHandles({ db }: Desk): Store['handles'] {
  const { build, run } = db;
  const byHash = compiled((tenantId: string, kind: HandleRecord['kind'], hash: string) =>
    build
      .selectFrom('handles')
      .select(['target_id', 'ask', 'expires_at'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('hash', '=', hash),
  );

  return {
    async find(tenantId, kind, key) {
      const row = await run(() => first(byHash(tenantId, kind, hashHandle(key))));
      return row && { tenantId, kind, key, targetId: row.target_id, ask: row.ask, expiresAt: row.expires_at };
    },

    async remove(tenantId, kind, key) {
      const query = build
        .deleteFrom('handles')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind)
        .where('hash', '=', hashHandle(key));
      await run(() => rows(query));
    },
  };
}

export function* insertHandle({ db }: Desk, { handle, renews }: ChangeOf<'handle.insert'>): Work<boolean> {
  // Such a key may never run out, so one whose token was revoked meanwhile would stay for ever.
  if (handle.kind === 'refresh-token') {
    const token = db.build.selectFrom('refresh_tokens').select('id').where('tenant_id', '=', handle.tenantId);
    if (!(yield* first(db.hold(token.where('id', '=', handle.targetId))))) return false;
  }
  const found = { target_id: handle.targetId, ask: handle.ask, expires_at: handle.expiresAt };
  const insert = db.build.insertInto('handles').values({
    tenant_id: handle.tenantId,
    kind: handle.kind,
    hash: hashHandle(handle.key),
    ...found,
  });
  const same = ['tenant_id', 'kind', 'hash'] as const;
  yield (renews ? insert.onConflict((row) => row.columns(same).doUpdateSet(found)) : insert).compile();
  return true;
}

export function* take({ db }: Desk, change: ChangeOf<'handle.take'>): Work<boolean> {
  const query = db.build
    .deleteFrom('handles')
    .where('tenant_id', '=', change.tenantId)
    .where('kind', '=', change.handleKind)
    .where('hash', '=', hashHandle(change.key))
    .where('expires_at', '>', change.now);
  return (yield* affected(query)) === 1;
}

/** Removes the handles of one kind that find a row and were minted for the ask `oldest` or an earlier one. */
export function* removeOlderHandles(
  { build }: Database,
  { tenantId, kind, targetId }: Pick<HandleRecord, 'tenantId' | 'kind' | 'targetId'>,
  oldest: number,
): Work<void> {
  yield build
    .deleteFrom('handles')
    .where('tenant_id', '=', tenantId)
    .where('target_id', '=', targetId)
    .where('kind', '=', kind)
    .where('ask', '<=', oldest)
    .compile();
}

/**
 * Removes the handles of every kind that find these rows. A few hundred at a time: neither database takes any number of
 * values in one statement.
 */
export function* removeHandles({ build }: Database, tenantId: string, targets: { id: string }[]): Work<void> {
  const ids = targets.map((row) => row.id);
  for (let start = 0; start < ids.length; start += 500) {
    const some = ids.slice(start, start + 500);
    yield build.deleteFrom('handles').where('tenant_id', '=', tenantId).where('target_id', 'in', some).compile();
  }
}
