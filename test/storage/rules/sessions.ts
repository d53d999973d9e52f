// Tests of storage: sessions of browsers, how they are written, listed, edited, handed over and removed.
import { describe, expect, test } from 'vitest';
import type { Stores } from '../conformance.ts';
import { AT, aHandle, aSession, fresh, LATER } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

export function describeSessions(stores: Stores): void {
  describe('sessions', () => {
    test('are put and put again', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const session = aSession(tenantId, 'auth0|1');
      await store.commit([{ kind: 'session.put', session }]);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(session);
      const next = {
        ...session,
        methods: [...session.methods, { name: 'mfa' }],
        clients: ['client_1', 'client_2'],
        device: { ...session.device, lastIp: '198.51.100.9' },
        updatedAt: AT + 1,
        authenticatedAt: AT + 2,
        expiresAt: LATER + 1,
        idleExpiresAt: LATER + 2,
      };
      await store.commit([{ kind: 'session.put', session: next }]);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(next);
      expect(await store.sessions.find(fresh('ten'), session.id)).toBeUndefined();
    });

    test('of the same id in two tenants are two', async () => {
      const { store } = stores;
      const session = aSession(fresh('ten'), 'auth0|1');
      const namesake = aSession(fresh('ten'), 'auth0|2', { id: session.id });
      expect(
        await store.commit([
          { kind: 'session.put', session },
          { kind: 'session.put', session: namesake },
        ]),
      ).toEqual({
        ok: true,
      });
      expect(await store.sessions.find(session.tenantId, session.id)).toEqual(session);
    });

    test('carry what scripts set on them, and lose it', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const plain = aSession(tenantId, 'auth0|1');
      const session = {
        ...plain,
        metadata: { risk: 'low', 'odd "key': '名前' },
        cookieMode: 'non-persistent',
      } as const;
      await store.commit([{ kind: 'session.put', session }]);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(session);
      await store.commit([{ kind: 'session.put', session: plain }]);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(plain);
    });

    test('handed over belong to the other account, with all they carry', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const session = aSession(tenantId, 'auth0|1');
      await store.commit([{ kind: 'session.put', session }]);
      const next = { ...session, userId: 'auth0|2', updatedAt: AT + 1 };
      await store.commit([{ kind: 'session.put', session: next, formerUserId: 'auth0|1' }]);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(next);
      expect((await store.sessions.ofUser(tenantId, 'auth0|1', ALL)).total).toBe(0);
      // Whose it was gives nobody a way back.
      const back = { kind: 'session.put', session } as const;
      expect(await store.commit([back])).toEqual({ ok: false, failed: back });
    });

    test('of a user are listed newest first, page by page', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const made = [3, 1, 2].map((age) => aSession(tenantId, 'auth0|1', { createdAt: AT - age, expiresAt: AT - age }));
      for (const session of [...made, aSession(tenantId, 'auth0|2'), aSession(fresh('ten'), 'auth0|1')]) {
        await store.commit([{ kind: 'session.put', session }]);
      }
      const [oldest, newest, middle] = made;
      const list = (page: typeof ALL) => store.sessions.ofUser(tenantId, 'auth0|1', page);
      expect(await list(ALL)).toEqual({ records: [newest, middle, oldest], total: 3 });
      expect(await list({ offset: 1, limit: 1 })).toEqual({ records: [middle], total: 3 });
      expect(await list({ offset: 3, limit: 1 })).toEqual({ records: [], total: 3 });
      expect(await store.sessions.ofUser(tenantId, 'auth0|3', ALL)).toEqual({ records: [], total: 0 });
    });

    test('are edited in one piece, but never change hands or places', async () => {
      const { store, other } = stores;
      const tenantId = fresh('ten');
      const session = aSession(tenantId, 'auth0|1', { metadata: { count: '0' } });
      await store.commit([{ kind: 'session.put', session }]);
      const edited = { ...session, metadata: { a: 'b' }, cookieMode: 'persistent' as const, updatedAt: AT + 9 };
      const foreign = { id: 'other', tenantId: fresh('ten'), userId: 'auth0|2', createdAt: 0 };
      expect(await store.sessions.update(tenantId, session.id, () => ({ ...edited, ...foreign }))).toEqual(edited);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(edited);
      expect(await store.sessions.update(fresh('ten'), session.id, (now) => now)).toBe('missing');
      expect(await store.sessions.update(tenantId, 'nothing', (now) => now)).toBe('missing');
      await expect(
        store.sessions.update(tenantId, session.id, () => {
          throw new Error('from the edit');
        }),
      ).rejects.toThrow('from the edit');

      const count = Array.from({ length: 12 }, (_, i) =>
        (i % 2 ? store : other).sessions.update(tenantId, session.id, (now) => ({
          ...now,
          expiresAt: now.expiresAt + 1,
        })),
      );
      await Promise.all(count);
      expect(await store.sessions.find(tenantId, session.id)).toEqual({ ...edited, expiresAt: LATER + 12 });
    });

    test.each(['at once', 'by a commit'])('go with their handles, %s', async (way) => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const stranger = fresh('ten');
      const session = aSession(tenantId, 'auth0|1');
      const cookie = aHandle(tenantId, { kind: 'session', targetId: session.id });
      const because = 'session-revoked';
      const remove = async (from: string) => {
        if (way === 'at once') return store.sessions.remove(from, session.id, because);
        return (await store.commit([{ kind: 'session.remove', tenantId: from, id: session.id, because }])).ok;
      };
      const left = async () => [
        (await store.sessions.find(tenantId, session.id)) !== undefined,
        (await store.handles.find(tenantId, 'session', cookie.key)) !== undefined,
      ];
      await store.commit([
        { kind: 'session.put', session },
        { kind: 'handle.insert', handle: cookie },
      ]);
      expect(await remove(stranger)).toBe(way !== 'at once');
      expect(await left()).toEqual([true, true]);
      expect(await remove(tenantId)).toBe(true);
      expect(await left()).toEqual([false, false]);
      expect(await remove(tenantId)).toBe(way !== 'at once');
    });

    test('of a user go together, whatever their number', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const mine = Array.from({ length: 510 }, () => aSession(tenantId, 'auth0|1'));
      const kept = [aSession(tenantId, 'auth0|2'), aSession(fresh('ten'), 'auth0|1')];
      const cookies = [...mine, ...kept].map(({ tenantId: t, id }) => aHandle(t, { kind: 'session', targetId: id }));
      await store.commit([
        ...[...mine, ...kept].map((session) => ({ kind: 'session.put', session }) as const),
        ...cookies.map((handle) => ({ kind: 'handle.insert', handle }) as const),
      ]);
      expect(await store.sessions.removeOfUser(tenantId, 'auth0|1', 'session-revoked')).toBe(510);
      expect(await store.sessions.removeOfUser(tenantId, 'auth0|1', 'session-revoked')).toBe(0);
      expect(await store.sessions.ofUser(tenantId, 'auth0|1', ALL)).toEqual({ records: [], total: 0 });
      for (const session of kept) expect(await store.sessions.find(session.tenantId, session.id)).toEqual(session);
      const found = await Promise.all(cookies.map(({ tenantId: t, key }) => store.handles.find(t, 'session', key)));
      expect(found.filter((handle) => handle !== undefined)).toEqual(cookies.slice(-2));
    });
  });
}
