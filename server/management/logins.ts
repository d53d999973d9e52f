// Management: logins and what explains them. Ours alone: the vendor tells of a login by its log lines.
import { z } from 'zod';
import type { LoginStepRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { outcomeOf, type Timeline, timelineOf } from '../timeline/timeline.ts';
import { restText } from '../timeline/words.ts';
import { answer, NOT_FOUND } from './answer.ts';
import { checkpointsOf, invalidCheckpoint } from './checkpoint.ts';
import { iso, optional, text } from './fields.ts';
import { integer } from './paging.ts';
import { type Route, route } from './route.ts';

const DEFAULT_TAKE = 50;
const checkpoints = checkpointsOf('l');

const loginShape = z
  .strictObject({
    transaction_id: z.string(),
    purpose: z.string(),
    door: z.string(),
    client_id: z.string(),
    user_id: z.string().optional(),
    began_at: z.string(),
    moved_at: z.string(),
    outcome: z.string(),
    state: z.string(),
    rest: z.string(),
    code: z.unknown().optional(),
    reason: z.unknown().optional(),
  })
  .meta({ id: 'Login' });

const timelineShape = z
  .looseObject({
    transaction_id: z.string(),
    outcome: z.string(),
    time: z.record(z.string(), z.number()),
    actions: z.array(z.looseObject({})),
    steps: z.array(z.looseObject({ number: z.int(), title: z.string(), rest: z.string() })),
  })
  .meta({ id: 'LoginTimeline' });

export const loginRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/logins',
    scopes: ['read:logs', 'read:logs_users'],
    summary: 'List logins',
    answers: { 200: z.strictObject({ logins: z.array(loginShape), next: z.string().optional() }) },
    query: z.strictObject({
      user_id: text(255).optional(),
      from: text(64).optional(),
      take: integer(1, 100).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const before = query.from === undefined ? undefined : checkpoints.decode(query.from);
      if (query.from !== undefined && before === undefined) return invalidCheckpoint(query.from);
      const { records, next } = await deps.store.loginSteps.logins(tenant.id, {
        ...optional('userId', query.user_id),
        ...optional('before', before),
        limit: query.take ?? DEFAULT_TAKE,
      });
      return answer({
        logins: await Promise.all(records.map((step) => showLogin(deps, step))),
        ...(next === undefined ? {} : { next: checkpoints.encode(next) }),
      });
    },
  }),

  // Whoever may read only executions, or only the log, sees no more by it than that.
  route({
    method: 'GET',
    path: '/logins/:id',
    scopes: ['read:logs', 'read:logs_users', 'read:actions'],
    summary: 'Explain a login',
    answers: { 200: timelineShape },
    async handle({ deps, tenant, operator, param }) {
      const timeline = await timelineOf(deps, tenant.id, param('id'));
      return timeline ? answer(visible(timeline, operator.scopes)) : NOT_FOUND.login;
    },
  }),
];

function visible(timeline: Timeline, scopes: ReadonlySet<string>): Timeline {
  const withRuns = scopes.has('read:actions');
  const withLines = scopes.has('read:logs') || scopes.has('read:logs_users');
  if (withRuns && withLines) return timeline;
  const steps = timeline.steps.map((step) => ({
    ...step,
    ...(withRuns ? {} : { runs: [] }),
    ...(withLines ? {} : { logs: [], messages: [] }),
  }));
  return { ...timeline, ...(withRuns ? {} : { actions: [] }), steps };
}

async function showLogin(deps: Deps, step: LoginStepRecord): Promise<Record<string, unknown>> {
  return {
    transaction_id: step.transactionId,
    purpose: step.purpose,
    door: step.door,
    client_id: step.clientId,
    ...optional('user_id', step.userId),
    began_at: iso(step.beganAt),
    moved_at: iso(step.at),
    outcome: await outcomeOf(deps, step),
    state: step.to.state,
    rest: restText(step),
    ...(step.to.state === 'denied' ? { code: step.to.code, reason: step.to.reason } : {}),
  };
}
