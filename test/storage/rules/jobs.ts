// Tests of storage: work that goes on after its answer: what is under way, what was left behind, and what a thief of the
// disk finds of it.
import { describe, expect, test } from 'vitest';
import type { JobRecord } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { AT, fresh } from '../samples.ts';
import { describeFamily } from './family.ts';

const DAY_MS = 24 * 60 * 60_000;
const SECRET = 'PLAINIMPORTEDHASH';

const aJob = (tenantId: string, changes: Partial<JobRecord> = {}): JobRecord => ({
  tenantId,
  id: fresh('job'),
  type: 'users_import',
  status: 'pending',
  connectionId: fresh('con'),
  connection: 'Directory',
  externalId: 'mine',
  upsert: true,
  entries: [{ user: { passwordHash: SECRET } }],
  errors: [{ user: { email: SECRET }, errors: [{ code: 'X', message: 'x', path: 'email' }] }],
  summary: { total: 1, inserted: 0, updated: 0, failed: 1 },
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export function describeJobs(stores: Stores): void {
  describeFamily(stores, 'jobs', { collection: (store) => store.jobs, make: aJob });

  describe('jobs', () => {
    test('are under way until they are over, of one tenant or left behind by any', async () => {
      const { store } = stores;
      const [mine, other] = [fresh('ten'), fresh('ten')];
      const jobs = [
        aJob(mine, { status: 'pending', updatedAt: AT - 10 }),
        aJob(mine, { status: 'processing' }),
        aJob(mine, { status: 'completed', updatedAt: AT - 10 }),
        aJob(mine, { status: 'failed', updatedAt: AT - 10 }),
        aJob(other, { status: 'processing', updatedAt: AT - 11 }),
      ];
      for (const job of jobs) await store.jobs.insert(job);
      expect([await store.jobs.underWay(mine), await store.jobs.underWay(other)]).toEqual([2, 1]);
      const abandoned = async (before: number) =>
        (await store.jobs.abandoned(before, 100)).filter(({ tenantId }) => [mine, other].includes(tenantId));
      expect(await abandoned(AT)).toEqual([jobs[0], jobs[4]]);
      expect(await abandoned(AT - 10)).toEqual([jobs[4]]);
      await store.jobs.update(mine, jobs[0]?.id ?? '', (row) => ({ ...row, status: 'completed' }));
      expect(await store.jobs.underWay(mine)).toBe(1);
    });

    test('show nothing of their users on the disk, and go after a week', async () => {
      const { store, subject } = stores;
      const tenantId = fresh('ten');
      const job = aJob(tenantId);
      await store.jobs.insert(job);
      expect(JSON.stringify(await subject.raw(`select * from jobs where tenant_id = '${tenantId}'`))).not.toContain(
        SECRET,
      );
      await store.sweep(AT + 7 * DAY_MS - 1);
      expect(await store.jobs.find(tenantId, job.id)).toEqual(job);
      await store.sweep(AT + 7 * DAY_MS);
      expect(await store.jobs.find(tenantId, job.id)).toBeUndefined();
    });
  });
}
