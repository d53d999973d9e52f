// Management: how many people log in and sign up. Counted from users and from the tenant's log as they are, so nothing has to
// be kept beside them.
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { answer } from './answer.ts';
import { iso } from './fields.ts';
import { type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const DAY_MS = 86_400_000;
/** So long ago somebody who logged in still counts as active. */
const ACTIVE_DAYS = 30;
/** A range is counted line by line, in the index. */
const MOST_DAYS = 366;

/** The lines that each figure counts. */
const COUNTED = {
  logins: ['s'],
  signups: ['ss'],
  leaked_passwords: ['pwd_leak', 'signup_pwd_leak'],
} as const;
type Figure = keyof typeof COUNTED;
const FIGURES = Object.keys(COUNTED) as Figure[];
const FIGURE_OF = new Map<string, Figure>(
  FIGURES.flatMap((figure) => COUNTED[figure].map((type) => [type, figure] as const)),
);

const day = z
  .string()
  .regex(/^\d{8}$/)
  .optional();

const dailyShape = z
  .strictObject({
    date: z.string(),
    logins: z.int(),
    signups: z.int(),
    leaked_passwords: z.int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'DailyStats' });

export const statRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/stats/active-users',
    scopes: ['read:stats'],
    summary: 'Count the users who logged in within 30 days',
    answers: { 200: z.int() },
    async handle({ deps, tenant }) {
      return answer(await deps.store.statistics.activeUsers(tenant.id, deps.clock.now() - ACTIVE_DAYS * DAY_MS));
    },
  }),

  route({
    method: 'GET',
    path: '/stats/daily',
    scopes: ['read:stats'],
    summary: 'Count logins and sign-ups by day',
    // Both days count; in UTC.
    query: z.strictObject({ from: day, to: day }),
    answers: { 200: z.array(dailyShape) },
    async handle({ deps, tenant, query }) {
      const today = deps.clock.now();
      const to = query.to === undefined ? today : timeOf(query.to);
      if (to === undefined) return noDay('to', query.to);
      const from = query.from === undefined ? to - (ACTIVE_DAYS - 1) * DAY_MS : timeOf(query.from);
      if (from === undefined) return noDay('from', query.from);
      if (to - from >= MOST_DAYS * DAY_MS) return invalid('query', `At most ${MOST_DAYS} days can be counted`, 'from');
      const shown = [];
      for (let at = from; at <= to; at += DAY_MS) {
        const lines = await deps.store.statistics.linesOfDay(tenant.id, [...FIGURE_OF.keys()], dayOf(at));
        // A day on which nothing happened has no row.
        if (lines.length > 0) shown.push(showDay(dayOf(at), lines));
        // Logins are served between two days.
        await setImmediate();
      }
      return answer(shown);
    },
  }),
];

type Counted = { type: string; lines: number; firstAt: number; lastAt: number };

function showDay(date: string, lines: readonly Counted[]): z.output<typeof dailyShape> {
  const sum = (figure: Figure) =>
    lines.filter(({ type }) => FIGURE_OF.get(type) === figure).reduce((total, counted) => total + counted.lines, 0);
  return {
    date: iso(timeOf(date) ?? 0),
    logins: sum('logins'),
    signups: sum('signups'),
    leaked_passwords: sum('leaked_passwords'),
    created_at: iso(Math.min(...lines.map(({ firstAt }) => firstAt))),
    updated_at: iso(Math.max(...lines.map(({ lastAt }) => lastAt))),
  };
}

/** `20261122`, in UTC. */
const dayOf = (at: number): string => iso(at).slice(0, 10).replaceAll('-', '');

/** When a day begins; undefined for one that no calendar has. */
function timeOf(written: string): number | undefined {
  const at = Date.parse(`${written.slice(0, 4)}-${written.slice(4, 6)}-${written.slice(6)}T00:00:00.000Z`);
  return Number.isNaN(at) || dayOf(at) !== written ? undefined : at;
}

const noDay = (name: string, value: string | undefined) =>
  invalid('query', `Object didn't pass validation for format date: ${String(value)}`, name);
