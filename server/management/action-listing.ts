// Management: a list in the style of Actions, described once: its key on the wire and the shape of an entry. From that come
// the parameters it takes, the shape of its answer and the answer itself. Other families have `listing.ts`.
import { z } from 'zod';
import { type Answer, answer } from './answer.ts';
import { integer } from './paging.ts';

type Manner = {
  /** How many are on a page where nobody says. */
  perPage: number;
  /** `left out`: no `page` on the first one, no `total` where there is nothing. */
  zeros: 'left out' | 'named';
};

export const ACTIONS_MANNER: Manner = { perPage: 20, zeros: 'left out' };
/** Lists of modules name their page always, and without `per_page` everything is on the first. */
export const MODULES_MANNER: Manner = { perPage: 100, zeros: 'named' };

const actionPageQuery = { page: integer(0, 1_000_000).optional(), per_page: integer(1, 100).optional() };
type ActionPageQuery = { page?: number | undefined; per_page?: number | undefined };

export type ActionListing = {
  /** The parameters it takes, to be spread into the query's schema. */
  query: typeof actionPageQuery;
  answers: { 200: z.ZodType };
  /** A page of all there are, which are few. */
  answer<T>(query: ActionPageQuery, records: readonly T[], show: (record: T) => unknown): Promise<Answer>;
};

/** @param plural the key of the list on the wire. */
export function actionListing(plural: string, item: z.ZodType, manner: Manner): ActionListing {
  const zero = (name: string, value: number) => (manner.zeros === 'left out' && value === 0 ? {} : { [name]: value });
  const whole = manner.zeros === 'left out' ? z.int().optional() : z.int();
  return {
    query: actionPageQuery,
    answers: { 200: z.strictObject({ [plural]: z.array(item), total: whole, page: whole, per_page: z.int() }) },
    async answer({ page = 0, per_page: perPage = manner.perPage }, records, show) {
      const shown = records.slice(page * perPage, (page + 1) * perPage);
      return answer({
        [plural]: await Promise.all(shown.map(show)),
        ...zero('total', records.length),
        ...zero('page', page),
        per_page: perPage,
      });
    },
  };
}
