// Management: what is asked of families that this house has not, by tools that keep a whole tenant: a list is empty, one of its
// things is not there, and a write is refused with what to use instead.
import { z } from 'zod';
import type { ManagementScope } from '#runtime/lifecycle/scopes.ts';
import { ABSENCES, type Absence, type Call, type Paging } from './absences.ts';
import { answer, type Refusal, refuse } from './answer.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import { type Answers, type Method, type Route, route } from './route.ts';

/** The scope of a call that has none of its own. */
const VERBS = { GET: 'read', POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' } as const;

function routeOf(absence: Absence, [method, below, ...own]: Call): Route {
  const { path, one, stem, list, isUnreadable, instead } = absence;
  const scopes = own.length > 0 ? own : [`${VERBS[method]}:${stem}` as ManagementScope];
  const base = { method, path: `${path}${below}`, scopes };
  if (method !== 'GET') {
    return route({
      ...base,
      summary: `Refused: no ${one} can be kept`,
      answers: {},
      handle: async () => refused(instead),
    });
  }
  if (below === '' && list) return emptyList(base, one, list);
  const refusal = isUnreadable ? refused(instead) : missing(one);
  return route({ ...base, summary: `There is no ${one}`, answers: {}, handle: async () => refusal });
}

const refused = (instead: string): Refusal => refuse(400, instead, 'operation_not_supported');

const missing = (one: string): Refusal =>
  refuse(404, `The ${one} does not exist`, `inexistent_${one.toLowerCase().replaceAll(/[ -]/g, '_')}`);

type Base = Pick<Route, 'path' | 'scopes'> & { method: Method };

function emptyList(base: Base, one: string, [key, paging]: readonly [string, Paging]): Route {
  const described = { ...base, summary: `An empty list: no ${one} is kept` };
  if (paging === 'bare') return whole(described, z.array(entry).max(0), []);
  if (paging === 'whole') return whole(described, z.strictObject({ [key]: z.array(entry).max(0) }), { [key]: [] });
  const { query, answers, answer: page } = listing(key, entry, { paging, fields: true });
  return route({
    ...described,
    // What the list may be narrowed by is of no account: it is empty.
    query: z.looseObject(query),
    answers,
    handle: ({ query }) => page(query, { read: async (at) => slice([], at), show: () => ({}) }),
  });
}

const entry = z.looseObject({});

function whole(described: Base & { summary: string }, shape: z.ZodType, body: unknown): Route {
  const answers: Answers = { 200: shape };
  return route({ ...described, answers, handle: async () => answer(body) });
}

export const absenceRoutes: readonly Route[] = ABSENCES.flatMap((absence) =>
  absence.calls.map((call) => routeOf(absence, call)),
);
