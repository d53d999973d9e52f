// Tests of storage: what every configuration family is held to, whatever it keeps.
import { describe, expect, test } from 'vitest';
import type { Collection, Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, fresh } from '../samples.ts';

type Kept = { tenantId: string; id: string; createdAt: number; updatedAt: number };
type Family<T extends Kept> = {
  collection: (store: Store) => Collection<T>;
  make: (tenantId: string, changes?: Partial<T>) => T;
  key?: (record: T) => string;
  /** Gives a record the same natural key as another one. */
  sameKey?: (record: T) => Partial<T>;
  parent?: (record: T) => string;
  sameParent?: (record: T) => Partial<T>;
};

/** Holds one family to the lines of `Collection`. */
export function describeFamily<T extends Kept>(stores: Stores, name: string, family: Family<T>): void {
  describe(name, () => {
    const setup = () => ({ records: family.collection(stores.store), tenantId: fresh('ten') });

    test('come back as they went in', async () => {
      const { records, tenantId } = setup();
      const record = family.make(tenantId);
      expect(await records.insert(record)).toBe('inserted');
      expect(await records.find(tenantId, record.id)).toEqual(record);
      expect(await records.insert({ ...family.make(tenantId), id: record.id })).toBe('conflict');
      expect(await records.find(tenantId, record.id)).toEqual(record);
    });

    test('are found by their natural key, which is taken once', async () => {
      const { records, tenantId } = setup();
      const record = family.make(tenantId);
      await records.insert(record);
      if (!family.key || !family.sameKey) {
        expect(await records.findByKey(tenantId, record.id)).toBeUndefined();
        return;
      }
      expect(await records.findByKey(tenantId, family.key(record))).toEqual(record);
      expect(await records.findByKey(tenantId, 'nobody')).toBeUndefined();
      const second = family.make(tenantId, family.sameKey(record));
      expect(await records.insert(second)).toBe('conflict');
      const third = family.make(tenantId);
      await records.insert(third);
      expect(await records.update(tenantId, third.id, (now) => ({ ...now, ...family.sameKey!(record) }))).toBe(
        'conflict',
      );
      expect(await records.find(tenantId, third.id)).toEqual(third);
      const elsewhere = family.make(fresh('ten'), family.sameKey(record));
      expect(await records.insert(elsewhere)).toBe('inserted');
    });

    test('are listed in the order of creation, page by page', async () => {
      const { records, tenantId } = setup();
      const made = Array.from({ length: 5 }, () => family.make(tenantId));
      for (const record of made) await records.insert(record);
      await records.update(tenantId, made[0]!.id, (now) => ({ ...now, updatedAt: AT + 1 }));
      const ids = async (page?: { offset: number; limit: number }) => {
        const listed = await records.list(tenantId, page && { page });
        return { ids: listed.records.map((record) => record.id), total: listed.total };
      };
      const expected = made.map((record) => record.id);
      expect(await ids()).toEqual({ ids: expected, total: 5 });
      expect(await ids({ offset: 0, limit: 2 })).toEqual({ ids: expected.slice(0, 2), total: 5 });
      expect(await ids({ offset: 4, limit: 2 })).toEqual({ ids: expected.slice(4), total: 5 });
      expect(await ids({ offset: 9, limit: 2 })).toEqual({ ids: [], total: 5 });
    });

    test('are narrowed to what they hang on', async () => {
      if (!family.parent || !family.sameParent) return;
      const { records, tenantId } = setup();
      const first = family.make(tenantId);
      const sibling = family.make(tenantId, family.sameParent(first));
      for (const record of [first, family.make(tenantId), sibling]) await records.insert(record);
      const listed = await records.list(tenantId, { parent: family.parent(first), page: { offset: 0, limit: 1 } });
      expect(listed).toEqual({ records: [first], total: 2 });
      expect((await records.list(tenantId, { parent: family.parent(first) })).records).toEqual([first, sibling]);
    });

    test('are changed and removed', async () => {
      const { records, tenantId } = setup();
      const record = family.make(tenantId);
      await records.insert(record);
      const edited = { ...record, updatedAt: AT + 7 };
      expect(await records.update(tenantId, record.id, (now) => ({ ...now, updatedAt: AT + 7, id: 'other' }))).toEqual(
        edited,
      );
      expect(await records.find(tenantId, record.id)).toEqual(edited);
      expect(await records.update(tenantId, 'nobody', (now) => now)).toBe('missing');
      await expect(
        records.update(tenantId, record.id, () => {
          throw new Error('from the edit');
        }),
      ).rejects.toThrow('from the edit');
      expect(await records.remove(tenantId, record.id)).toBe(true);
      expect(await records.remove(tenantId, record.id)).toBe(false);
      expect(await records.find(tenantId, record.id)).toBeUndefined();
    });

    test('of one tenant are out of reach of another', async () => {
      const { records, tenantId } = setup();
      const stranger = fresh('ten');
      const record = family.make(tenantId);
      await records.insert(record);
      expect(await records.find(stranger, record.id)).toBeUndefined();
      expect(await records.findByKey(stranger, family.key?.(record) ?? record.id)).toBeUndefined();
      expect(await records.list(stranger)).toEqual({ records: [], total: 0 });
      expect(await records.update(stranger, record.id, (now) => now)).toBe('missing');
      expect(await records.remove(stranger, record.id)).toBe(false);
      const namesake = { ...family.make(stranger), id: record.id };
      expect(await records.insert(namesake)).toBe('inserted');
      expect(await records.remove(stranger, record.id)).toBe(true);
      expect(await records.find(tenantId, record.id)).toEqual(record);
    });
  });
}
