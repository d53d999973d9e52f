// Management: where log lines go as they are written. Shapes and statuses: mfa-wire reference, sections 4.2 to 4.5, and
// recordings. What sends them is `server/log-streams/`.
import { z } from 'zod';
import type { JsonObject, LogStreamRecord, LogStreamType, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { LOG_CATEGORIES, SECURITY } from '../log-streams/categories.ts';
import { HIDEABLE } from '../log-streams/hidden-fields.ts';
import { filtersOf } from '../log-streams/send-batch.ts';
import { isSent, keptSink, SINKS, shownSink } from '../log-streams/sinks.ts';
import { type Answer, answer, empty, invalidBody, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { iso, jsonObject, optional, text } from './fields.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { parse } from './validation.ts';

/** Each makes every log line of the tenant a row more until it has arrived. */
const STREAMS = 20;

const TYPES = Object.keys(SINKS) as [LogStreamType, ...LogStreamType[]];

const filter = z.strictObject({ type: z.literal('category'), name: z.enum([...LOG_CATEGORIES, SECURITY]) });
const pii = z.strictObject({
  log_fields: z.array(z.enum(HIDEABLE)).max(HIDEABLE.length),
  method: z.enum(['mask', 'hash']).optional(),
  algorithm: z.literal('xxhash').optional(),
});

const free = {
  status: z.enum(['active', 'paused', 'suspended']).optional(),
  filters: z.array(filter).max(50).optional(),
  isPriority: z.boolean().optional(),
  pii_config: pii.nullable().optional(),
  startFrom: z.iso.datetime({ offset: true }).optional(),
};
/** The settings of the receiver are judged by the schema of its kind. */
const creation = z.strictObject({
  name: text(255),
  type: z.enum(TYPES),
  sink: jsonObject,
  ...free,
});
const change = z.strictObject({ name: text(255).optional(), sink: jsonObject.optional(), ...free });
type Change = z.output<typeof change>;

const logStreamShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    type: z.enum(TYPES),
    status: z.enum(['active', 'paused', 'suspended']),
    sink: z.looseObject({}),
    filters: z.array(filter).optional(),
    isPriority: z.boolean(),
    pii_config: z.looseObject({}).optional(),
    startFrom: z.string().optional(),
  })
  .meta({ id: 'LogStream' });

function showLogStream(stream: LogStreamRecord): Record<string, unknown> {
  const { id, name, type, status, sink, isPriority, startFrom } = stream;
  const filters = filtersOf(stream);
  return {
    id,
    name,
    type,
    // Nothing of ours sends to the other kinds.
    status: isSent(type) ? status : 'suspended',
    sink: shownSink(type, sink),
    ...(filters === undefined ? {} : { filters: filters.map((category) => ({ type: 'category', name: category })) }),
    isPriority,
    ...optional('pii_config', stream.pii),
    ...(startFrom === undefined ? {} : { startFrom: iso(startFrom) }),
  };
}

export const logStreamRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/log-streams',
    scopes: ['read:log_streams'],
    summary: 'List log streams',
    answers: { 200: z.array(logStreamShape) },
    async handle({ deps, tenant }) {
      return answer((await deps.store.logStreams.list(tenant.id)).records.map(showLogStream));
    },
  }),
  route({
    method: 'POST',
    path: '/log-streams',
    scopes: ['create:log_streams'],
    summary: 'Create a log stream',
    answers: { 200: logStreamShape },
    body: creation,
    handle: create,
  }),
  route({
    method: 'GET',
    path: '/log-streams/:id',
    scopes: ['read:log_streams'],
    summary: 'Get a log stream',
    answers: { 200: logStreamShape },
    async handle({ deps, tenant, param }) {
      const stream = await deps.store.logStreams.find(tenant.id, param('id'));
      return stream ? answer(showLogStream(stream)) : NOT_FOUND.logStream;
    },
  }),
  route({
    method: 'PATCH',
    path: '/log-streams/:id',
    scopes: ['update:log_streams'],
    summary: 'Update a log stream',
    answers: { 200: logStreamShape },
    body: change,
    handle: edit,
  }),
  route({
    method: 'DELETE',
    path: '/log-streams/:id',
    scopes: ['delete:log_streams'],
    summary: 'Delete a log stream',
    answers: { 204: NOTHING },
    // As recorded: deleting twice answers the same.
    async handle({ deps, tenant, param }) {
      await deps.store.logStreams.remove(tenant.id, param('id'));
      return empty();
    },
  }),
];

async function create({ deps, ports, tenant, body }: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { logStreams } = deps.store;
  const { name, type } = body;
  const refused = refuseSink(type, body.sink) ?? refuseFile(type, deps);
  if (refused) return refused;
  const { total } = await logStreams.list(tenant.id, { page: { offset: 0, limit: 1 } });
  if (total >= STREAMS) return refuse(409, `A tenant can have at most ${STREAMS} log streams.`, 'too_many_log_streams');
  const now = ports.now();
  const id = `lst_${ports.random.digits(8)}${ports.random.digits(8)}`;
  const sink = keptSink(type, body.sink, { host: hostOf(tenant), id });
  const fields = fieldsOf(body);
  const stream: LogStreamRecord = {
    tenantId: tenant.id,
    id,
    name,
    type,
    sink,
    status: 'active',
    isPriority: false,
    ...fields,
    createdAt: now,
    updatedAt: now,
  };
  if ((await logStreams.insert(stream)) === 'conflict') throw new Error('an id of a log stream was drawn twice');
  if (fields.startFrom !== undefined) await logStreams.restart(tenant.id, id, fields.startFrom);
  return answer(showLogStream(stream));
}

async function edit({ deps, ports, tenant, body, param }: Incoming & { body: Change }): Promise<Answer> {
  const { logStreams } = deps.store;
  const found = await logStreams.find(tenant.id, param('id'));
  if (!found) return NOT_FOUND.logStream;
  const { type, id } = found;
  const refused = body.sink && refuseSink(type, body.sink);
  if (refused) return refused;
  const fields = fieldsOf(body);
  const updated = await logStreams.update(tenant.id, id, (stream) => {
    const { failing, pii: hidden, ...current } = stream;
    const sink = body.sink && keptSink(type, body.sink, { host: hostOf(tenant), id, current: current.sink });
    // Somebody has mended it, or says so: it is tried at once.
    const isMended = sink !== undefined || body.status === 'active';
    return {
      ...current,
      ...(failing && !isMended ? { failing } : {}),
      ...(hidden && body.pii_config !== null ? { pii: hidden } : {}),
      ...optional('name', body.name),
      ...optional('sink', sink),
      ...fields,
      updatedAt: ports.now(),
    };
  });
  if (typeof updated === 'string') return NOT_FOUND.logStream;
  if (fields.startFrom !== undefined) await logStreams.restart(tenant.id, id, fields.startFrom);
  return answer(showLogStream(updated));
}

function fieldsOf({ status, filters, isPriority, pii_config, startFrom }: Omit<Change, 'name' | 'sink'>) {
  return {
    ...optional('status', status),
    ...optional(
      'filters',
      filters?.map(({ name }) => name),
    ),
    ...optional('isPriority', isPriority),
    ...(pii_config ? { pii: pii_config as JsonObject } : {}),
    ...optional('startFrom', startFrom === undefined ? undefined : Date.parse(startFrom)),
  };
}

function refuseSink(type: LogStreamType, sink: JsonObject): Refusal | undefined {
  const parsed = parse('payload', z.object({ sink: SINKS[type].body }), { sink });
  return parsed.ok ? undefined : parsed.refusal;
}

function refuseFile(type: LogStreamType, { config }: Deps): Refusal | undefined {
  if (type !== 'file' || config.logStreamFolder !== undefined) return undefined;
  return invalidBody(
    'Log streams of the type "file" are not allowed here: the operator has not set SALLYPORT_LOG_STREAM_DIR.',
  );
}

const hostOf = ({ baseUrl }: TenantRecord): string => new URL(baseUrl).host;
