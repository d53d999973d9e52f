// Server, jobs: the address of an exported file. Whoever has it needs no token, for an hour; it is signed with a key of its
// job alone, so nobody can make one for another job or a later hour. A new one is given with each look at the job.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { JobRecord, TenantRecord } from '#storage/records.ts';

const LINK_MS = 60 * 60_000;
/** The file itself goes a day after it was written. */
const FILE_MS = 24 * 60 * 60_000;

/** Path of exported files, of any job. */
export const EXPORT_PATH = '/exports/:id/:name';

/** Undefined where there is no file, or no more. */
export function exportLink({ baseUrl, name }: TenantRecord, job: JobRecord, now: number): string | undefined {
  if (job.status !== 'completed' || job.fileKey === undefined) return undefined;
  const expires = Math.min(now + LINK_MS, job.updatedAt + FILE_MS);
  if (expires <= now) return undefined;
  const query = new URLSearchParams({ expires: String(expires), signature: sign(job.fileKey, job, expires) });
  return `${baseUrl}/exports/${job.id}/${name}.${job.format ?? 'json'}.gz?${query}`;
}

/** Whether a link of ours was followed in time. */
export function opensExport(
  job: JobRecord,
  { expires, signature }: { expires: string; signature: string },
  now: number,
): boolean {
  if (job.status !== 'completed' || job.fileKey === undefined || !/^\d{1,15}$/.test(expires)) return false;
  const expected = Buffer.from(sign(job.fileKey, job, Number(expires)));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) && now < Number(expires);
}

const sign = (key: string, { tenantId, id }: JobRecord, expires: number): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([tenantId, id, expires]))
    .digest('base64url');
