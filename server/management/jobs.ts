// Management: work that goes on after its answer: how it stands, what could not be done, and mails by which addresses are
// verified. Imports and exports of users have files of their own.
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { JobRecord } from '#storage/records.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { answer, created, empty, NOT_FOUND } from './answer.ts';
import { findAddressee, whose } from './email-verification-ticket.ts';
import { NOTHING, type Route, route } from './route.ts';
import { jobShape, showJob } from './show-job.ts';
import { usersExportRoutes } from './users-export.ts';
import { usersImportRoutes } from './users-import.ts';

const PIECES_AT_ONCE = 20;

const errorsShape = z.array(
  z.strictObject({
    user: z.record(z.string(), z.unknown()),
    errors: z.array(z.strictObject({ code: z.string(), message: z.string(), path: z.string().optional() })),
  }),
);

export const jobRoutes: Route[] = [
  ...usersImportRoutes,
  ...usersExportRoutes,

  route({
    method: 'POST',
    path: '/jobs/verification-email',
    scopes: ['update:users'],
    summary: 'Send a mail that verifies an address',
    answers: { 201: jobShape },
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
      return created(showJob({ ...job, status: 'pending' }, { tenant, now: at }));
    },
  }),

  route({
    method: 'GET',
    path: '/jobs/:id',
    scopes: ['read:users', 'create:users'],
    summary: 'Get a job',
    answers: { 200: jobShape },
    async handle({ deps, ports, tenant, param }) {
      const job = await deps.store.jobs.find(tenant.id, param('id'));
      return job ? answer(showJob(job, { tenant, now: ports.now() })) : NOT_FOUND.job;
    },
  }),

  route({
    method: 'GET',
    path: '/jobs/:id/errors',
    scopes: ['read:users', 'create:users'],
    summary: 'List what a job could not do',
    answers: { 200: errorsShape, 204: NOTHING },
    async handle({ deps: { store }, tenant, param }) {
      const job = await store.jobs.find(tenant.id, param('id'));
      if (!job) return NOT_FOUND.job;
      const some = (after: number) => store.jobs.pieces(tenant.id, job.id, 'errors', { after, limit: PIECES_AT_ONCE });
      if ((await some(-1)).length === 0) return empty();
      const headers = { 'content-type': 'application/json; charset=UTF-8' };
      return {
        ok: true,
        status: 200,
        stream: Readable.toWeb(Readable.from(listed(some))) as ReadableStream<Uint8Array>,
        headers,
      };
    },
  }),
];

type Some = (after: number) => Promise<{ position: number; content: unknown }[]>;

/** A hundred thousand refusals are a long answer: it is read while it is sent. */
async function* listed(some: Some): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let before = '[';
  for (let found = await some(-1); found.length > 0; found = await some(found.at(-1)?.position ?? 0)) {
    for (const { content } of found) {
      yield encoder.encode(`${before}${JSON.stringify(content).slice(1, -1)}`);
      before = ',';
    }
  }
  yield encoder.encode(']');
}
