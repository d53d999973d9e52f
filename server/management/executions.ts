// Management: what ran, of any trigger, as it was written down. The list and the live console are ours; one execution by
// its id is what the logs of a login point at.
import { z } from 'zod';
import { answer, NOT_FOUND } from './answer.ts';
import { checkpointsOf, invalidCheckpoint } from './checkpoint.ts';
import { optional, text } from './fields.ts';
import { answerLive } from './live-executions.ts';
import { integer } from './paging.ts';
import { type Route, route } from './route.ts';
import { executionShape, showExecution } from './show-execution.ts';

const DEFAULT_TAKE = 50;
const checkpoints = checkpointsOf('x');
const scopes = ['read:actions'] as const;

export const executionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/actions/executions',
    scopes,
    summary: 'List executions',
    answers: { 200: z.strictObject({ executions: z.array(executionShape), next: z.string().optional() }) },
    query: z.strictObject({
      action_id: text(255).optional(),
      transaction_id: text(255).optional(),
      user_id: text(255).optional(),
      from: text(64).optional(),
      take: integer(1, 100).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const before = query.from === undefined ? undefined : checkpoints.decode(query.from);
      if (query.from !== undefined && before === undefined) return invalidCheckpoint(query.from);
      const { records, next } = await deps.store.executions.list(tenant.id, {
        ...optional('actionId', query.action_id),
        ...optional('transactionId', query.transaction_id),
        ...optional('userId', query.user_id),
        ...optional('before', before),
        limit: query.take ?? DEFAULT_TAKE,
      });
      return answer({
        executions: records.map(showExecution),
        ...(next === undefined ? {} : { next: checkpoints.encode(next) }),
      });
    },
  }),

  // Before the route by id, which would take its name for one.
  route({
    method: 'GET',
    path: '/actions/executions/live',
    scopes,
    summary: 'Listen to executions as they end',
    // Server-sent events, as a text that goes on.
    answers: { 200: z.string() },
    query: z.strictObject({ action_id: text(255).optional() }),
    async handle({ deps, tenant, query }) {
      return answerLive(deps.runtime.liveConsole, tenant.id, optional('actionId', query.action_id));
    },
  }),

  route({
    method: 'GET',
    path: '/actions/executions/:id',
    scopes,
    summary: 'Get an execution',
    answers: { 200: executionShape },
    async handle({ deps, tenant, param }) {
      const execution = await deps.store.executions.find(tenant.id, param('id'));
      // One whose time is over may be waiting for the sweep.
      if (!execution || execution.expiresAt <= deps.clock.now()) return NOT_FOUND.execution;
      return answer(showExecution(execution));
    },
  }),
];
