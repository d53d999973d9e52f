// Management: a list, described once: its key on the wire, the shape of an entry, and how it is paged. From that come the
// parameters it takes, the shapes of its answers (bare, with totals, by checkpoint) and the answer itself.
import { z } from 'zod';
import type { Listed, Page } from '#storage/store.ts';
import type { Answer } from './answer.ts';
import {
  type CheckpointQuery,
  checkpointQuery,
  DEFAULT_LIMIT,
  fieldsQuery,
  list,
  pageQuery,
  project,
  takeQuery,
} from './paging.ts';

type Manner = {
  /**
   * `page`: `page`, `per_page`, `include_totals`. `checkpoint`: also `from` and `take`. `take`: these two alone, and clients
   * send `include_totals` beside them, of which nothing comes.
   */
  paging: 'page' | 'checkpoint' | 'take';
  /** Whether `fields` and `include_fields` choose among an entry's properties. */
  fields?: boolean;
  /** `length` beside the totals: users, clients and logs have it. */
  withLength?: boolean;
};

type Selection = { fields?: string | undefined; include_fields?: boolean | undefined };

export type Listing<Query> = {
  /** The parameters it takes, to be spread into the query's schema. */
  query: Query;
  answers: { 200: z.ZodType };
  /** Answers in the style that the query asks for. */
  answer<T>(
    query: CheckpointQuery & Selection,
    of: { read(page: Page): Promise<Listed<T>>; show(record: T): unknown },
  ): Promise<Answer>;
};

const QUERIES = { page: pageQuery, checkpoint: checkpointQuery, take: takeQuery } as const;

const wholes = { start: z.int(), limit: z.int(), total: z.int() };

/** @param plural the key of the list on the wire. */
export function listing<const M extends Manner>(plural: string, item: z.ZodObject, manner: M): Listing<QueryOf<M>> {
  const { paging, fields = false, withLength = false } = manner;
  const entries = z.array(fields ? item.partial() : item);
  const totals = z.strictObject({ ...wholes, ...(withLength ? { length: z.int() } : {}), [plural]: entries });
  const byCheckpoint = z.strictObject({ [plural]: entries, next: z.string().optional() });
  const answers = {
    page: z.union([entries, totals]),
    checkpoint: z.union([entries, totals, byCheckpoint]),
    take: byCheckpoint,
  };
  return {
    query: { ...QUERIES[paging], ...(fields ? fieldsQuery : {}) } as QueryOf<M>,
    answers: { 200: answers[paging] },
    answer: (query, { read, show }) =>
      list(paging === 'take' ? { ...query, take: query.take ?? DEFAULT_LIMIT } : query, {
        plural,
        withLength,
        read,
        show: async (record) => {
          const shown = await show(record);
          return fields ? project(shown as Record<string, unknown>, query) : shown;
        },
      }),
  };
}

type QueryOf<M extends Manner> = (typeof QUERIES)[M['paging']] &
  (M['fields'] extends true ? typeof fieldsQuery : unknown);
