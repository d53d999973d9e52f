// Server, jobs: what each kind of job does, and who goes on with those whose process is gone.
import { importUsers } from '#runtime/import-users.ts';
import type { JobRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { exportUsers } from './export-users.ts';

/** A step of a job is a sign of life. Two who believe that it is theirs do no step twice. */
const ABANDONED_MS = 20_000;
const AT_ONCE = 10;

/** What the work of jobs needs. */
export type JobDesk = Pick<Deps, 'store' | 'runtime' | 'clock' | 'random' | 'log'>;

/** Begins with a job that is written already; returns at once. */
export function startJob({ store, runtime, clock, random, log }: JobDesk, job: JobRecord): void {
  const ports = { store, random, log, now: clock.now };
  runtime.jobs.start(job, (pace) =>
    job.type === 'users_export' ? exportUsers(ports, job, pace) : importUsers(ports, job, pace),
  );
}

/** Goes on with jobs that nobody works at. */
export async function resumeJobs(desk: JobDesk): Promise<void> {
  const found = await desk.store.jobs.abandoned(desk.clock.now() - ABANDONED_MS, AT_ONCE);
  for (const job of found) startJob(desk, job);
}
