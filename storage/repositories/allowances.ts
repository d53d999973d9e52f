// Storage: what is used of allowances. Several are taken together or not at all, in one database transaction that holds
// their rows, so that of many at once no more get through than there are.
import { sql } from 'kysely';
import { takeOne, type Use } from '../allowance.ts';
import { type Desk, parse } from '../columns.ts';
import { rows, type Work } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { Allowance, AllowancesTaken, Store } from '../store.ts';

export function createAllowances({ db }: Desk): Store['takeAllowances'] {
  return async (tenantId, allowances, now) => {
    if (allowances.length === 0) return { taken: true, counts: [] };
    const hashes = allowances.map(hashOf);
    // Always in one order: of two that want the same rows one waits for the other, and neither for both.
    const sorted = [...new Set(hashes)].sort();
    const put = (values: { tenant_id: string; key_hash: string; used: string; expires_at: number }[]) =>
      db.build.insertInto('allowances').values(values);
    return db.transact(function* (): Work<AllowancesTaken> {
      // A row that is there is written as it is, which holds it; one that is not would be found by nobody else.
      const held = put(sorted.map((key_hash) => ({ tenant_id: tenantId, key_hash, used: '[]', expires_at: now })))
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'key_hash']).doUpdateSet({ used: sql.ref('allowances.used') }),
        )
        .returning(['key_hash', 'used', 'expires_at']);
      const found = new Map((yield* rows(held)).map((row) => [row.key_hash, row]));
      const usedBefore = (hash: string): number[] => {
        const row = found.get(hash);
        return row && row.expires_at > now ? parse<number[]>(row.used) : [];
      };
      const uses = allowances.map((allowance, index) => takeOne(allowance, usedBefore(hashes[index] ?? ''), now));
      const refused = uses.findIndex((use) => !use.ok);
      if (refused >= 0) return { taken: false, refused, retryAfterSeconds: longestWait(uses, now) };
      const written = new Map<string, { used: string; expires_at: number }>();
      const counts: number[] = [];
      for (const [index, use] of uses.entries()) {
        if (!use.ok) continue;
        written.set(hashes[index] ?? '', { used: JSON.stringify(use.used), expires_at: use.expiresAt });
        counts.push(use.count);
      }
      const next = sorted.map((key_hash) => ({
        tenant_id: tenantId,
        key_hash,
        ...(written.get(key_hash) ?? { used: '[]', expires_at: now }),
      }));
      yield put(next)
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'key_hash'])
            .doUpdateSet((eb) => ({ used: eb.ref('excluded.used'), expires_at: eb.ref('excluded.expires_at') })),
        )
        .compile();
      return { taken: true, counts };
    });
  };
}

/** The key may hold an address; its hash has one length and says nothing. */
function hashOf({ kind, key }: Allowance): string {
  return hashHandle(`${kind} ${key}`);
}

/** Where several refuse, the one that does so longest. */
function longestWait(uses: Use[], now: number): number {
  const freeAt = Math.max(...uses.map((use) => (use.ok ? now : use.freeAt)));
  return Math.max(1, Math.ceil((freeAt - now) / 1000));
}
