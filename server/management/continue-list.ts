// Management: a list goes on behind the entries that the caller had last, wherever they are by now: what is added or removed
// between two pages makes nobody read an entry twice or miss one.
import type { Listed, Page } from '#storage/store.ts';

/** Behind how many entries a list goes on, and the ids of the last of them, the very last first. */
export type ListPlace = { offset: number; last: readonly string[] };

/** More than one is remembered, because the last one shown may be the one that is removed. */
const REMEMBERED = 3;
/** How far from its place an entry is looked for: as many may come or go between two pages. */
const FAR = [100, 1000];

const idOf = (record: unknown): string | undefined => {
  const id = (record as { id?: unknown } | null)?.id;
  return typeof id === 'string' && /^[!-+--~]{1,40}$/.test(id) ? id : undefined;
};

export const showListPlace = ({ offset, last }: ListPlace): string => [offset, ...last].join(',');

/** Undefined: it is none. */
export function readListPlace(text: string): ListPlace | undefined {
  const [offset = '', ...last] = text.split(',');
  return /^\d{1,15}$/.test(offset) && last.length <= REMEMBERED ? { offset: Number(offset), last } : undefined;
}

/** The next entries behind `from`, and the place behind them. `next` is absent where the list ends. */
export async function continueList<T>(
  from: ListPlace,
  limit: number,
  read: (page: Page) => Promise<Listed<T>>,
): Promise<{ records: T[]; next?: ListPlace }> {
  const { offset, records, total } = await find(from, limit, read);
  const end = offset + records.length;
  if (records.length === 0 || end >= total) return { records };
  const before = [...[...from.last].reverse(), ...records.map(idOf)];
  const last = before.slice(-REMEMBERED).reverse();
  const ids = last.filter((id) => id !== undefined);
  return { records, next: { offset: end, last: ids.length === last.length ? ids : [] } };
}

async function find<T>({ offset, last }: ListPlace, limit: number, read: (page: Page) => Promise<Listed<T>>) {
  if (offset === 0 || last.length === 0) return { offset, ...(await read({ offset, limit })) };
  const [newest] = last;
  const close = await read({ offset: offset - 1, limit: limit + 1 });
  const [first, ...rest] = close.records;
  if (idOf(first) === newest) return { offset, records: rest, total: close.total };
  for (const far of FAR) {
    const start = Math.max(0, offset - far);
    const { records, total } = await read({ offset: start, limit: offset - start + far + limit });
    const found = records.map(idOf);
    const places = last.map((id) => found.indexOf(id)).filter((place) => place >= 0);
    const [place] = places;
    if (place === undefined) continue;
    return { offset: start + place + 1, records: records.slice(place + 1, place + 1 + limit), total };
  }
  // All that are remembered are gone: rather one entry twice than one missed.
  const start = Math.max(0, offset - last.length);
  return { offset: start, ...(await read({ offset: start, limit })) };
}
