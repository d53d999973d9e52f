// Management: a job on the wire. What is left of it is said while it is under way; where its file is, when it is over.
import { z } from 'zod';
import type { JobRecord, TenantRecord } from '#storage/records.ts';
import { exportLink } from '../jobs/export-link.ts';
import { iso, optional } from './fields.ts';

const exportFieldShape = z.strictObject({ name: z.string(), export_as: z.string().optional() });

export const jobShape = z
  .strictObject({
    type: z.enum(['users_import', 'users_export', 'verification_email']),
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    connection_id: z.string().optional(),
    format: z.enum(['json', 'csv']).optional(),
    limit: z.int().optional(),
    fields: z.array(exportFieldShape).optional(),
    summary: z.strictObject({ failed: z.int(), updated: z.int(), inserted: z.int(), total: z.int() }).optional(),
    percentage_done: z.int().optional(),
    time_left_seconds: z.int().optional(),
    location: z.string().optional(),
    connection: z.string().optional(),
    external_id: z.string().optional(),
    created_at: z.string(),
    id: z.string(),
  })
  .meta({ id: 'Job' });

/** @param now by which the time left is told and the address of a file runs out. */
export function showJob(job: JobRecord, { tenant, now }: { tenant: TenantRecord; now: number }): object {
  return {
    type: job.type,
    status: job.status,
    ...optional('connection_id', job.connectionId),
    ...optional('format', job.format),
    ...optional('limit', job.limit),
    ...optional(
      'fields',
      job.fields?.map(({ name, exportAs }) => ({ name, ...optional('export_as', exportAs) })),
    ),
    ...optional('summary', job.summary),
    ...(job.status === 'processing' && job.progress ? progressOf(job.progress, now) : {}),
    ...optional('location', exportLink(tenant, job, now)),
    ...optional('connection', job.connection),
    ...optional('external_id', job.externalId),
    created_at: iso(job.createdAt),
    id: job.id,
  };
}

function progressOf({ total, done, startedAt }: NonNullable<JobRecord['progress']>, now: number): object {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const left =
    startedAt === undefined || done === 0 ? undefined : ((now - startedAt) / done) * Math.max(0, total - done);
  return {
    percentage_done: Math.floor(share * 100),
    ...optional('time_left_seconds', left === undefined ? undefined : Math.ceil(Math.max(0, left) / 1000)),
  };
}
