// Management: what would have been decided: recorded logins, run again with other scripts. Ours. Nothing is written but the
// line that says who asked, nothing is called, nothing is sent.
import { z } from 'zod';
import { ACTION_LIMITS } from '#runtime/lifecycle/action.ts';
import { MODULES_PER_ACTION } from '#runtime/lifecycle/module-uses.ts';
import type { ChangedDecision, ReplaySummary } from '#runtime/replayed-logins.ts';
import { dependency } from './action-fields.ts';
import { answer, invalidBody, refuse } from './answer.ts';
import { checkpointsOf } from './checkpoint.ts';
import { iso, optional, text, wholeNumber } from './fields.ts';
import { prepareReplay } from './replay-drafts.ts';
import { type Route, route } from './route.ts';

const checkpoints = checkpointsOf('r');

/** One call works so long and takes so many logins; then it says where to go on. */
const LONGEST_MS = 20_000;
const LOGINS = { default: 200, most: 1000 } as const;
/** Rows of one answer; those beyond are counted. */
const ROWS = 1000;

const time = z.iso.datetime({ offset: true });
const dependencies = z.array(z.strictObject(dependency)).max(ACTION_LIMITS.dependencies).optional();
const code = z.string().max(ACTION_LIMITS.sourceBytes);
const draft = z
  .strictObject({
    id: text(255).optional(),
    name: text(255).optional(),
    // Absent: the Action's own draft.
    code: code.optional(),
    dependencies,
    modules: z
      .array(z.strictObject({ name: text(255), code, dependencies }))
      .max(MODULES_PER_ACTION)
      .optional(),
  })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'Expected an id or a name');

const body = z.strictObject({
  since: time,
  until: time.optional(),
  limit: wholeNumber(1, LOGINS.most).optional(),
  from: text(64).optional(),
  action_id: text(255).optional(),
  user_id: text(255).optional(),
  drafts: z.union([z.literal('draft'), z.array(draft).max(ACTION_LIMITS.actions)]).optional(),
  bindings: z.array(text(255)).max(ACTION_LIMITS.actions).optional(),
});

const replayShape = z
  .strictObject({
    since: z.string(),
    until: z.string(),
    unbound: z.array(z.string()),
    logins: z.int(),
    logins_changed: z.int(),
    not_recorded: z.int(),
    runs: z.int(),
    same: z.int(),
    changed: z.record(z.string(), z.int()),
    not_reached: z.int(),
    unknown: z.int(),
    changes: z.array(z.looseObject({ transaction_id: z.string(), action: z.string(), change: z.string() })),
    changes_left_out: z.int().optional(),
    next: z.string().optional(),
  })
  .meta({ id: 'ActionReplay' });

/** Tenants of which a replay is under way: it takes its time, and a second one would take it from logins. */
const underWay = new Set<string>();

export const replayRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/actions/replay',
    // Whoever may deploy a script may see what it would do; it runs with the Action's secrets.
    scopes: ['create:actions'],
    summary: 'Run recorded logins with other scripts',
    subject: 'none',
    unrehearsed: 'it changes nothing, and is a rehearsal itself.',
    answers: { 200: replayShape },
    body,
    async handle(call) {
      const { deps, tenant, body: wanted } = call;
      const [since, until] = [
        Date.parse(wanted.since),
        wanted.until === undefined ? deps.clock.now() + 1 : Date.parse(wanted.until),
      ];
      if (since >= until) return invalidBody('since must be before until.');
      const from = wanted.from === undefined ? undefined : checkpoints.decode(wanted.from);
      if (wanted.from !== undefined && from === undefined) return invalidBody('from is not the `next` of a replay.');
      const { drafts = wanted.bindings ? [] : 'draft', bindings } = wanted;
      if (underWay.has(tenant.id)) return refuse(429, 'A replay of this tenant is under way.', 'too_many_requests');
      underWay.add(tenant.id);
      try {
        const prepared = await prepareReplay(call, { drafts, bindings });
        if ('ok' in prepared) return prepared;
        const { unbound, ...scripts } = prepared;
        const replay = deps.runtime.replay({
          tenant,
          since,
          until,
          logins: wanted.limit ?? LOGINS.default,
          ...optional('from', from),
          ...optional('userId', wanted.user_id),
          ...optional('actionId', wanted.action_id),
          ...scripts,
          ended: AbortSignal.timeout(LONGEST_MS),
        });
        const rows: ChangedDecision[] = [];
        for (let heard = await replay.next(); ; heard = await replay.next()) {
          if (heard.done) return answer({ since: iso(since), until: iso(until), unbound, ...shown(heard.value, rows) });
          if (heard.value.kind === 'change' && rows.length < ROWS) rows.push(heard.value.change);
        }
      } finally {
        underWay.delete(tenant.id);
      }
    },
  }),
];

function shown({ changes, next, ...summary }: ReplaySummary, rows: ChangedDecision[]): Record<string, unknown> {
  const { not_reached: notReached = 0, unknown = 0, ...changed } = changes;
  const all = Object.values(changes).reduce((sum, count) => sum + count, 0);
  return {
    logins: summary.logins,
    logins_changed: summary.loginsChanged,
    not_recorded: summary.notRecorded,
    runs: summary.runs,
    same: summary.same,
    changed,
    not_reached: notReached,
    unknown,
    changes: rows.map(({ transactionId, userId, at, ...row }) => ({
      transaction_id: transactionId,
      ...optional('user_id', userId),
      at: iso(at),
      ...row,
    })),
    ...(all > rows.length ? { changes_left_out: all - rows.length } : {}),
    ...(next === undefined ? {} : { next: checkpoints.encode(next) }),
  };
}
