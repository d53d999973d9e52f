// Tests of storage: log lines on their way to somebody: put down with the line, for whom it concerns, until they arrived.
import { describe, expect, test } from 'vitest';
import type { LogRecord, LogStreamRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aLog, fresh } from '../samples.ts';
import { describeFamily } from './family.ts';

const DAY_MS = 24 * 60 * 60_000;
const SECRET = 'PLAINSINKTOKEN';

const aStream = (tenantId: string, changes: Partial<LogStreamRecord> = {}): LogStreamRecord => ({
  tenantId,
  id: fresh('lst'),
  name: 'Alerts',
  type: 'http',
  status: 'active',
  sink: { httpEndpoint: 'https://logs.example/', httpAuthorization: SECRET },
  filters: ['auth.login.fail'],
  isPriority: false,
  failing: { since: AT, tries: 2, retryAt: AT + 4000 },
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export function describeLogStreams(stores: Stores): void {
  describeFamily(stores, 'log streams', { collection: (store) => store.logStreams, make: aStream });

  describe('lines of log streams', () => {
    const insert = (log: LogRecord): Change => ({ kind: 'log.insert', log });
    const waiting = async ({ tenantId, id }: LogStreamRecord, limit = 100) =>
      (await stores.store.logStreams.lines(tenantId, id, limit)).map((log) => log.id);
    const isWaiting = async (stream: LogStreamRecord) =>
      (await stores.store.logStreams.waiting()).some(({ id }) => id === stream.id);

    test('are put down for every stream of the tenant that is sent, whether it is sent now or not', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const early = aLog(tenantId);
      await store.commit([insert(early)]);
      const [active, paused, kept, foreign] = [
        aStream(tenantId),
        aStream(tenantId, { status: 'paused' }),
        aStream(tenantId, { type: 'eventgrid' }),
        aStream(fresh('ten')),
      ];
      for (const stream of [active, paused, kept, foreign]) await store.logStreams.insert(stream);
      const logs = [aLog(tenantId, { details: { to: ['x'] } }), aLog(tenantId)];
      await store.commit(logs.toReversed().map(insert));
      expect(await store.logStreams.lines(tenantId, active.id, 100)).toEqual(logs);
      expect(await waiting(active, 1)).toEqual([logs[0]?.id]);
      expect(await waiting(paused)).toEqual(logs.map(({ id }) => id));
      expect([await waiting(kept), await waiting(foreign)]).toEqual([[], []]);
      expect(await Promise.all([active, paused, kept, foreign].map(isWaiting))).toEqual([true, false, false, false]);
      expect((await store.logStreams.waiting()).find(({ id }) => id === active.id)).toEqual(active);
      // Resumed, it goes on where it was.
      await store.logStreams.update(tenantId, paused.id, (row) => ({ ...row, status: 'active' }));
      expect(await isWaiting(paused)).toBe(true);
    });

    test('are put down with their line or not at all', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const stream = aStream(tenantId);
      await store.logStreams.insert(stream);
      const log = aLog(tenantId);
      expect((await store.commit([insert(log), insert(log)])).ok).toBe(false);
      expect(await waiting(stream)).toEqual([]);
    });

    test('are gone where they arrived, and one that commits later is not passed over', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [stream, other] = [aStream(tenantId), aStream(tenantId)];
      for (const each of [stream, other]) await store.logStreams.insert(each);
      const [late, first, second] = [aLog(tenantId), aLog(tenantId), aLog(tenantId)];
      await store.commit([insert(first), insert(second)]);
      await store.logStreams.arrived(tenantId, stream.id, []);
      await store.logStreams.arrived(fresh('ten'), stream.id, [first.id]);
      await store.logStreams.arrived(tenantId, stream.id, [second.id, first.id]);
      expect(await isWaiting(stream)).toBe(false);
      await store.commit([insert(late)]);
      expect(await waiting(stream)).toEqual([late.id]);
      expect(await waiting(other)).toEqual([late.id, first.id, second.id]);
    });

    test('begin anew at a time', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const logs = [AT - 1, AT, AT + 1].map((at) => aLog(tenantId, { at }));
      await store.commit(logs.map(insert));
      const stream = aStream(tenantId);
      await store.logStreams.insert(stream);
      await store.logStreams.restart(tenantId, stream.id, AT);
      await store.logStreams.restart(tenantId, stream.id, AT);
      await store.logStreams.restart(fresh('ten'), stream.id, 0);
      expect(await waiting(stream)).toEqual([logs[1]?.id, logs[2]?.id]);
      await store.logStreams.restart(tenantId, stream.id, AT + 2);
      expect(await waiting(stream)).toEqual([]);
    });

    test('wait beside the others as letters, until they are sent again, dropped or old', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [stream, other] = [aStream(tenantId), aStream(tenantId)];
      for (const each of [stream, other]) await store.logStreams.insert(each);
      const logs = [aLog(tenantId), aLog(tenantId), aLog(tenantId)];
      await store.commit(logs.map(insert));
      const [first, second, third] = logs.map(({ id }) => id) as [string, string, string];
      const letters = async () =>
        (await store.logStreams.letters(tenantId, stream.id, { offset: 0, limit: 10 })).records.map(
          ({ log }) => log.id,
        );
      await store.logStreams.setAside(tenantId, stream.id, [first, second], 'it answered 400');
      await store.logStreams.setAside(tenantId, stream.id, [first], 'it answered 422');
      await store.logStreams.setAside(tenantId, 'lst_gone', [third], 'x');
      await store.logStreams.setAside(fresh('ten'), stream.id, [third], 'x');
      expect([await letters(), await waiting(stream), await waiting(other)]).toEqual([
        [first, second],
        [third],
        [first, second, third],
      ]);
      const page = await store.logStreams.letters(tenantId, stream.id, { offset: 1, limit: 1 });
      expect(page).toEqual({ records: [{ log: logs[1], error: 'it answered 400', setAsideAt: AT }], total: 2 });
      expect(await store.logStreams.backlog(tenantId, stream.id)).toMatchObject({ waiting: 1, letters: 2 });
      expect(await store.logStreams.redeliver(tenantId, stream.id, [second, third])).toBe(1);
      expect([await letters(), await waiting(stream)]).toEqual([[first], [second, third]]);
      expect(await store.logStreams.dropLetters(tenantId, stream.id, [second])).toBe(0);
      expect(await store.logStreams.dropLetters(fresh('ten'), stream.id)).toBe(0);
      expect(await store.logStreams.dropLetters(tenantId, stream.id)).toBe(1);
      await store.logStreams.setAside(tenantId, stream.id, [second, third], 'it answered 400');
      expect(await store.logStreams.backlog(tenantId, stream.id)).toEqual({ waiting: 0, letters: 2 });
      expect(await store.logStreams.redeliver(tenantId, stream.id)).toBe(2);
      await store.logStreams.setAside(tenantId, stream.id, [second], 'it answered 400');
      await store.sweep(AT + 30 * DAY_MS);
      expect(await letters()).toEqual([]);
      await store.logStreams.setAside(tenantId, stream.id, [second], 'it answered 400');
      await store.logStreams.remove(tenantId, stream.id);
      expect(await letters()).toEqual([]);
    });

    test('go with their stream, and after thirty days', async () => {
      const { store, subject } = stores;
      const tenantId = fresh('ten');
      const [gone, kept] = [aStream(tenantId), aStream(tenantId, { status: 'suspended' })];
      for (const each of [gone, kept]) await store.logStreams.insert(each);
      const log = aLog(tenantId);
      await store.commit([insert(log)]);
      expect(await store.logStreams.remove(tenantId, gone.id)).toBe(true);
      expect(await subject.raw(`select * from log_stream_lines where stream_id = '${gone.id}'`)).toEqual([]);
      await store.sweep(AT + 30 * DAY_MS - 1);
      expect(await waiting(kept)).toEqual([log.id]);
      await store.sweep(AT + 30 * DAY_MS);
      expect(await waiting(kept)).toEqual([]);
      expect(await store.logs.find(tenantId, log.id)).toEqual(log);
    });

    test('show no credential on the disk', async () => {
      const { store, subject } = stores;
      const stream = aStream(fresh('ten'));
      await store.logStreams.insert(stream);
      const raw = await subject.raw(`select * from log_streams where id = '${stream.id}'`);
      expect(JSON.stringify(raw)).not.toContain(SECRET);
    });
  });
}
