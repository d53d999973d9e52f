// Management: all users, or those of a connection, as a file that is made after the answer.
import { z } from 'zod';
import type { JobRecord } from '#storage/records.ts';
import { isFieldPath } from '../jobs/export-columns.ts';
import { startJob } from '../jobs/start-job.ts';
import { answer, NOT_FOUND, refuse } from './answer.ts';
import { optional, text } from './fields.ts';
import { type Route, route } from './route.ts';
import { jobShape, showJob } from './show-job.ts';

/** Of one tenant at a time. */
const EXPORTS_AT_ONCE = 2;
const MOST_FIELDS = 30;

const field = z.strictObject({
  name: text(255).refine(isFieldPath, 'A field is a path like identities[0].connection'),
  export_as: text(255).optional(),
});

const usersExport = z.strictObject({
  connection_id: text(64).optional(),
  format: z.enum(['json', 'csv']).optional(),
  limit: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  fields: z.array(field).max(MOST_FIELDS).optional(),
});

export const usersExportRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/jobs/users-exports',
    scopes: ['read:users'],
    summary: 'Export users',
    body: usersExport,
    answers: { 200: jobShape },
    unrehearsed: 'it goes on after its answer.',
    async handle({ deps, ports, tenant, body: { connection_id: connectionId, format = 'json', limit, fields } }) {
      const connection =
        connectionId === undefined ? undefined : await deps.store.connections.find(tenant.id, connectionId);
      if (connectionId !== undefined && !connection) return NOT_FOUND.connection;
      if ((await deps.store.jobs.underWay(tenant.id, 'users_export')) >= EXPORTS_AT_ONCE) {
        const reason = `There are ${EXPORTS_AT_ONCE} active export users jobs, please wait until some of them are finished and try again`;
        return refuse(429, reason, 'too_many_requests');
      }
      const at = ports.now();
      const job: JobRecord = {
        tenantId: tenant.id,
        id: `job_${ports.random.letters(16)}`,
        type: 'users_export',
        status: 'pending',
        ...(connection ? { connectionId: connection.id, connection: connection.name } : {}),
        format,
        ...optional('limit', limit),
        ...(fields && fields.length > 0
          ? { fields: fields.map(({ name, export_as }) => ({ name, ...optional('exportAs', export_as) })) }
          : {}),
        fileKey: ports.random.key(),
        createdAt: at,
        updatedAt: at,
      };
      await deps.store.jobs.insert(job);
      startJob(deps, job);
      return answer(showJob(job, { tenant, now: at }));
    },
  }),
];
