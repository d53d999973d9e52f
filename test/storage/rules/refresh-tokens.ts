// Tests of storage: refresh tokens: how they come back, who may change them, and what goes together with what.
import { describe, expect, test } from 'vitest';
import type { Change } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { aBareRefreshToken, aRefreshToken, type Parties, parties } from '../protocol-samples.ts';
import { AT, aClient, aHandle, fresh, LATER } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };
const NEVER = Number.MAX_SAFE_INTEGER;

export function describeRefreshTokens(stores: Stores): void {
  /** A token with the keys of two generations and the code it came from. */
  const issue = async (of: Parties, changes: Parameters<typeof aRefreshToken>[1] = {}) => {
    const { store } = stores;
    const token = aRefreshToken(of, changes);
    const handles = (['refresh-token', 'refresh-token', 'spent-code'] as const).map((kind, ask) =>
      aHandle(of.tenantId, { kind, targetId: token.id, ask, expiresAt: NEVER }),
    );
    expect(
      await store.commit([
        { kind: 'refresh-token.insert', token },
        ...handles.map((handle) => ({ kind: 'handle.insert', handle }) as const),
      ]),
    ).toEqual({ ok: true });
    /** How much of it is left: the row and three handles. */
    const left = async () => {
      const found = await Promise.all(handles.map(({ kind, key }) => store.handles.find(of.tenantId, kind, key)));
      const row = await store.refreshTokens.find(of.tenantId, token.id);
      return [row !== undefined, found.filter((handle) => handle !== undefined).length];
    };
    return { token, handles, left };
  };
  const WHOLE = [true, 3];
  const GONE = [false, 0];

  describe('refresh tokens', () => {
    test('come back as they went in, and so do keys that never expire', async () => {
      const { store } = stores;
      const of = await parties(store);
      const bare = aBareRefreshToken(of);
      const { token, handles } = await issue(of);
      await store.commit([{ kind: 'refresh-token.insert', token: bare }]);
      for (const each of [token, bare]) {
        expect(await store.refreshTokens.find(of.tenantId, each.id)).toEqual(each);
        expect(await store.refreshTokens.find(fresh('ten'), each.id)).toBeUndefined();
      }
      for (const handle of handles) {
        expect(await store.handles.find(of.tenantId, handle.kind, handle.key)).toEqual(handle);
      }
      await store.sweep(LATER - 1);
      expect(await store.handles.find(of.tenantId, 'refresh-token', handles[1]!.key)).toMatchObject({
        ask: 1,
        expiresAt: NEVER,
      });
    });

    test('of a user are listed newest first, page by page, for one application or all', async () => {
      const { store } = stores;
      const of = await parties(store);
      const second = aClient(of.tenantId);
      await store.clients.insert(second);
      const [oldest, newest, middle] = await Promise.all(
        [3, 1, 2].map(async (age) => (await issue(of, { createdAt: AT - age })).token),
      );
      const other = (await issue({ ...of, clientId: second.id }, { createdAt: AT - 9 })).token;
      await issue(await parties(store, of.tenantId));
      const list = (query: Parameters<typeof store.refreshTokens.ofUser>[2]) =>
        store.refreshTokens.ofUser(of.tenantId, of.userId, query);
      expect(await list({ page: ALL })).toEqual({ records: [newest, middle, oldest, other], total: 4 });
      expect(await list({ page: { offset: 1, limit: 1 }, clientId: of.clientId })).toEqual({
        records: [middle],
        total: 3,
      });
      expect(await list({ page: ALL, clientId: second.id })).toEqual({ records: [other], total: 1 });
      expect(await store.refreshTokens.ofUser(fresh('ten'), of.userId, { page: ALL })).toEqual({
        records: [],
        total: 0,
      });
    });

    test('are edited in one piece, but never change hands or places', async () => {
      const { store, other } = stores;
      const of = await parties(store);
      const { token } = await issue(of);
      const { metadata: _, expiresAt: __, ...rest } = token;
      const edited = { ...rest, lastExchangedAt: AT + 9, updatedAt: AT + 9 };
      const foreign = { id: 'x', tenantId: fresh('ten'), userId: 'auth0|2', clientId: 'other', createdAt: 0 };
      const { tenantId } = of;
      expect(await store.refreshTokens.update(tenantId, token.id, () => ({ ...edited, ...foreign }))).toEqual(edited);
      expect(await store.refreshTokens.find(tenantId, token.id)).toEqual(edited);
      expect(await store.refreshTokens.update(fresh('ten'), token.id, (now) => now)).toBe('missing');
      await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? store : other).refreshTokens.update(tenantId, token.id, (now) => ({
            ...now,
            idleExpiresAt: now.idleExpiresAt! + 1,
          })),
        ),
      );
      expect(await store.refreshTokens.find(tenantId, token.id)).toMatchObject({ idleExpiresAt: LATER + 12 });
    });

    test('are two hundred at most for a person and an application: the oldest make room', async () => {
      const { store } = stores;
      const of = await parties(store);
      const oldest = await issue(of, { createdAt: AT - 2 });
      const older = await issue(of, { createdAt: AT - 1 });
      const others = await issue(await parties(store, of.tenantId), { createdAt: AT - 3 });
      const many = Array.from({ length: 199 }, () => aRefreshToken(of));
      await store.commit(many.map((token) => ({ kind: 'refresh-token.insert', token })));
      expect(await oldest.left()).toEqual(GONE);
      expect([await older.left(), await others.left()]).toEqual([WHOLE, WHOLE]);
      expect((await store.refreshTokens.ofUser(of.tenantId, of.userId, { page: ALL })).total).toBe(200);
    });

    test('keep the keys of fifty former generations, and the code they came from', async () => {
      const { store } = stores;
      const of = await parties(store);
      const { token, handles } = await issue(of, { generation: 1 });
      const keys = [handles[1]!];
      let current = token;
      for (let generation = 2; generation <= 60; generation += 1) {
        const handle = aHandle(of.tenantId, {
          kind: 'refresh-token',
          targetId: token.id,
          ask: generation,
          expiresAt: NEVER,
        });
        keys.push(handle);
        const next = { ...current, generation };
        const committed = await store.commit([
          { kind: 'refresh-token.replace', generation: current.generation, token: next },
          { kind: 'handle.insert', handle },
        ]);
        expect(committed).toEqual({ ok: true });
        current = next;
      }
      const found = await Promise.all(keys.map(({ key }) => store.handles.find(of.tenantId, 'refresh-token', key)));
      expect(found.flatMap((handle) => (handle ? [handle.ask] : []))).toEqual(
        Array.from({ length: 50 }, (_, i) => i + 11),
      );
      expect(await store.handles.find(of.tenantId, 'spent-code', handles[2]!.key)).toBeDefined();
      // An exchange that does not rotate takes nothing away.
      await store.commit([{ kind: 'refresh-token.replace', generation: 60, token: { ...current, updatedAt: AT + 1 } }]);
      expect(await store.handles.find(of.tenantId, 'refresh-token', keys[10]!.key)).toBeDefined();
    });

    test('that are gone are given no further key, also when both come at once', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 8; round += 1) {
        const of = await parties(store);
        const { token } = await issue(of);
        const handle = aHandle(of.tenantId, { kind: 'refresh-token', targetId: token.id, ask: 1, expiresAt: NEVER });
        await Promise.all([
          store.commit([{ kind: 'handle.insert', handle }]),
          other.refreshTokens.remove(of.tenantId, token.id),
        ]);
        expect(await store.handles.find(of.tenantId, 'refresh-token', handle.key)).toBeUndefined();
        const late = { kind: 'handle.insert', handle } as const;
        expect(await store.commit([late])).toEqual({ ok: false, failed: late });
      }
    });

    test('become what a rotation makes of them, once', async () => {
      const { store, other } = stores;
      const of = await parties(store);
      const { token } = await issue(of);
      const all = await Promise.all(
        Array.from({ length: 40 }, (_, i) => {
          const handle = aHandle(of.tenantId, { kind: 'refresh-token', targetId: token.id, ask: 2, expiresAt: NEVER });
          const rotated = { ...token, generation: 2, rotatedAt: AT + i, updatedAt: AT + i };
          const changes: Change[] = [
            { kind: 'handle.insert', handle },
            { kind: 'refresh-token.replace', generation: 1, token: rotated },
          ];
          return (i % 2 ? store : other).commit(changes).then(({ ok }) => ({ ok, handle, rotated }));
        }),
      );
      const [winner, ...more] = all.filter(({ ok }) => ok);
      expect(more).toEqual([]);
      expect(await store.refreshTokens.find(of.tenantId, token.id)).toEqual(winner!.rotated);
      for (const { ok, handle } of all) {
        expect((await store.handles.find(of.tenantId, 'refresh-token', handle.key)) !== undefined).toBe(ok);
      }
    });

    test.each(['at once', 'by a commit'])('go with their keys, %s', async (way) => {
      const { store } = stores;
      const of = await parties(store);
      const [mine, second] = [await issue(of), await issue(of)];
      const remove = async (tenantId: string) => {
        if (way === 'at once') return store.refreshTokens.remove(tenantId, mine.token.id);
        return (await store.commit([{ kind: 'refresh-token.remove', tenantId, id: mine.token.id }])).ok;
      };
      expect(await remove(fresh('ten'))).toBe(way !== 'at once');
      expect(await mine.left()).toEqual(WHOLE);
      expect(await remove(of.tenantId)).toBe(true);
      expect(await mine.left()).toEqual(GONE);
      expect(await remove(of.tenantId)).toBe(way !== 'at once');
      expect(await second.left()).toEqual(WHOLE);
    });

    test('of a user go together: those of an application, of a session, or all', async () => {
      const { store } = stores;
      const of = await parties(store);
      const second = aClient(of.tenantId);
      await store.clients.insert(second);
      const a = await issue(of, { sessionId: 'ses_1' });
      const b = await issue({ ...of, clientId: second.id }, { sessionId: 'ses_1' });
      const c = await issue({ ...of, clientId: second.id }, { sessionId: 'ses_2' });
      const d = await issue(of, { sessionId: 'ses_2' });
      const e = await issue(of, { sessionId: 'ses_3' });
      const bob = await issue(
        { ...(await parties(store, of.tenantId)), clientId: of.clientId },
        { sessionId: 'ses_1' },
      );
      const { removeOfUser } = stores.store.refreshTokens;
      expect(await removeOfUser(fresh('ten'), of.userId)).toBe(0);
      expect(await removeOfUser(of.tenantId, of.userId, { clientId: second.id, sessionId: 'ses_1' })).toBe(1);
      expect(await Promise.all([a, b, c, d].map((each) => each.left()))).toEqual([WHOLE, GONE, WHOLE, WHOLE]);
      expect(await removeOfUser(of.tenantId, of.userId, { clientId: second.id })).toBe(1);
      expect(await Promise.all([a, c, d].map((each) => each.left()))).toEqual([WHOLE, GONE, WHOLE]);
      const ended = { tenantId: of.tenantId, userId: of.userId, sessionId: 'ses_1' };
      expect(await store.commit([{ kind: 'refresh-token.remove-of-session', ...ended }])).toEqual({ ok: true });
      expect(await Promise.all([a, d].map((each) => each.left()))).toEqual([GONE, WHOLE]);
      expect(await removeOfUser(of.tenantId, of.userId)).toBe(2);
      expect(await Promise.all([d, e].map((each) => each.left()))).toEqual([GONE, GONE]);
      expect(await bob.left()).toEqual(WHOLE);
    });

    test('go with their user and with their client', async () => {
      const { store } = stores;
      const of = await parties(store);
      const bob = await parties(store, of.tenantId);
      const [ana, shared] = [await issue(of), await issue({ ...bob, clientId: of.clientId })];
      const kept = await issue(bob);
      expect(await store.clients.remove(fresh('ten'), of.clientId)).toBe(false);
      expect(await store.users.remove(of.tenantId, of.userId)).toBe(true);
      expect([await ana.left(), await shared.left()]).toEqual([GONE, WHOLE]);
      expect(await store.clients.remove(of.tenantId, of.clientId)).toBe(true);
      expect(await store.clients.remove(of.tenantId, of.clientId)).toBe(false);
      expect([await shared.left(), await kept.left()]).toEqual([GONE, WHOLE]);
    });

    test('are given to nobody who is being removed', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 10; round += 1) {
        const of = await parties(store);
        const token = aRefreshToken(of);
        const handle = aHandle(of.tenantId, { kind: 'refresh-token', targetId: token.id });
        await Promise.all([
          store.commit([
            { kind: 'refresh-token.insert', token },
            { kind: 'handle.insert', handle },
          ]),
          round % 2 ? other.users.remove(of.tenantId, of.userId) : other.clients.remove(of.tenantId, of.clientId),
        ]);
        expect(await store.refreshTokens.find(of.tenantId, token.id)).toBeUndefined();
        expect(await store.handles.find(of.tenantId, 'refresh-token', handle.key)).toBeUndefined();
      }
    });

    test('are swept when either time has passed, with keys that would never expire', async () => {
      const { store } = stores;
      await store.sweep(AT + 40);
      const of = await parties(store);
      const over = await issue(of, { expiresAt: AT + 50 });
      const idle = await issue(of, { idleExpiresAt: AT + 50 });
      const elsewhere = await issue(await parties(store), { expiresAt: AT + 50 });
      const kept = await issue(of, { expiresAt: AT + 51, idleExpiresAt: AT + 51 });
      const bare = aBareRefreshToken(of);
      await store.commit([{ kind: 'refresh-token.insert', token: bare }]);
      expect(await store.sweep(AT + 50)).toBe(3);
      expect([await over.left(), await idle.left(), await elsewhere.left()]).toEqual([GONE, GONE, GONE]);
      expect(await kept.left()).toEqual(WHOLE);
      expect(await store.refreshTokens.find(of.tenantId, bare.id)).toEqual(bare);
    });
  });
}
