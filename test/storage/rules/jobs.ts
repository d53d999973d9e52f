// Tests of storage: work that goes on after its answer: what is under way, what was left behind, and what a thief of the
// disk finds of it.
import { describe, expect, test } from 'vitest';
import type { JobRecord, UserRecord } from '#storage/records.ts';
import type { JobStep, Newcomer } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, anAuthenticator, aUser, fresh } from '../samples.ts';
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
  fileKey: SECRET,
  summary: { total: 1, inserted: 0, updated: 0, failed: 1 },
  progress: { total: 1, done: 1, startedAt: AT },
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
      const underWay = (tenantId: string) => store.jobs.underWay(tenantId, 'users_import');
      expect([await underWay(mine), await underWay(other)]).toEqual([2, 1]);
      expect(await store.jobs.underWay(mine, 'users_export')).toBe(0);
      const abandoned = async (before: number) =>
        (await store.jobs.abandoned(before, 100)).filter(({ tenantId }) => [mine, other].includes(tenantId));
      expect(await abandoned(AT)).toEqual([jobs[0], jobs[4]]);
      expect(await abandoned(AT - 10)).toEqual([jobs[4]]);
      await store.jobs.update(mine, jobs[0]?.id ?? '', (row) => ({ ...row, status: 'completed' }));
      expect(await underWay(mine)).toBe(1);
    });

    test('show nothing of their users on the disk, and go after a week', async () => {
      const { store, subject } = stores;
      const tenantId = fresh('ten');
      const job = aJob(tenantId);
      await store.jobs.insert(job);
      await store.jobs.addPieces(tenantId, job.id, 'people', [{ position: 0, content: [{ passwordHash: SECRET }] }]);
      for (const table of ['jobs', 'job_pieces']) {
        const rows = await subject.raw(`select * from ${table} where tenant_id = '${tenantId}'`);
        expect([rows.length, JSON.stringify(rows).includes(SECRET)]).toEqual([1, false]);
      }
      await store.sweep(AT + 7 * DAY_MS - 1);
      expect(await store.jobs.find(tenantId, job.id)).toEqual(job);
      await store.sweep(AT + 7 * DAY_MS);
      expect(await store.jobs.find(tenantId, job.id)).toBeUndefined();
    });

    test('keep their pieces in order, each in its place, which is taken once', async () => {
      const { store } = stores;
      const [tenantId, id] = [fresh('ten'), fresh('job')];
      const piece = (position: number, content = position) => ({ position, content });
      await store.jobs.addPieces(tenantId, id, 'people', [piece(50), piece(0), piece(25)]);
      await store.jobs.addPieces(tenantId, id, 'people', [piece(25, 7), piece(75)]);
      await store.jobs.addPieces(tenantId, id, 'errors', [piece(1)]);
      const some = (from: { after?: number; limit: number }) => store.jobs.pieces(tenantId, id, 'people', from);
      expect(await some({ limit: 3 })).toEqual([piece(0), piece(25), piece(50)]);
      expect(await some({ after: 25, limit: 9 })).toEqual([piece(50), piece(75)]);
      expect(await store.jobs.pieces(fresh('ten'), id, 'people', { limit: 9 })).toEqual([]);
      await store.jobs.removePieces(tenantId, id);
      expect(await some({ limit: 9 })).toEqual([]);
    });

    test('advance whole or not at all: users, what is left and what is counted', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const job = aJob(tenantId, { progress: { total: 4, done: 0 } });
      await store.jobs.insert(job);
      await store.jobs.addPieces(tenantId, job.id, 'people', [{ position: 0, content: [] }]);
      const person = (changes: Partial<UserRecord>) => aUser(tenantId, { connection: 'Directory', ...changes });
      const there = person({ email: 'there@example.com', name: 'There' });
      await store.users.insert(there);
      const met: string[] = [];
      const newcomers = [
        person({ id: 'auth0|1', email: 'one@example.com' }),
        person({ id: 'auth0|1', email: 'two@example.com' }),
        person({ id: 'auth0|3', email: 'THERE@example.com', name: 'Changed' }),
        person({ id: 'auth0|4', email: 'ONE@example.com' }),
      ].map((user): Newcomer => {
        const id = fresh('dev');
        const authenticators = [anAuthenticator(tenantId, user.id, { id })];
        const meet: Newcomer['meet'] = (existing) => {
          met.push(existing.id);
          return user.name === 'Changed' ? { ...existing, name: 'Changed' } : [{ code: 'X', message: 'refused' }];
        };
        return { user, authenticators, meet };
      });
      const conclude: JobStep['conclude'] = (row, arrived) => {
        const adds = {
          kind: 'errors',
          pieces: [{ position: 0, content: arrived.filter(Array.isArray).length }],
        } as const;
        return { job: { ...row, status: 'processing', progress: { total: 4, done: arrived.length } }, adds };
      };
      const step: JobStep = { takes: [0], newcomers, conclude };
      const lost = { ...step, conclude: () => expect.unreachable() };
      expect(await store.jobs.advance(tenantId, job.id, { ...lost, takes: [0, 25] })).toBe('gone');
      expect(await store.users.find(tenantId, 'auth0|1')).toBeUndefined();

      expect(await store.jobs.advance(tenantId, job.id, step)).toMatchObject({ progress: { done: 4 } });
      expect(met).toEqual(['auth0|1', there.id, 'auth0|1']);
      expect(await store.users.find(tenantId, 'auth0|1')).toMatchObject({ email: 'one@example.com' });
      expect(await store.authenticators.ofUser(tenantId, 'auth0|1')).toHaveLength(1);
      expect(await store.users.find(tenantId, there.id)).toMatchObject({ name: 'Changed', email: 'there@example.com' });
      expect(await store.jobs.pieces(tenantId, job.id, 'errors', { limit: 9 })).toEqual([{ position: 0, content: 2 }]);
      // The same step by another process, and one that leaves a piece where one is.
      expect(await store.jobs.advance(tenantId, job.id, lost)).toBe('gone');
      expect(await store.jobs.advance(tenantId, job.id, { conclude })).toBe('gone');
      await store.jobs.update(tenantId, job.id, (row) => ({ ...row, status: 'completed' }));
      expect(await store.jobs.advance(tenantId, job.id, { conclude: () => expect.unreachable() })).toBe('gone');
    });

    test('of two at once, one does the step', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const job = aJob(tenantId);
      await store.jobs.insert(job);
      await store.jobs.addPieces(tenantId, job.id, 'people', [{ position: 0, content: [] }]);
      const step = (id: string): JobStep => ({
        takes: [0],
        newcomers: [{ user: aUser(tenantId, { id, email: `${id}@example.com` }), authenticators: [], meet: () => [] }],
        conclude: (row) => ({ job: { ...row, externalId: id } }),
      });
      const ends = await Promise.all(
        ['auth0|a', 'auth0|b'].map((id) => store.jobs.advance(tenantId, job.id, step(id))),
      );
      expect(ends.filter((end) => end === 'gone')).toHaveLength(1);
      expect((await store.users.list(tenantId, {})).records).toHaveLength(1);
    });

    test('leave a file for a day, and nothing where no job came to be', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const job = aJob(tenantId, { status: 'completed' });
      await store.jobs.insert(job);
      const orphan = fresh('job');
      for (const [id, kind] of [
        [job.id, 'file'],
        [job.id, 'errors'],
        [orphan, 'people'],
      ] as const) {
        await store.jobs.addPieces(tenantId, id, kind, [{ position: 0, content: 1 }]);
      }
      const left = async () => [
        (await store.jobs.pieces(tenantId, job.id, 'file', { limit: 9 })).length,
        (await store.jobs.pieces(tenantId, job.id, 'errors', { limit: 9 })).length,
        (await store.jobs.pieces(tenantId, orphan, 'people', { limit: 9 })).length,
      ];
      await store.sweep(AT + DAY_MS - 1);
      expect(await left()).toEqual([1, 1, 1]);
      await store.sweep(AT + DAY_MS);
      expect(await left()).toEqual([0, 1, 0]);
      await store.sweep(AT + 7 * DAY_MS);
      expect(await left()).toEqual([0, 0, 0]);
    });

    test('go through all users in the order of their creation', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      for (const id of ['c', 'a', 'b', 'd']) {
        await store.users.insert(
          aUser(tenantId, { id, email: `${id}@example.com`, connection: id === 'd' ? 'Other' : 'Directory' }),
        );
      }
      await store.users.insert(aUser(tenantId, { id: 'e', email: 'e@example.com', linkedTo: 'a' }));
      const walk = async (more: { connection?: string } = {}) => {
        const seen: string[][] = [];
        let after = 0;
        for (;;) {
          const { users, last } = await store.users.following(tenantId, { ...more, after, limit: 2 });
          if (last === undefined) return seen;
          seen.push(users.map(({ id }) => id));
          after = last;
        }
      };
      expect(await walk()).toEqual([
        ['c', 'a'],
        ['b', 'd'],
      ]);
      expect(await walk({ connection: 'Directory' })).toEqual([['c', 'a'], ['b']]);
    });
  });
}
