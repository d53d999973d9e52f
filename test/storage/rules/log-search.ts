// Tests of storage: which lines a search of logs finds, held against the same question asked of each line in plain words,
// whichever way it takes: an index, several, or all lines step by step.
import { beforeAll, describe, expect, test } from 'vitest';
import type { LogFilter, LogText } from '#storage/log-filter.ts';
import type { LogRecord } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { fresh } from '../samples.ts';

/** More than one step reads. */
const LINES = 1300;
const BEGIN = Date.UTC(2026, 0, 1);
const pick = <T>(values: readonly T[], at: number): T => values[at % values.length] as T;

function linesOf(tenantId: string): LogRecord[] {
  return Array.from({ length: LINES }, (_each, at): LogRecord => {
    const time = BEGIN + at * 1000;
    const stamp = new Date(time).toISOString().replaceAll(/\D/g, '').slice(0, 17);
    return {
      tenantId,
      id: `900${stamp}${String(at).padStart(36, '0')}`,
      at: time,
      type: at === 700 ? 'limit_wc' : pick(['s', 'fp', 's', 'sapi'], at),
      description: pick(['Success Login', 'Wrong "%_*" [a]', 'O\u2019Hara\u0000'], at),
      ...(at % 3 === 0 ? {} : { userId: `auth0|${at % 7}` }),
      ...(at % 2 === 0 ? {} : { clientId: pick(['shop', 'Shop', 'x'.repeat(600)], at) }),
      ...(at % 5 === 0 ? {} : { ip: `10.0.0.${at % 11}` }),
      ...(at % 4 === 0 ? {} : { userName: pick(['ana@example.com', 'Ana@example.com', 'ben%'], at) }),
    };
  });
}

const text = (of: LogText, is: string): LogFilter => ({ kind: 'text', of, is });
const like = (of: LogText, ...texts: string[]): LogFilter => ({ kind: 'like', of, texts });
const all = (...of: LogFilter[]): LogFilter => ({ kind: 'all', of });
const any = (...of: LogFilter[]): LogFilter => ({ kind: 'any', of });
const not = (of: LogFilter): LogFilter => ({ kind: 'not', of });
const minutes = (from: number, to: number): LogFilter => ({
  kind: 'time',
  from: BEGIN + from * 60_000,
  to: BEGIN + to * 60_000,
});

const SEARCHES: [name: string, where: LogFilter | undefined][] = [
  ['everything', undefined],
  ['one index', text('type', 's')],
  ['an index that finds one', text('type', 'limit_wc')],
  ['the best of several indexes', all(text('type', 's'), text('userId', 'auth0|4'), text('clientId', 'Shop'))],
  ['a long value', text('clientId', 'x'.repeat(600))],
  ['either of two, each by its index', any(text('type', 'limit_wc'), text('userId', 'auth0|1'))],
  ['either of two, of one', all(any(text('type', 'fp'), text('type', 'sapi')), text('userId', 'auth0|2'))],
  [
    'both of two pairs',
    all(any(text('type', 'fp'), text('type', 's')), any(text('clientId', 'shop'), text('ip', '10.0.0.3'))),
  ],
  ['a time', minutes(3, 4)],
  ['a time and an index', all(minutes(2, 9), text('type', 'fp'))],
  ['one of two times', any(minutes(0, 0), minutes(20, 21))],
  ['ids', { kind: 'ids', from: `90020260101001${'0'.repeat(42)}`, to: `90020260101002${'0'.repeat(42)}` }],
  ['case counts', text('userName', 'Ana@example.com')],
  ['the marks of a database are letters', text('description', 'Wrong "%_*" [a]')],
  ['a beginning', like('userName', 'ana@', '')],
  ['a beginning with a mark', like('userName', 'ben%', '')],
  ['a middle', like('description', '', '%_*" [', '')],
  ['both ends', like('ip', '10.', '.3')],
  ['something', { kind: 'given', of: 'userName' }],
  ['nothing', not({ kind: 'given', of: 'ip' })],
  ['not', all(not(text('type', 's')), not(like('ip', '10.0.0.1', '')))],
  ['none', text('ip', '1.1.1.1')],
  ['all of nothing', all()],
  ['any of nothing', any()],
];

function holds(log: LogRecord, filter: LogFilter): boolean {
  const textOf = (of: LogText) => log[of] ?? '';
  switch (filter.kind) {
    case 'all':
      return filter.of.every((each) => holds(log, each));
    case 'any':
      return filter.of.some((each) => holds(log, each));
    case 'not':
      return !holds(log, filter.of);
    case 'text':
      return textOf(filter.of) === filter.is;
    case 'like': {
      const [begin = '', ...rest] = filter.texts;
      const end = rest.pop() ?? '';
      const value = textOf(filter.of);
      const middle = value.slice(begin.length, value.length - end.length);
      const fits = value.length >= begin.length + end.length && rest.every((each) => middle.includes(each));
      return fits && value.startsWith(begin) && value.endsWith(end);
    }
    case 'given':
      return textOf(filter.of) !== '';
    case 'ids':
      return log.id >= (filter.from ?? '') && log.id <= (filter.to ?? '9'.repeat(64));
    case 'time':
      return log.at >= (filter.from ?? 0) && log.at <= (filter.to ?? Number.POSITIVE_INFINITY);
  }
}

export function describeLogSearch(stores: Stores): void {
  describe('a search of logs', () => {
    const tenantId = fresh('ten');
    const lines = linesOf(tenantId);
    beforeAll(async () => {
      // Those of another tenant are found by nobody here.
      const foreign = linesOf(fresh('ten')).slice(0, 50);
      await stores.store.commit([...lines, ...foreign].map((log) => ({ kind: 'log.insert', log })));
    });

    test.each(SEARCHES)('%s', async (_name, where) => {
      const expected = lines.filter((log) => !where || holds(log, where)).map(({ id }) => id);
      for (const order of ['oldest', 'newest'] as const) {
        const ordered = order === 'oldest' ? expected : expected.toReversed();
        for (const page of [
          { offset: 0, limit: 100 },
          { offset: 150, limit: 70 },
        ]) {
          const found = await stores.store.logs.search(tenantId, { ...(where ? { where } : {}), order, page });
          if (found === 'too-slow') throw new Error('it took too long');
          expect(found.map(({ id }) => id)).toEqual(ordered.slice(page.offset, page.offset + page.limit));
        }
      }
    });

    test('goes on behind a line', async () => {
      const { store } = stores;
      const found = await store.logs.following(tenantId, { after: lines[9]?.id ?? '', limit: 3 });
      expect(found.map(({ id }) => id)).toEqual(lines.slice(10, 13).map(({ id }) => id));
      expect((await store.logs.following(tenantId, { limit: 1 }))[0]?.id).toBe(lines[0]?.id);
      expect(await store.logs.following(tenantId, { after: lines.at(-1)?.id ?? '', limit: 1 })).toEqual([]);
    });
  });
}
