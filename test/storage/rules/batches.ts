// Tests of storage: a batch of changes is written as a whole or not at all.
import { describe, expect, test } from 'vitest';
import type { Change } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aHandle, aMessage, aSession, aUser, fresh } from '../samples.ts';

export function describeBatches(stores: Stores): void {
  describe('a batch', () => {
    test('leaves nothing when a guard fails in the middle', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const user = aUser(tenantId, { userMetadata: { a: 1 } });
      await store.users.insert(user);
      const stale: Change = {
        kind: 'transaction.claim',
        tenantId,
        id: fresh('tx'),
        revision: 1,
        owner: 'a',
        leaseSeconds: 15,
      };
      const handle = aHandle(tenantId);
      const session = aSession(tenantId, user.id);
      expect(
        await store.commit([
          { kind: 'user.logged-in', tenantId, id: user.id, at: AT, ip: '::1' },
          { kind: 'user.merge-metadata', tenantId, id: user.id, app: { a: 1 }, user: { a: null }, at: AT + 1 },
          { kind: 'handle.insert', handle },
          { kind: 'session.put', session },
          stale,
          { kind: 'message.insert', message: aMessage(tenantId) },
        ]),
      ).toEqual({ ok: false, failed: stale });
      expect(await store.users.find(tenantId, user.id)).toEqual(user);
      expect(await store.handles.find(tenantId, 'state', handle.key)).toBeUndefined();
      expect(await store.sessions.find(tenantId, session.id)).toBeUndefined();
      expect(await store.messages.inbox(tenantId, undefined, 10)).toEqual([]);
    });

    test('gives way to an error that no guard foresaw', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const handle = aHandle(tenantId);
      const broken = aHandle(tenantId, { ask: null as unknown as number });
      const batch: Change[] = [handle, broken].map((one) => ({ kind: 'handle.insert', handle: one }));
      await expect(store.commit(batch)).rejects.toThrow();
      expect(await store.handles.find(tenantId, 'state', handle.key)).toBeUndefined();
      expect(await store.commit([{ kind: 'handle.insert', handle }])).toEqual({ ok: true });
    });

    test('may be empty', async () => {
      expect(await stores.store.commit([])).toEqual({ ok: true });
    });
  });
}
