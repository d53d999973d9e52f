// Storage: one way to keep a configuration family. What a family is looked up by has a column, what is secret is sealed
// together, everything else is one document: a new property of a record needs no migration.

import type { Compilable } from 'kysely';
import { type Desk, indexed, parse } from '../columns.ts';
import { affected, compiled, type Database, first, rows, Violation, type Work } from '../database.ts';
import type { Collection } from '../store.ts';
import type { CollectionName, CollectionTable } from '../tables.ts';

type Kept = { tenantId: string; id: string; createdAt: number; updatedAt: number };

/** What tells one family from another. */
export type Family<T> = {
  table: CollectionName;
  /** The natural key, unique in its tenant. */
  key?: (record: T) => string;
  /** What a record hangs on, if it does. */
  parent?: (record: T) => string | undefined;
  /** The build it names: as long as it does, the build stays. */
  build?: (record: T) => string | undefined;
  /** What else goes with a record: done before its row goes, which is held meanwhile. */
  goesWith?: (db: Database, tenantId: string, id: string) => Work<unknown>;
  /** Properties that are sealed at rest. */
  sealed?: (keyof T & string)[];
};

/** The columns of a row that make up its record. */
export type CollectionRow = Pick<CollectionTable, 'tenant_id' | 'id' | 'doc' | 'sealed' | 'created_at' | 'updated_at'>;

export const collectionColumns = ['tenant_id', 'id', 'doc', 'sealed', 'created_at', 'updated_at'] as const;

export function createCollection<T extends Kept>(desk: Desk, family: Family<T>): Collection<T> {
  const { build, hold, run, transact } = desk.db;
  const { table } = family;

  const select = (tenantId: string) =>
    build.selectFrom(table).select(collectionColumns).where('tenant_id', '=', tenantId);

  const byId = compiled((tenantId, id) => select(tenantId).where('id', '=', id));
  const byKey = compiled((tenantId, key) => select(tenantId).where('key', '=', key));

  function* one(query: Compilable<CollectionRow>): Work<T | undefined> {
    const row = yield* first(query);
    return row && fromRow<T>(desk, table, row);
  }

  return {
    async insert(record) {
      const query = build
        .insertInto(table)
        .values({
          tenant_id: record.tenantId,
          id: record.id,
          created_at: record.createdAt,
          ...toColumns(desk, family, record),
        })
        .onConflict((conflict) => conflict.doNothing());
      return (await run(() => affected(query))) === 1 ? 'inserted' : 'conflict';
    },

    find: (tenantId, id) => run(() => one(byId(tenantId, id))),

    async findByKey(tenantId, key) {
      return family.key && run(() => one(byKey(tenantId, indexed(key))));
    },

    async list(tenantId, options = {}) {
      const { parent, page } = options;
      let query = select(tenantId).orderBy('seq');
      let count = build
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('tenant_id', '=', tenantId);
      if (parent === null) {
        query = query.where('parent', 'is', null);
        count = count.where('parent', 'is', null);
      } else if (parent !== undefined) {
        query = query.where('parent', '=', indexed(parent));
        count = count.where('parent', '=', indexed(parent));
      }
      if (page) query = query.limit(page.limit).offset(page.offset);
      const found = await run(() => rows(query));
      const records = found.map((row) => fromRow<T>(desk, table, row));
      return { records, total: page ? ((await run(() => first(count)))?.total ?? 0) : records.length };
    },

    async update(tenantId, id, edit) {
      try {
        return await transact(function* (): Work<T | 'missing'> {
          const current = yield* one(hold(select(tenantId).where('id', '=', id)));
          if (!current) return 'missing';
          const edited = { ...edit(current), tenantId, id, createdAt: current.createdAt };
          const columns = toColumns(desk, family, edited);
          yield build.updateTable(table).set(columns).where('tenant_id', '=', tenantId).where('id', '=', id).compile();
          return edited;
        });
      } catch (error) {
        if (error instanceof Violation) return 'conflict';
        throw error;
      }
    },

    async remove(tenantId, id) {
      const { goesWith } = family;
      const query = build.deleteFrom(table).where('tenant_id', '=', tenantId).where('id', '=', id);
      if (!goesWith) return (await run(() => affected(query))) === 1;
      return transact(function* () {
        if (!(yield* first(hold(select(tenantId).where('id', '=', id))))) return false;
        yield* goesWith(desk.db, tenantId, id);
        return (yield* affected(query)) === 1;
      });
    },
  };
}

/** The record of a row, its sealed properties opened. */
export function fromRow<T>(desk: Desk, table: CollectionName, row: CollectionRow): T {
  const place = { tenantId: row.tenant_id, table, row: row.id, column: 'sealed' };
  return {
    tenantId: row.tenant_id,
    id: row.id,
    ...parse<object>(row.doc),
    ...(row.sealed !== null && parse<object>(desk.keyring.open(place, row.sealed))),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  } as T;
}

/** The columns that a record is kept in, but its place and the time of its creation. */
export function toColumns<T extends Kept>(desk: Desk, family: Family<T>, record: T) {
  const { tenantId, id, createdAt: _, updatedAt, ...rest } = record;
  const secret: ReadonlySet<string> = new Set(family.sealed);
  const open = Object.entries(rest).filter(([name]) => !secret.has(name));
  const closed = Object.entries(rest).filter(([name, value]) => secret.has(name) && value !== undefined);
  const place = { tenantId, table: family.table, row: id, column: 'sealed' };
  const parent = family.parent?.(record);
  return {
    key: family.key ? indexed(family.key(record)) : null,
    parent: parent === undefined ? null : indexed(parent),
    ...(family.build ? { build: family.build(record) ?? null } : {}),
    doc: JSON.stringify(Object.fromEntries(open)),
    sealed: closed.length > 0 ? desk.keyring.seal(place, JSON.stringify(Object.fromEntries(closed))) : null,
    updated_at: updatedAt,
  };
}
