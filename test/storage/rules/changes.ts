// Tests of storage: every change of a commit with its guard passing and failing, and the batch as a whole.
import { describe, expect, test } from 'vitest';
import type { Change, Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aHandle, aLog, aMessage, aTransaction, fresh, LATER } from '../samples.ts';
import { FACTOR_ROWS } from './changes-of-factors.ts';
import { accept, enrolled, known, loggedIn, PEOPLE_ROWS, put, type Row } from './changes-of-people.ts';
import { PROTOCOL_ROWS } from './changes-of-protocol.ts';

const claim = (tenantId: string, id: string, revision: number, owner = 'a', leaseSeconds = 15): Change => ({
  kind: 'transaction.claim',
  tenantId,
  id,
  revision,
  owner,
  leaseSeconds,
});

const inserted = async (store: Store, tenantId: string, revision = 1) => {
  const transaction = aTransaction(tenantId, { revision });
  await put(store, { kind: 'transaction.insert', transaction });
  return transaction;
};

const handled = async (store: Store, tenantId: string) => {
  const handle = aHandle(tenantId, { kind: 'code', expiresAt: AT + 1000 });
  await put(store, { kind: 'handle.insert', handle });
  return handle;
};

const take = (handle: { tenantId: string; key: string }, now: number): Change => ({
  kind: 'handle.take',
  tenantId: handle.tenantId,
  handleKind: 'code',
  key: handle.key,
  now,
});

const ROWS: Row[] = [
  ...PEOPLE_ROWS,
  ...PROTOCOL_ROWS,
  ...FACTOR_ROWS,
  ['transaction.insert of a new id', true, (_, t) => ({ kind: 'transaction.insert', transaction: aTransaction(t) })],
  [
    'transaction.insert of a taken id',
    false,
    async (store, t) => ({ kind: 'transaction.insert', transaction: await inserted(store, t) }),
  ],
  ['transaction.claim on its revision', true, async (store, t) => claim(t, (await inserted(store, t, 4)).id, 4)],
  ['transaction.claim on another revision', false, async (store, t) => claim(t, (await inserted(store, t, 4)).id, 3)],
  ['transaction.claim of nothing', false, (_, t) => claim(t, fresh('tx'), 1)],
  [
    'transaction.claim of a leased row',
    false,
    async (store, t) => {
      const { id } = await inserted(store, t);
      await put(store, claim(t, id, 1));
      return claim(t, id, 2, 'b');
    },
  ],
  [
    'transaction.claim of a leased row by its own owner',
    false,
    async (store, t) => {
      const { id } = await inserted(store, t);
      await put(store, claim(t, id, 1));
      return claim(t, id, 2);
    },
  ],
  [
    'transaction.replace on its revision',
    true,
    async (store, t) => ({ kind: 'transaction.replace', revision: 1, transaction: await inserted(store, t) }),
  ],
  [
    'transaction.replace on another revision',
    false,
    async (store, t) => ({ kind: 'transaction.replace', revision: 2, transaction: await inserted(store, t) }),
  ],
  [
    'transaction.replace of nothing',
    false,
    (_, t) => ({ kind: 'transaction.replace', revision: 1, transaction: aTransaction(t) }),
  ],
  ['handle.insert', true, (_, t) => ({ kind: 'handle.insert', handle: aHandle(t) })],
  [
    'handle.insert of a taken key',
    false,
    async (store, t) => ({ kind: 'handle.insert', handle: await handled(store, t) }),
  ],
  ['handle.take just before it expires', true, async (store, t) => take(await handled(store, t), AT + 999)],
  ['handle.take as it expires', false, async (store, t) => take(await handled(store, t), AT + 1000)],
  ['handle.take of an unknown key', false, (_, t) => take(aHandle(t), AT)],
  [
    'handle.take as another kind',
    false,
    async (store, t) => ({ ...take(await handled(store, t), AT), handleKind: 'state' }) as Change,
  ],
  [
    'handle.take for the second time',
    false,
    async (store, t) => {
      const handle = await handled(store, t);
      await put(store, take(handle, AT));
      return take(handle, AT);
    },
  ],
  ['attempt.refund of nothing', true, (_, t) => ({ kind: 'attempt.refund', tenantId: t, key: 'k', refillSeconds: 1 })],
  ['message.insert', true, (_, t) => ({ kind: 'message.insert', message: aMessage(t) })],
  ['log.insert', true, (_, t) => ({ kind: 'log.insert', log: aLog(t) })],
];

export function describeChanges(stores: Stores): void {
  describe('a change', () => {
    test.each(ROWS)('%s: passes %s', async (_, passes, prepare) => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const change = await prepare(store, tenantId);
      const witness = aLog(tenantId, { id: '1'.repeat(56) });
      const committed = await store.commit([
        { kind: 'log.insert', log: witness },
        change,
        { kind: 'log.insert', log: aLog(tenantId) },
      ]);

      expect(committed).toEqual(passes ? { ok: true } : { ok: false, failed: change });
      // What stood before the failed guard in its batch is gone as well.
      expect(await store.logs.find(tenantId, witness.id)).toEqual(passes ? witness : undefined);
    });

    test('counts a revision with every write and drops the lease with the last', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const transaction = aTransaction(tenantId);
      const read = () => store.transactions.find(tenantId, transaction.id);
      await put(store, { kind: 'transaction.insert', transaction });
      expect(await read()).toEqual({ transaction });
      await put(store, claim(tenantId, transaction.id, 1));
      expect(await read()).toEqual({ transaction: { ...transaction, revision: 2 }, lease: { owner: 'a', held: true } });
      const next = { ...transaction, revision: 99, snapshot: 'later', userId: 'auth0|1', expiresAt: LATER + 1 };
      await put(store, { kind: 'transaction.replace', revision: 2, transaction: next });
      expect(await read()).toEqual({ transaction: { ...next, revision: 3 } });
    });

    test('writes what it says', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const user = await known(store, tenantId);
      const { id } = await enrolled(store, tenantId);
      const handle = aHandle(tenantId, { ask: 2 });
      await put(
        store,
        loggedIn(tenantId, user.id),
        { kind: 'user.rehash', tenantId, id: user.id, from: 'old', to: 'new' },
        accept(tenantId, id, 7),
        { kind: 'authenticator.used', tenantId, id, at: AT + 9 },
        { kind: 'handle.insert', handle },
      );
      expect(await store.users.find(tenantId, user.id)).toMatchObject({
        loginsCount: 1,
        lastLoginAt: AT + 5,
        lastIp: '198.51.100.2',
        passwordHash: 'new',
      });
      expect(await store.authenticators.find(tenantId, id)).toMatchObject({ totpStep: 7, lastAuthAt: AT + 9 });
      expect(await store.handles.find(tenantId, 'state', handle.key)).toEqual(handle);
      expect(await store.handles.find(tenantId, 'code', handle.key)).toBeUndefined();
      await store.handles.remove(tenantId, 'state', handle.key);
      expect(await store.handles.find(tenantId, 'state', handle.key)).toBeUndefined();
    });
  });
}
