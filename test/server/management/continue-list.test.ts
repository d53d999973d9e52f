// Tests of lists that change between two of their pages: nobody is read twice, and nobody who stays is missed.
import { expect, test } from 'vitest';
import { continueList, type ListPlace, readListPlace, showListPlace } from '#server/management/continue-list.ts';
import type { Page } from '#storage/store.ts';

const ids = (count: number) => Array.from({ length: count }, (_none, index) => ({ id: `id-${index}` }));
const START: ListPlace = { offset: 0, last: [] };

/** Reads all, `limit` at a time; `meanwhile` is called after each page. */
async function readAll(list: { id?: string }[], limit: number, meanwhile: (page: number) => void): Promise<string[]> {
  const read = async ({ offset, limit: most }: Page) => ({
    records: list.slice(offset, offset + most),
    total: list.length,
  });
  const found: string[] = [];
  let place: ListPlace | undefined = START;
  for (let page = 1; place; page += 1) {
    const { records, next }: Awaited<ReturnType<typeof continueList<{ id?: string }>>> = await continueList(
      place,
      limit,
      read,
    );
    found.push(...records.map(({ id }) => id ?? ''));
    meanwhile(page);
    place = next && readListPlace(showListPlace(next));
  }
  return found;
}

test.each<[string, number, (list: { id: string }[], page: number) => void]>([
  ['nothing changes', 3, () => {}],
  ['nothing changes and a page ends with the list', 5, () => {}],
  ['the first goes after each page', 3, (list) => void list.shift()],
  ['what was shown last goes', 3, (list, page) => page === 1 && list.splice(2, 1)],
  [
    'the last two that were shown go, and the first',
    3,
    (list, page) => page === 2 && list.splice(0, 6, ...list.slice(1, 4)),
  ],
  ['many go that were shown', 7, (list, page) => page === 1 && list.splice(0, 5)],
  ['others come in front', 3, (list, page) => page === 2 && list.unshift({ id: 'new-1' }, { id: 'new-2' })],
  ['others come at the end', 3, (list, page) => page === 1 && list.push({ id: 'id-10' })],
])('%s', async (_what, limit, change) => {
  const list = ids(10);
  const found = await readAll(list, limit, (page) => change(list, page));
  expect([...found].sort()).toEqual([...new Set(found)].sort());
  expect(list.filter(({ id }) => !id.startsWith('new') && !found.includes(id))).toEqual([]);
});

test('entries without an id that can be remembered go by their number', async () => {
  const named = ['a,b', 'ü'.repeat(40), 'c'.repeat(41), 'd', ''].map((id) => ({ id }));
  expect(await readAll(named, 2, () => {})).toEqual(named.map(({ id }) => id));
});

test.each(['', 'x', '-1', '1e3', '3,a,b,c,d', '1234567890123456'])('no place in a list: %s', (text) => {
  expect(readListPlace(text)).toBeUndefined();
});

test('a place of another release is its number alone', () => {
  expect(readListPlace('100')).toEqual({ offset: 100, last: [] });
});
