// Tests of storage: what a login leaves behind. Messages of the outbox, lines of the tenant log.
import { describe, expect, test } from 'vitest';
import type { LogRecord, MessageOutcome, MessageRecord, MessageState } from '#storage/records.ts';
import type { LogQuery, MessageEnd } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aLog, aMessage, fresh } from '../samples.ts';

export function describeTraces(stores: Stores): void {
  describe('messages', () => {
    test('wait in their order, are attempted once, and are erased once settled unless they are kept', async () => {
      const { store } = stores;
      const { messages } = store;
      const tenantId = fresh('ten');
      // A link, which no login waits for.
      const mail = aMessage(tenantId, { channel: 'email', to: 'a@example.com', at: AT + 3 });
      const { code: _, transactionId: __, ...plain } = mail;
      const [first, second] = [aMessage(tenantId, { at: AT + 1 }), aMessage(tenantId, { at: AT + 2 })];
      for (const message of [second, first, plain]) await store.commit([{ kind: 'message.insert', message }]);
      const due = async (now: number) =>
        (await messages.due({ before: AT + 10, now }, 10_000)).filter((message) => message.tenantId === tenantId);
      const inbox = (to?: string) => messages.inbox(tenantId, to, 10);
      const settle = (id: string, attempt: number, end: MessageEnd) =>
        store.commit([{ kind: 'message.settle', tenantId, id, attempt, end }]);
      const ids = (...all: MessageRecord[]) => all.map(({ id }) => ({ tenantId, id }));
      const outcome = { provider: 'twilio', reference: fresh('SM'), code: 'refused', detail: 'no such number' };

      expect(await due(AT)).toEqual(ids(second, first, plain));
      expect(await messages.due({ before: AT + 10, now: AT }, 1)).toHaveLength(1);
      const others = await messages.due({ before: AT + 10, now: AT, except: [tenantId] }, 10_000);
      expect(others.filter((message) => message.tenantId === tenantId)).toEqual([]);
      expect(await inbox()).toEqual([plain, second, first]);
      expect(await inbox('a@example.com')).toEqual([plain]);
      expect(await inbox('A@example.com')).toEqual([]);
      expect(await messages.inbox(tenantId, undefined, 2)).toEqual([plain, second]);
      expect(await messages.inbox(fresh('ten'), undefined, 10)).toEqual([]);
      expect(await messages.find(fresh('ten'), first.id)).toBeUndefined();

      const tries = await Promise.all([1, 2, 3].map(() => messages.attempt(tenantId, first.id, AT + 20)));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await messages.attempt(tenantId, second.id, second.expiresAt)).toBeUndefined();
      expect(await due(AT)).toEqual(ids(second, plain));
      expect(await messages.tell(tenantId, first.id, { status: 'queued' })).toBe(true);
      await settle(first.id, 1, { state: 'delivered', outcome, kept: { text: 'other words', mail: { subject: 's' } } });
      expect(await messages.find(tenantId, first.id)).toEqual({
        ...first,
        text: 'other words',
        mail: { subject: 's' },
        state: 'delivered',
        attempts: 1,
        attemptedAt: AT + 20,
        // What the provider told before its answer was written.
        outcome: { ...outcome, status: 'queued' },
      });
      expect(await messages.findByReference(tenantId, outcome.reference)).toMatchObject({ id: first.id });
      expect(await messages.tell(tenantId, first.id, { status: 'undelivered', cost: '0.05 USD' })).toBe(true);
      expect(await messages.tell(tenantId, fresh('msg'), { status: 'undelivered' })).toBe(false);
      expect(await messages.find(tenantId, first.id)).toMatchObject({
        outcome: { ...outcome, status: 'undelivered', cost: '0.05 USD' },
      });

      await settle(second.id, 0, { state: 'failed', outcome });
      const erased = await stores.subject.raw(`select text, code, state from messages where id = '${second.id}'`);
      expect(erased).toEqual([{ text: null, code: null, state: 'failed' }]);
      expect(await inbox()).toMatchObject([{ id: plain.id }, { id: first.id }]);
      const { records, total } = await messages.list(tenantId, { state: 'failed', page: { offset: 0, limit: 5 } });
      expect([records, total]).toMatchObject([[{ id: second.id, to: second.to, outcome }], 1]);
    });

    test('are tried again when that is due, and are unconfirmed when nobody saw the end', async () => {
      const { store } = stores;
      const { messages } = store;
      const tenantId = fresh('ten');
      const message = aMessage(tenantId, { at: AT });
      await store.commit([{ kind: 'message.insert', message }]);
      const isDue = async (now: number) =>
        (await messages.due({ before: AT, now }, 10_000)).some(({ id }) => id === message.id);
      const lost = async (before: number) =>
        (await messages.lost(before, 10_000)).filter((each) => each.id === message.id);
      const outcome = { provider: 'custom' };
      const settle = async (attempt: number, end: MessageEnd) =>
        (await store.commit([{ kind: 'message.settle', tenantId, id: message.id, attempt, end }])).ok;
      const again = { state: 'pending', outcome, retryAt: AT + 100 } as const;
      const unconfirmed = { state: 'unconfirmed', outcome } as const;
      const delivered = { state: 'delivered', outcome } as const;

      expect(await settle(0, delivered)).toBe(false);
      expect(await messages.attempt(tenantId, message.id, AT)).toMatchObject({ state: 'attempting', attempts: 1 });
      expect(await settle(2, again)).toBe(false);
      expect(await settle(1, again)).toBe(true);
      expect([await isDue(AT + 99), await isDue(AT + 100)]).toEqual([false, true]);
      expect(await messages.find(tenantId, message.id)).toMatchObject({ text: message.text, retryAt: AT + 100 });
      expect(await messages.attempt(tenantId, message.id, AT + 99)).toBeUndefined();
      expect(await messages.attempt(tenantId, message.id, AT + 100)).toMatchObject({ attempts: 2, text: message.text });
      expect(await lost(AT + 100)).toEqual([]);
      expect(await lost(AT + 101)).toEqual([{ tenantId, id: message.id }]);

      // Of those who hold it for lost, one writes it; who made the attempt may still know better, and not send it again.
      const writes = await Promise.all([1, 2, 3].map(() => settle(2, unconfirmed)));
      expect(writes.filter(Boolean)).toHaveLength(1);
      expect(await messages.find(tenantId, message.id)).toMatchObject({ state: 'unconfirmed', text: '' });
      expect(await messages.attempt(tenantId, message.id, AT + 200)).toBeUndefined();
      expect(await isDue(AT + 10_000)).toBe(false);
      expect([await settle(2, again), await settle(1, delivered), await settle(2, delivered)]).toEqual([
        false,
        false,
        true,
      ]);
      expect(await settle(2, unconfirmed)).toBe(false);
    });

    const told: [state: 'delivered' | 'failed' | 'unconfirmed', news: Partial<MessageOutcome>, then: MessageState][] = [
      ['delivered', { status: 'sent' }, 'delivered'],
      ['delivered', { status: 'undelivered', code: 'refused', detail: 'no' }, 'failed'],
      ['unconfirmed', { status: 'sent' }, 'delivered'],
      ['unconfirmed', { cost: '0.05 USD' }, 'unconfirmed'],
      ['failed', { status: 'sent' }, 'failed'],
    ];
    test.each(told)('that are %s, and of which a provider tells %o, are %s', async (state, news, then) => {
      const { store } = stores;
      const message = aMessage(fresh('ten'));
      const { tenantId, id } = message;
      await store.commit([{ kind: 'message.insert', message }]);
      await store.messages.attempt(tenantId, id, AT);
      const end = { state, outcome: { provider: 'twilio' } };
      await store.commit([{ kind: 'message.settle', tenantId, id, attempt: 1, end }]);
      await store.messages.tell(tenantId, id, news);
      expect(await store.messages.find(tenantId, id)).toMatchObject({ state: then, outcome: news });
    });

    // A report can be here before the answer to the call that it is about.
    const overtaken: typeof told = [
      ['delivered', { status: 'sent' }, 'delivered'],
      ['delivered', { status: 'undelivered', code: 'refused', detail: 'no' }, 'failed'],
      ['unconfirmed', { status: 'sent' }, 'delivered'],
      ['unconfirmed', { status: 'failed', code: 'refused', detail: 'no' }, 'failed'],
      ['failed', { status: 'sent' }, 'failed'],
    ];
    test.each(overtaken)('whose attempt ends as %s after a provider told %o are %s', async (state, news, then) => {
      const { store } = stores;
      const message = aMessage(fresh('ten'));
      const { tenantId, id } = message;
      await store.commit([{ kind: 'message.insert', message }]);
      await store.messages.attempt(tenantId, id, AT);
      await store.messages.tell(tenantId, id, news);
      const unseen = state === 'delivered' ? {} : { code: 'timeout', detail: 'No answer.', status: 'ETIMEDOUT' };
      const end = { state, outcome: { provider: 'twilio', ...unseen } };
      await store.commit([{ kind: 'message.settle', tenantId, id, attempt: 1, end }]);
      const kept = then === 'failed' && news.code === undefined ? unseen : {};
      const found = await store.messages.find(tenantId, id);
      expect([found?.state, found?.outcome]).toEqual([then, { provider: 'twilio', ...kept, ...news }]);
    });

    test('whose unseen attempt comes to an end have the status of that', async () => {
      const { store } = stores;
      const message = aMessage(fresh('ten'));
      const { tenantId, id } = message;
      const settle = (end: MessageEnd) => store.commit([{ kind: 'message.settle', tenantId, id, attempt: 1, end }]);
      await store.commit([{ kind: 'message.insert', message }]);
      await store.messages.attempt(tenantId, id, AT);
      const outcome = { provider: 'twilio', code: 'timeout', detail: 'No answer.', status: 'ETIMEDOUT' };
      await settle({ state: 'unconfirmed', outcome });
      await settle({ state: 'delivered', outcome: { provider: 'twilio', status: 'delivered' } });
      expect(await store.messages.find(tenantId, id)).toMatchObject({
        state: 'delivered',
        outcome: { provider: 'twilio', status: 'delivered' },
      });
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
