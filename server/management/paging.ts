// Management: the styles in which lists come: a bare array, one with totals, and checkpoints. Source: mfa-wire reference,
// section 4.1; Actions have a style of their own.
import { z } from 'zod';
import type { Listed, Page } from '#storage/store.ts';
import { type Answer, answer } from './answer.ts';
import { invalidCheckpoint } from './checkpoint.ts';
import { continueList, type ListPlace, readListPlace, showListPlace } from './continue-list.ts';
import { wholeNumber } from './fields.ts';

/** A whole number written in decimal. */
export const integer = (minimum: number, maximum: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    wholeNumber(minimum, maximum),
  );

export const boolean = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);

export const pageQuery = {
  page: integer(0, 1_000_000).optional(),
  per_page: integer(0, 100).optional(),
  include_totals: boolean.optional(),
};

export const checkpointQuery = {
  ...pageQuery,
  from: z.string().max(200).optional(),
  take: integer(1, 100).optional(),
};

export const takeQuery = {
  from: checkpointQuery.from,
  take: checkpointQuery.take,
  include_totals: pageQuery.include_totals,
};

export const fieldsQuery = { fields: z.string().max(1000).optional(), include_fields: boolean.optional() };

export type PageQuery = {
  page?: number | undefined;
  per_page?: number | undefined;
  include_totals?: boolean | undefined;
};
export type CheckpointQuery = PageQuery & { from?: string | undefined; take?: number | undefined };

export const DEFAULT_LIMIT = 50;
const START: ListPlace = { offset: 0, last: [] };

export function pageOf(query: PageQuery, defaultLimit = DEFAULT_LIMIT): Page {
  const limit = query.per_page ?? defaultLimit;
  return { offset: (query.page ?? 0) * limit, limit };
}

type ListOptions<T> = {
  /** Key of the list on the wire. */
  plural: string;
  read(page: Page): Promise<Listed<T>>;
  show(record: T): unknown;
  /** `length` beside the totals: users, clients and logs have it. */
  withLength?: boolean;
};

/** Answers a list in the style its query asks for. */
export async function list<T>(query: CheckpointQuery, options: ListOptions<T>): Promise<Answer> {
  const { plural, read, show } = options;
  if (query.take !== undefined || query.from !== undefined) return byCheckpoint(query, options);
  const page = pageOf(query);
  const { records, total } = await read(page);
  const shown = await Promise.all(records.map(show));
  if (query.include_totals !== true) return answer(shown);
  return answer({
    start: page.offset,
    limit: page.limit,
    ...(options.withLength ? { length: shown.length } : {}),
    total,
    [plural]: shown,
  });
}

/** Checkpoints are places in the order of the list, which are known again by the entries before them. */
async function byCheckpoint<T>(query: CheckpointQuery, { plural, read, show }: ListOptions<T>): Promise<Answer> {
  const from = query.from === undefined ? START : readListPlace(Buffer.from(query.from, 'base64url').toString());
  if (from === undefined) return invalidCheckpoint(String(query.from));
  const { records, next } = await continueList(from, query.take ?? DEFAULT_LIMIT, read);
  return answer({
    [plural]: await Promise.all(records.map(show)),
    ...(next ? { next: Buffer.from(showListPlace(next)).toString('base64url') } : {}),
  });
}

/** A page of a list that is read whole. */
export function slice<T>(records: T[], page: Page): Listed<T> {
  return { records: records.slice(page.offset, page.offset + page.limit), total: records.length };
}

/** Only the named fields, or all but them. */
export function project(
  wire: Record<string, unknown>,
  { fields, include_fields: include = true }: { fields?: string | undefined; include_fields?: boolean | undefined },
): Record<string, unknown> {
  if (fields === undefined) return wire;
  const named = new Set(fields.split(',').map((field) => field.trim()));
  return Object.fromEntries(Object.entries(wire).filter(([key]) => named.has(key) === include));
}
