// Tests of storage: clients to be told of a logout, each by one sender; and keys that are accepted once.
import { describe, expect, test } from 'vitest';
import type { BackChannelLogoutRecord, SessionEnd, SessionRecord } from '#storage/records.ts';
import type { Change, Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aClient, aSession, aUser, fresh, LATER } from '../samples.ts';

const HOUR_MS = 60 * 60_000;

/** An application that is told of these ends; null: of none. */
async function told(store: Store, tenantId: string, ends: BackChannelLogoutRecord['ends'] | null): Promise<string> {
  const client = aClient(tenantId, ends === null ? {} : { backChannelLogout: { url: 'https://rp.example/out', ends } });
  await store.clients.insert(client);
  return client.id;
}

async function signedIn(store: Store, tenantId: string, clients: string[]): Promise<SessionRecord> {
  const user = aUser(tenantId);
  await store.users.insert(user);
  const session = aSession(tenantId, user.id, { clients, expiresAt: AT + 70 });
  await store.commit([{ kind: 'session.put', session }]);
  return session;
}

type Way = (store: Store, session: SessionRecord) => Promise<unknown>;
const WAYS: [what: string, because: SessionEnd, way: Way][] = [
  ['session.end', 'rp-logout', (store, s) => store.commit([{ kind: 'session.end', ...ids(s), because: 'rp-logout' }])],
  [
    'session.remove',
    'session-revoked',
    (store, s) => store.commit([{ kind: 'session.remove', ...ids(s), because: 'session-revoked' }]),
  ],
  ['a removal', 'session-revoked', (store, s) => store.sessions.remove(s.tenantId, s.id, 'session-revoked')],
  [
    'a removal of all',
    'session-revoked',
    (store, s) => store.sessions.removeOfUser(s.tenantId, s.userId, 'session-revoked'),
  ],
  ['a block', 'account-deactivated', (store, s) => store.users.endLogins(s.tenantId, s.userId, 'account-deactivated')],
  ['the end of the user', 'account-deleted', (store, s) => store.users.remove(s.tenantId, s.userId)],
  [
    'a new password',
    'password-changed',
    (store, { tenantId, userId: id }) =>
      store.commit([{ kind: 'user.set-password', tenantId, id, passwordHash: 'new', at: AT }]),
  ],
  ['its time', 'session-expired', (store) => store.sweep(AT + 70)],
];
const ids = ({ tenantId, id }: SessionRecord) => ({ tenantId, id });

export function describeNotices(stores: Stores): void {
  describe('logout notices', () => {
    /** Those of this test: the list is that of all tenants. */
    const due = async (tenantId: string, now = AT, limit = { most: 100_000, ofOneTenant: 1000 }) =>
      (await stores.store.logoutNotices.due(now, limit)).filter((notice) => notice.tenantId === tenantId);

    test.each(WAYS)('of %s are for whom it concerns, once', async (_what, because, way) => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const other: SessionEnd = because === 'rp-logout' ? 'password-changed' : 'rp-logout';
      const [all, one, another, none] = await Promise.all([
        told(store, tenantId, 'all'),
        told(store, tenantId, [other, because]),
        told(store, tenantId, [other]),
        told(store, tenantId, null),
      ]);
      // Who has not been there is not told; nor is one that is gone, or one of another tenant.
      await told(store, tenantId, 'all');
      const foreign = await told(store, fresh('ten'), 'all');
      const session = await signedIn(store, tenantId, [all, one, all, another, none, foreign, fresh('gone')]);
      const { userId, id: sessionId } = session;
      await way(store, session);
      expect(await store.sessions.find(tenantId, sessionId)).toBeUndefined();
      const notices = await due(tenantId);
      expect(notices.map(({ clientId }) => clientId).toSorted()).toEqual([all, one].toSorted());
      const times = { tries: 0, dueAt: AT, createdAt: AT, expiresAt: AT + HOUR_MS };
      for (const notice of notices) expect(notice).toMatchObject({ userId, sessionId, ...times });
      await way(store, session);
      expect(await due(tenantId)).toHaveLength(2);
    });

    /** So many sessions that have ended, of an application that is told. */
    async function ended(count: number): Promise<string> {
      const { store } = stores;
      const tenantId = fresh('ten');
      const clients = [await told(store, tenantId, 'all')];
      const user = aUser(tenantId);
      await store.users.insert(user);
      const sessions = Array.from({ length: count }, () => aSession(tenantId, user.id, { clients }));
      await store.commit(sessions.map((session): Change => ({ kind: 'session.put', session })));
      expect(await store.sessions.removeOfUser(tenantId, user.id, 'session-revoked')).toBe(count);
      return tenantId;
    }

    test('are written with the end of the session or not at all', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const session = await signedIn(store, tenantId, [await told(store, tenantId, 'all')]);
      const end = { kind: 'session.end', ...ids(session), because: 'rp-logout' } as const;
      expect((await store.commit([end, { ...end, id: fresh('ses') }])).ok).toBe(false);
      expect(await due(tenantId)).toEqual([]);
      expect(await store.sessions.find(tenantId, session.id)).toEqual(session);
    });

    test('of very many sessions are all there', async () => {
      expect(await due(await ended(510))).toHaveLength(510);
    });

    test('are due from their time on until they expire, the longest due first', async () => {
      const { store } = stores;
      const tenantId = await ended(4);
      const notices = await due(tenantId);
      for (const [place, dueAt] of [AT - 1, AT + 1, AT - 2, AT + HOUR_MS].entries()) {
        expect(await store.logoutNotices.claim(tenantId, notices[place]!.id, 0, dueAt)).toBe(true);
      }
      const [second, later, first] = notices.map(({ id }) => id);
      const dueIds = async (now: number) => (await due(tenantId, now)).map(({ id }) => id);
      expect(await dueIds(AT)).toEqual([first, second]);
      expect(await dueIds(AT + 1)).toEqual([first, second, later]);
      expect(await dueIds(AT - 3)).toEqual([]);
      expect(await dueIds(AT + HOUR_MS)).toEqual([]);
      expect(await store.logoutNotices.due(AT, { most: 1, ofOneTenant: 9 })).toHaveLength(1);
      await store.logoutNotices.remove(fresh('ten'), first!);
      await store.logoutNotices.remove(tenantId, second!);
      expect(await dueIds(AT)).toEqual([first]);
    });

    test('of a tenant with many leave the others their turn', async () => {
      const [many, few] = [await ended(5), await ended(1)];
      const limit = { most: 100_000, ofOneTenant: 2 };
      expect([(await due(many, AT, limit)).length, (await due(few, AT, limit)).length]).toEqual([2, 1]);
      // However long they have waited: nobody's second comes before somebody's first.
      const { logoutNotices } = stores.store;
      const [only] = await due(few);
      expect(await logoutNotices.claim(few, only!.id, 0, AT + 5)).toBe(true);
      const order = (await logoutNotices.due(AT + 5, limit)).map(({ tenantId }) => tenantId);
      expect(order.indexOf(few)).toBeLessThan(order.lastIndexOf(many));
    });

    test('are claimed for a try by one sender, and are there again when it is over', async () => {
      const { store, other } = stores;
      const tenantId = await ended(1);
      const [notice] = await due(tenantId);
      const { id } = notice!;
      expect(await store.logoutNotices.claim(fresh('ten'), id, 0, AT + 9)).toBe(false);
      const claims = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? store : other).logoutNotices.claim(tenantId, id, 0, AT + 10),
      );
      expect((await Promise.all(claims)).filter((won) => won)).toHaveLength(1);
      expect(await due(tenantId, AT + 9)).toEqual([]);
      expect(await due(tenantId, AT + 10)).toEqual([{ ...notice, tries: 1, dueAt: AT + 10 }]);
      expect(await store.logoutNotices.claim(tenantId, id, 1, AT + 20)).toBe(true);
      await store.logoutNotices.remove(tenantId, id);
      expect(await store.logoutNotices.claim(tenantId, id, 2, AT + 30)).toBe(false);
    });

    test('are swept when they expire', async () => {
      const { store, subject } = stores;
      const tenantId = await ended(1);
      const left = () => subject.raw(`select id from logout_notices where tenant_id = '${tenantId}'`);
      await store.sweep(AT + HOUR_MS - 1);
      expect(await left()).toHaveLength(1);
      await store.sweep(AT + HOUR_MS);
      expect(await left()).toEqual([]);
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

    test('may run out between two milliseconds, as a claim of a JWT does', async () => {
      const tenantId = fresh('ten');
      expect(await stores.store.once(tenantId, 'jti', AT + 0.4321, AT)).toBe(true);
      expect(await stores.store.once(tenantId, 'jti', LATER, AT)).toBe(false);
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
