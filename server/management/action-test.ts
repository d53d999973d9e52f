// Management: tries the draft of an Action out on an event of the caller's: it really runs, and its calls really go out;
// what it commands is answered and not followed.
import { z } from 'zod';
import { answer, invalidBody, NOT_FOUND } from './answer.ts';
import { jsonObject, optional } from './fields.ts';
import { isNode } from './mask.ts';
import { ownDraft } from './replay-drafts.ts';
import { type Route, route } from './route.ts';
import { resultShape, showResult } from './show-execution.ts';

const { commands, logs, error, duration_ms, cpu_ms, calls } = resultShape.shape;

export const actionTestRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/actions/actions/:id/test',
    scopes: ['create:actions'],
    summary: 'Try the draft of an Action',
    unrehearsed: 'it changes nothing, but the calls of the draft go out.',
    // The event itself, or an object with it as `event`.
    body: z.strictObject({ payload: jsonObject }),
    answers: {
      200: z
        .strictObject({
          payload: z.strictObject({
            commands,
            logs,
            error,
            stats: z.strictObject({ duration_ms, cpu_ms, calls }),
          }),
        })
        .meta({ id: 'ActionTest' }),
    },
    async handle(call) {
      const { deps, tenant, body } = call;
      const action = await deps.store.actions.find(tenant.id, call.param('id'));
      if (!action) return NOT_FOUND.action;
      const draft = await ownDraft(call, action, 'run');
      if ('ok' in draft) return draft;
      const { event = body.payload } = body.payload;
      if (!isNode(event)) return invalidBody('payload.event must be an object.');
      const result = await deps.runtime.tryAction(tenant, { trigger: action.trigger.id, event, script: draft.script });
      const { commands, logs, error, duration_ms, cpu_ms, calls } = showResult(result);
      return answer({
        payload: {
          commands,
          logs,
          ...optional('error', error),
          stats: { duration_ms, cpu_ms, ...optional('calls', calls) },
        },
      });
    },
  }),
];
