// Management: work that goes on after its answer: imports of users, and mails by which addresses are verified.
import { z } from 'zod';
import type { ConnectionRecord, JobRecord, JsonObject } from '#storage/records.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND, refuse } from './answer.ts';
import { findAddressee, whose } from './email-verification-ticket.ts';
import { iso, optional, text } from './fields.ts';
import { readImportedUser } from './imported-user.ts';
import { type Call, type Route, route } from './route.ts';
import { FILE_BYTES, TOO_LARGE } from './upload.ts';

/** Of one tenant at a time. */
const IMPORTS_AT_ONCE = 2;

/** As many as the shortest users of a full file. What is wrong with each of more would be longer than the file. */
const MOST_USERS = 30_000;

const AT_ONCE = 100;

const truth = z.enum(['true', 'false', '']).optional();

const usersImport = z.strictObject({
  users: z.string(),
  connection_id: text(64),
  upsert: truth,
  external_id: z.string().max(255).optional(),
  /** There is nobody of ours to send it to. */
  send_completion_email: truth,
});

export const jobRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/jobs/users-imports',
    scopes: ['create:users'],
    form: usersImport,
    handle: takeOnImport,
  }),

  route({
    method: 'POST',
    path: '/jobs/verification-email',
    scopes: ['update:users'],
    body: z.strictObject(whose),
    async handle({ deps, ports, tenant, caller, body }) {
      const found = await findAddressee({ deps, tenant }, body);
      if (!found.ok) return found;
      const at = ports.now();
      const sent = await deps.runtime.sendVerification(tenant, found.addressee, {
        locale: messageLanguage(tenant, caller),
        place: found.place,
      });
      const job: JobRecord = {
        tenantId: tenant.id,
        id: `job_${ports.random.letters(16)}`,
        type: 'verification_email',
        status: sent ? 'completed' : 'failed',
        createdAt: at,
        updatedAt: at,
      };
      await deps.store.jobs.insert(job);
      return created(show({ ...job, status: 'pending' }));
    },
  }),

  route({
    method: 'GET',
    path: '/jobs/:id',
    scopes: ['read:users', 'create:users'],
    async handle({ deps, tenant, param }) {
      const job = await deps.store.jobs.find(tenant.id, param('id'));
      return job ? answer(show(job)) : NOT_FOUND.job;
    },
  }),

  route({
    method: 'GET',
    path: '/jobs/:id/errors',
    scopes: ['read:users', 'create:users'],
    async handle({ deps, tenant, param }) {
      const job = await deps.store.jobs.find(tenant.id, param('id'));
      if (!job) return NOT_FOUND.job;
      return job.errors && job.errors.length > 0 ? answer(job.errors) : empty();
    },
  }),
];

async function takeOnImport({
  deps,
  ports,
  tenant,
  body,
}: Call<undefined, z.output<typeof usersImport>>): Promise<Answer> {
  if (Buffer.byteLength(body.users) > FILE_BYTES) return TOO_LARGE;
  const connection = await deps.store.connections.find(tenant.id, body.connection_id);
  if (!connection) return NOT_FOUND.connection;
  if (connection.strategy !== 'auth0') return invalidBody('Users are imported to database connections only.');
  const users = listOf(body.users);
  if (!users)
    return invalidBody('Failed to parse users file JSON when importing users. Make sure it is a valid JSON array.');
  if (users.length > MOST_USERS) return invalidBody(`A file holds at most ${MOST_USERS} users.`);
  if ((await deps.store.jobs.underWay(tenant.id)) >= IMPORTS_AT_ONCE) {
    const reason = `There are ${IMPORTS_AT_ONCE} active import users jobs, please wait until some of them are finished and try again`;
    return refuse(429, reason, 'too_many_requests');
  }
  const at = ports.now();
  const job: JobRecord = {
    tenantId: tenant.id,
    id: `job_${ports.random.letters(16)}`,
    type: 'users_import',
    status: 'pending',
    connectionId: connection.id,
    connection: connection.name,
    ...(body.external_id ? { externalId: body.external_id } : {}),
    upsert: body.upsert === 'true',
    entries: await entriesOf(users, connection),
    createdAt: at,
    updatedAt: at,
  };
  await deps.store.jobs.insert(job);
  deps.runtime.startImport(job);
  return { ok: true, status: 202, body: show(job) };
}

/** A file holds thousands, and each takes a while to judge: others are served in between. */
async function entriesOf(users: unknown[], connection: ConnectionRecord): Promise<JsonObject[]> {
  const entries: JsonObject[] = [];
  for (const [index, user] of users.entries()) {
    if (index % AT_ONCE === 0) await new Promise(setImmediate);
    entries.push(readImportedUser(user, index, connection) as unknown as JsonObject);
  }
  return entries;
}

function listOf(file: string): unknown[] | undefined {
  try {
    const users: unknown = JSON.parse(file);
    return Array.isArray(users) ? users : undefined;
  } catch (_notJson) {
    return undefined;
  }
}

function show(job: JobRecord): object {
  return {
    type: job.type,
    status: job.status,
    ...optional('connection_id', job.connectionId),
    ...optional('summary', job.summary),
    ...optional('connection', job.connection),
    ...optional('external_id', job.externalId),
    created_at: iso(job.createdAt),
    id: job.id,
  };
}
