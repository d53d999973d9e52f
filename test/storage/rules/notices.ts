// Tests of storage: clients to be told of a logout, each by one sender; and keys that are accepted once.
import { describe, expect, test } from 'vitest';
import type { Stores } from '../conformance.ts';
import { aLogoutNotice } from '../protocol-samples.ts';
import { AT, fresh, LATER } from '../samples.ts';

export function describeNotices(stores: Stores): void {
  describe('logout notices', () => {
    /** Those of this test: the list is that of all tenants. */
    const due = async (tenantId: string, now: number, limit = 1000) =>
      (await stores.store.logoutNotices.due(now, limit)).filter((notice) => notice.tenantId === tenantId);

    test('are due from their time on until they expire, the longest due first', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [second, first, later, over] = [
        aLogoutNotice(tenantId, { dueAt: AT - 1 }),
        aLogoutNotice(tenantId, { dueAt: AT - 2 }),
        aLogoutNotice(tenantId, { dueAt: AT + 1 }),
        aLogoutNotice(tenantId, { dueAt: 5, expiresAt: AT }),
      ] as const;
      await store.commit(
        [second, first, later, over].map((notice) => ({ kind: 'logout-notice.insert', notice }) as const),
      );
      expect(await due(tenantId, AT)).toEqual([first, second]);
      expect(await due(tenantId, AT + 1)).toEqual([first, second, later]);
      expect(await due(tenantId, 5)).toEqual([over]);
      expect(await due(tenantId, 4)).toEqual([]);
      expect(await store.logoutNotices.due(AT, 1)).toHaveLength(1);
      await store.logoutNotices.remove(fresh('ten'), first.id);
      await store.logoutNotices.remove(tenantId, second.id);
      expect(await due(tenantId, AT)).toEqual([first]);
    });

    test('are claimed for a try by one sender, and are there again when it is over', async () => {
      const { store, other } = stores;
      const tenantId = fresh('ten');
      const notice = aLogoutNotice(tenantId);
      await store.commit([{ kind: 'logout-notice.insert', notice }]);
      expect(await store.logoutNotices.claim(fresh('ten'), notice.id, 0, AT + 9)).toBe(false);
      const claims = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? store : other).logoutNotices.claim(tenantId, notice.id, 0, AT + 10),
      );
      expect((await Promise.all(claims)).filter((won) => won)).toHaveLength(1);
      expect(await due(tenantId, AT + 9)).toEqual([]);
      expect(await due(tenantId, AT + 10)).toEqual([{ ...notice, tries: 1, dueAt: AT + 10 }]);
      expect(await store.logoutNotices.claim(tenantId, notice.id, 1, AT + 20)).toBe(true);
      await store.logoutNotices.remove(tenantId, notice.id);
      expect(await store.logoutNotices.claim(tenantId, notice.id, 2, AT + 30)).toBe(false);
    });

    test('are swept when they expire', async () => {
      const { store } = stores;
      await store.sweep(AT + 80);
      const tenantId = fresh('ten');
      const [over, kept] = [AT + 90, AT + 91].map((expiresAt) => aLogoutNotice(tenantId, { expiresAt }));
      await store.commit([over!, kept!].map((notice) => ({ kind: 'logout-notice.insert', notice }) as const));
      expect(await store.sweep(AT + 90)).toBe(1);
      expect(await due(tenantId, AT)).toEqual([kept]);
    });
  });

  describe('a key', () => {
    test('is the first for one of many', async () => {
      const { store, other } = stores;
      const [tenantId, key] = [fresh('ten'), `${'long '.repeat(2000)}\0`];
      const all = Array.from({ length: 50 }, (_, i) => (i % 2 ? store : other).once(tenantId, key, LATER, AT));
      expect((await Promise.all(all)).filter((first) => first)).toHaveLength(1);
    });

    test('is remembered until its time is over, for its tenant', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const once = (now: number, of = tenantId, key = 'jti') => store.once(of, key, now + 100, now);
      expect(await once(AT)).toBe(true);
      expect(await once(AT + 99)).toBe(false);
      expect(await once(AT, tenantId, 'another')).toBe(true);
      expect(await once(AT, fresh('ten'))).toBe(true);
      // A refused one does not lengthen the time.
      expect(await once(AT + 100)).toBe(true);
      expect(await once(AT + 199)).toBe(false);
    });

    test('that has run out is swept', async () => {
      const { store } = stores;
      await store.sweep(AT + 100);
      const tenantId = fresh('ten');
      await store.once(tenantId, 'over', AT + 110, AT);
      await store.once(tenantId, 'kept', AT + 111, AT);
      expect(await store.sweep(AT + 110)).toBe(1);
      expect(await store.once(tenantId, 'kept', LATER, AT)).toBe(false);
    });
  });

  describe('a bucket that is cleared', () => {
    test('is full again, and no other', async () => {
      const { store } = stores;
      const [tenantId, stranger] = [fresh('ten'), fresh('ten')];
      const take = async (of: string, key: string) =>
        (await store.takeAttempt(of, key, { capacity: 1, refillSeconds: 60 }, AT)).taken;
      const rows = [
        [tenantId, 'a'],
        [tenantId, 'b'],
        [stranger, 'a'],
      ] as const;
      for (const [of, key] of rows) expect([await take(of, key), await take(of, key)]).toEqual([true, false]);
      await store.clearAttempts(tenantId, 'a');
      await store.clearAttempts(tenantId, 'unknown');
      expect(await Promise.all(rows.map(([of, key]) => take(of, key)))).toEqual([true, false, false]);
    });
  });
}
