// Tests of storage: what a login leaves behind. Messages of the outbox, lines of the tenant log.
import { describe, expect, test } from 'vitest';
import type { LogRecord } from '#storage/records.ts';
import type { LogQuery } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aLog, aMessage, fresh } from '../samples.ts';

export function describeTraces(stores: Stores): void {
  describe('messages', () => {
    test('wait in their order, and are erased once settled unless they are kept', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      // A link, which no login waits for.
      const mail = aMessage(tenantId, { channel: 'email', to: 'a@example.com', at: AT + 3 });
      const { code: _, transactionId: __, ...plain } = mail;
      const [first, second] = [aMessage(tenantId, { at: AT + 1 }), aMessage(tenantId, { at: AT + 2 })];
      for (const message of [second, first, plain]) await store.commit([{ kind: 'message.insert', message }]);
      const mine = async () =>
        (await store.messages.pending(10_000)).filter((message) => message.tenantId === tenantId);
      const inbox = (to?: string) => store.messages.inbox(tenantId, to, 10);

      expect(await mine()).toEqual([second, first, plain]);
      expect(await store.messages.pending(1)).toHaveLength(1);
      expect(await inbox()).toEqual([plain, second, first]);
      expect(await inbox('a@example.com')).toEqual([plain]);
      expect(await inbox('A@example.com')).toEqual([]);
      expect(await store.messages.inbox(tenantId, undefined, 2)).toEqual([plain, second]);
      expect(await store.messages.inbox(fresh('ten'), undefined, 10)).toEqual([]);

      await store.messages.settle(fresh('ten'), first.id, 'failed', { kept: false });
      expect(await mine()).toEqual([second, first, plain]);
      await store.messages.settle(tenantId, first.id, 'delivered', { kept: true });
      await store.messages.settle(tenantId, second.id, 'failed', { kept: false });
      expect(await mine()).toEqual([plain]);
      expect(await inbox()).toEqual([plain, { ...first, state: 'delivered' }]);
      const erased = await stores.subject.raw(`select text, code, state from messages where id = '${second.id}'`);
      expect(erased).toEqual([{ text: null, code: null, state: 'failed' }]);
    });
  });

  describe('logs', () => {
    const rows: [what: string, query: Partial<LogQuery>, expected: number[], total: number][] = [
      ['newest first', {}, [4, 3, 2, 1, 0], 5],
      ['oldest first', { order: 'oldest' }, [0, 1, 2, 3, 4], 5],
      ['a page', { page: { offset: 1, limit: 2 } }, [3, 2], 5],
      ['a page behind the end', { page: { offset: 5, limit: 2 } }, [], 5],
      ['a type', { type: 'f' }, [3, 1], 2],
      ['a type nobody logged', { type: 'fp' }, [], 0],
      ['several types of a user', { types: ['f', 'fp'], userId: 'auth0|1' }, [1], 1],
      ['no type at all', { types: [] }, [], 0],
      ['a user', { userId: 'auth0|1' }, [2, 1, 0], 3],
      ['a user and a type', { userId: 'auth0|1', type: 'f' }, [1], 1],
      ['a client', { clientId: 'client_1', order: 'oldest' }, [0, 4], 2],
      ['a client with a name too long for an index', { clientId: 'x'.repeat(9000) }, [2], 1],
    ];
    const lines = (tenantId: string): LogRecord[] => [
      aLog(tenantId, { userId: 'auth0|1', clientId: 'client_1', details: { a: [1, { b: null }] } }),
      aLog(tenantId, { userId: 'auth0|1', type: 'f', userName: 'typed\0by a stranger \ud800' }),
      aLog(tenantId, { userId: 'auth0|1', clientId: 'x'.repeat(9000) }),
      aLog(tenantId, { type: 'f' }),
      aLog(tenantId, { clientId: 'client_1' }),
    ];

    test.each(rows)('are listed: %s', async (_, query, expected, total) => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const all = lines(tenantId);
      // Written in another order than their ids, as several machines would.
      for (const i of [3, 0, 4, 2, 1]) await store.commit([{ kind: 'log.insert', log: all[i]! }]);
      await store.commit([{ kind: 'log.insert', log: aLog(fresh('ten'), { type: 'f', userId: 'auth0|1' }) }]);
      const listed = await store.logs.list(tenantId, { order: 'newest', page: { offset: 0, limit: 50 }, ...query });
      expect(listed).toEqual({ records: expected.map((i) => all[i]), total });
    });

    test('go on from a checkpoint, oldest first', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const all = lines(tenantId);
      await store.commit(all.map((log) => ({ kind: 'log.insert', log })));
      const page = { offset: 0, limit: 2 };
      const since = (id: string) => store.logs.list(tenantId, { order: 'newest', after: id, page });
      expect((await since(all[1]!.id)).records).toEqual([all[2], all[3]]);
      expect((await since(all[4]!.id)).records).toEqual([]);
      expect((await since('0')).records).toEqual([all[0], all[1]]);
    });

    test('are found by id in their own tenant', async () => {
      const { store } = stores;
      const log = aLog(fresh('ten'), { strategy: 'auth0', hostname: 'localhost:3000' });
      await store.commit([{ kind: 'log.insert', log }]);
      expect(await store.logs.find(log.tenantId, log.id)).toEqual(log);
      expect(await store.logs.find(fresh('ten'), log.id)).toBeUndefined();
      expect(await store.logs.find(log.tenantId, '1')).toBeUndefined();
    });
  });
}
