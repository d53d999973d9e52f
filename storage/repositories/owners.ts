// Storage: who owns tenants. The one table besides `tenants` that stands above them.

import type { Desk } from '../columns.ts';
import { affected, first, rows } from '../database.ts';
import type { OwnerRecord } from '../records.ts';
import type { Store } from '../store.ts';

export function createOwners({ db }: Desk): Store['owners'] {
  const { build, run } = db;
  const select = build.selectFrom('owners').select(['id', 'name', 'created_at']).orderBy('seq');
  const record = (row: { id: string; name: string; created_at: number }): OwnerRecord => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
  });

  return {
    async insert(owner) {
      const query = build
        .insertInto('owners')
        .values({ id: owner.id, name: owner.name, created_at: owner.createdAt })
        .onConflict((conflict) => conflict.doNothing());
      return (await run(() => affected(query))) === 1 ? 'inserted' : 'conflict';
    },

    async find(idOrName) {
      const byId = await run(() => first(select.where('id', '=', idOrName)));
      const row = byId ?? (await run(() => first(select.where('name', '=', idOrName))));
      return row && record(row);
    },

    async list() {
      return (await run(() => rows(select))).map(record);
    },
  };
}
