// Management: how a log stream fares, and its dead letters: lines that the receiver refused for what they are, which can be
// read, sent again and dropped. Additions of ours to the family of the wire.
import { z } from 'zod';
import type { LogStreamLetter, LogStreamRecord } from '#storage/records.ts';
import { isSent } from '../log-streams/sinks.ts';
import { answer, empty, NOT_FOUND, refuse } from './answer.ts';
import { iso, optional } from './fields.ts';
import { listing } from './listing.ts';
import { logShape, showLog } from './logs.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const moment = z.iso.datetime().optional();
const count = z.int().nonnegative();

const healthShape = z
  .strictObject({
    /** `healthy`: what waits is being taken. `failing`: it is tried again later. `unsent`: nothing of ours sends there. */
    state: z.enum(['healthy', 'failing', 'paused', 'suspended', 'unsent']),
    queued: count,
    oldest_queued_at: moment,
    dead_letters: count,
    delivered: count,
    failed: count,
    last_success_at: moment,
    last_failure_at: moment,
    last_error: z.string().optional(),
    failing_since: moment,
    tries: count.optional(),
    next_try_at: moment,
  })
  .meta({ id: 'LogStreamHealth' });

const letterShape = z
  .strictObject({
    log_id: z.string(),
    error: z.string(),
    set_aside_at: z.string(),
    /** For who may read logs. */
    log: logShape.optional(),
  })
  .meta({ id: 'LogStreamDeadLetter' });

const LETTERS = listing('dead_letters', letterShape, { paging: 'page' });
const PATH = '/log-streams/:id';

/** What `letters.redeliver` and the like are told: these, or all. */
const chosen = z.strictObject({
  log_ids: z
    .array(z.string().regex(/^\d{1,64}$/))
    .min(1)
    .max(100)
    .optional(),
});

const at = (moment: number | undefined): string | undefined => (moment === undefined ? undefined : iso(moment));

function stateOf({ type, status, failing }: LogStreamRecord): z.output<typeof healthShape>['state'] {
  if (!isSent(type)) return 'unsent';
  if (status !== 'active') return status;
  return failing ? 'failing' : 'healthy';
}

/** Also what the operator's page shows. */
export async function healthOf(
  { store }: Pick<Incoming['deps'], 'store'>,
  stream: LogStreamRecord,
): Promise<z.output<typeof healthShape>> {
  const backlog = await store.logStreams.backlog(stream.tenantId, stream.id);
  const { delivery, failing } = stream;
  return {
    state: stateOf(stream),
    queued: backlog.waiting,
    ...optional('oldest_queued_at', at(backlog.oldestAt)),
    dead_letters: backlog.letters,
    delivered: delivery?.delivered ?? 0,
    failed: delivery?.failed ?? 0,
    ...optional('last_success_at', at(delivery?.deliveredAt)),
    ...optional('last_failure_at', at(delivery?.failedAt)),
    ...optional('last_error', delivery?.error),
    ...(failing ? { failing_since: iso(failing.since), tries: failing.tries, next_try_at: iso(failing.retryAt) } : {}),
  };
}

const showLetter =
  ({ tenant, operator }: Incoming) =>
  (letter: LogStreamLetter) => ({
    log_id: letter.log.id,
    error: letter.error,
    set_aside_at: iso(letter.setAsideAt),
    // What people did is not for everybody who looks after streams.
    ...(operator.scopes.has('read:logs') ? { log: showLog(letter.log, tenant) } : {}),
  });

const found = ({ deps, tenant, param }: Incoming) => deps.store.logStreams.find(tenant.id, param('id'));

export const logStreamHealthRoutes: Route[] = [
  route({
    method: 'GET',
    path: `${PATH}/health`,
    scopes: ['read:log_streams'],
    summary: 'Get the health of a log stream',
    answers: { 200: healthShape },
    async handle(call) {
      const stream = await found(call);
      return stream ? answer(await healthOf(call.deps, stream)) : NOT_FOUND.logStream;
    },
  }),

  route({
    method: 'GET',
    path: `${PATH}/dead-letters`,
    scopes: ['read:log_streams'],
    summary: 'List the dead letters of a log stream',
    query: z.strictObject(LETTERS.query),
    answers: LETTERS.answers,
    async handle(call) {
      const { deps, tenant, query } = call;
      const stream = await found(call);
      if (!stream) return NOT_FOUND.logStream;
      return LETTERS.answer(query, {
        read: (page) => deps.store.logStreams.letters(tenant.id, stream.id, page),
        show: showLetter(call),
      });
    },
  }),

  route({
    method: 'POST',
    path: `${PATH}/dead-letters/redeliver`,
    scopes: ['update:log_streams'],
    summary: 'Send dead letters again',
    body: chosen,
    answers: { 200: z.strictObject({ redelivered: count }) },
    subject: `${PATH}/health`,
    async handle(call) {
      const { deps, tenant, body } = call;
      const stream = await found(call);
      if (!stream) return NOT_FOUND.logStream;
      const redelivered = await deps.store.logStreams.redeliver(tenant.id, stream.id, body.log_ids);
      return answer({ redelivered });
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/dead-letters`,
    scopes: ['update:log_streams'],
    summary: 'Drop all dead letters of a log stream',
    answers: { 204: NOTHING },
    subject: `${PATH}/health`,
    async handle(call) {
      const stream = await found(call);
      if (!stream) return NOT_FOUND.logStream;
      await call.deps.store.logStreams.dropLetters(call.tenant.id, stream.id);
      return empty();
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/dead-letters/:log_id`,
    scopes: ['update:log_streams'],
    summary: 'Drop a dead letter',
    answers: { 204: NOTHING },
    subject: `${PATH}/health`,
    async handle(call) {
      const stream = await found(call);
      if (!stream) return NOT_FOUND.logStream;
      const dropped = await call.deps.store.logStreams.dropLetters(call.tenant.id, stream.id, [call.param('log_id')]);
      return dropped === 0 ? refuse(404, 'There is no such dead letter.') : empty();
    },
  }),
];
