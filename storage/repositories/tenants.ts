// Storage: tenants, told apart by the host and the path of their base URL. Read with nearly every request.

import { type Desk, parse } from '../columns.ts';
import { affected, compiled, first, rows, Violation, type Work } from '../database.ts';
import type { TenantRecord } from '../records.ts';
import type { Store } from '../store.ts';

export function createTenants({ db }: Desk): Store['tenants'] {
  const { build, hold, run, transact } = db;
  const select = build.selectFrom('tenants').select(['doc']).orderBy('seq');
  const record = (row: { doc: string }) => parse<TenantRecord>(row.doc);
  const by = (column: 'id' | 'name' | 'host') => {
    const query = compiled((value) => select.where(column, '=', value));
    return async (value: string) => {
      const row = await run(() => first(query(value)));
      return row && record(row);
    };
  };
  const [byId, byName, byHost] = [by('id'), by('name'), by('host')];

  return {
    async insert(tenant) {
      const query = build
        .insertInto('tenants')
        .values({ id: tenant.id, ...columns(tenant) })
        .onConflict((conflict) => conflict.doNothing());
      return (await run(() => affected(query))) === 1 ? 'inserted' : 'conflict';
    },

    find: async (idOrName) => (await byId(idOrName)) ?? (await byName(idOrName)),

    findByHost: (host) => byHost(host.toLowerCase()),

    async ofOwner(ownerId) {
      return (await run(() => rows(select.where('owner_id', '=', ownerId)))).map(record);
    },

    async update(id, edit) {
      try {
        return await transact(function* (): Work<TenantRecord | 'missing'> {
          const row = yield* first(hold(select.where('id', '=', id)));
          if (!row) return 'missing';
          const current = record(row);
          const edited = { ...edit(current), id, createdAt: current.createdAt };
          yield build.updateTable('tenants').set(columns(edited)).where('id', '=', id).compile();
          return edited;
        });
      } catch (error) {
        if (error instanceof Violation) return 'conflict';
        throw error;
      }
    },

    async isEmpty() {
      return (await run(() => first(select.limit(1)))) === undefined;
    },
  };
}

function columns(tenant: TenantRecord) {
  return {
    name: tenant.name,
    host: placeOf(tenant.baseUrl),
    owner_id: tenant.ownerId,
    doc: JSON.stringify(tenant),
  };
}

/** In lower case, and without the port when it is the scheme's own: as clients write it into a Host header. */
function placeOf(baseUrl: string): string {
  const { host, pathname } = new URL(baseUrl);
  return `${host}${pathname.replace(/\/$/, '')}`.toLowerCase();
}
