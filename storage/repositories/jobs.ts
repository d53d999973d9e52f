// Storage: work that goes on after the answer that took it on: kept as a configuration family, whose parent says whether it
// is still under way. What it works through lies beside it in pieces, and goes step by step.
import { type Desk, indexed, parse } from '../columns.ts';
import { affected, first, rows, type Work } from '../database.ts';
import type { JobPiece, JobPieceKind, JobRecord } from '../records.ts';
import type { JobStep, Store } from '../store.ts';
import { collectionColumns, createCollection, type Family, fromRow, toColumns } from './collection.ts';
import { createWriteNewcomers } from './newcomers.ts';

const UNDER_WAY = 'under-way';
const PIECES_AT_ONCE = 200;

const isUnderWay = ({ status }: JobRecord): boolean => status === 'pending' || status === 'processing';

const JOBS: Family<JobRecord> = {
  table: 'jobs',
  parent: (record) => (isUnderWay(record) ? UNDER_WAY : undefined),
  sealed: ['fileKey'],
};

/** Thrown through the database transaction, so that it rolls back. */
class Gone extends Error {}

export function createJobs(desk: Desk): Store['jobs'] {
  const { build, hold, run, transact } = desk.db;
  const writeNewcomers = createWriteNewcomers(desk);

  const piecesOf = (tenantId: string, id: string) =>
    build.selectFrom('job_pieces').where('tenant_id', '=', tenantId).where('job_id', '=', id);

  return {
    ...createCollection<JobRecord>(desk, JOBS),

    async abandoned(before, limit) {
      const query = build
        .selectFrom('jobs')
        .select(collectionColumns)
        .where('parent', '=', indexed(UNDER_WAY))
        .where('updated_at', '<', before)
        .orderBy('seq')
        .limit(limit);
      const found = await run(() => rows(query));
      return found.map((row) => fromRow<JobRecord>(desk, 'jobs', row));
    },

    async underWay(tenantId, type) {
      const query = build
        .selectFrom('jobs')
        .select(collectionColumns)
        .where('tenant_id', '=', tenantId)
        .where('parent', '=', indexed(UNDER_WAY));
      const found = await run(() => rows(query));
      return found.filter((row) => fromRow<JobRecord>(desk, 'jobs', row).type === type).length;
    },

    async addPieces(tenantId, id, kind, pieces) {
      await transact(() => add(desk, { tenantId, id, kind }, pieces));
    },

    async pieces(tenantId, id, kind, { after = -1, limit }) {
      const query = piecesOf(tenantId, id)
        .select(['position', 'sealed'])
        .where('kind', '=', kind)
        .where('position', '>', after)
        .orderBy('position')
        .limit(limit);
      const found = await run(() => rows(query));
      return found.map(({ position, sealed }) => ({
        position,
        content: parse(desk.keyring.open(placeOf({ tenantId, id, kind }, position), sealed)),
      }));
    },

    async removePieces(tenantId, id) {
      const some = piecesOf(tenantId, id).select(['kind', 'position']).limit(PIECES_AT_ONCE);
      for (let found = await run(() => rows(some)); found.length > 0; found = await run(() => rows(some))) {
        await transact(function* () {
          for (const { kind, position } of found) {
            yield build
              .deleteFrom('job_pieces')
              .where('tenant_id', '=', tenantId)
              .where('job_id', '=', id)
              .where('kind', '=', kind)
              .where('position', '=', position)
              .compile();
          }
        });
      }
    },

    async advance(tenantId, id, { takes = [], newcomers = [], conclude }: JobStep) {
      const own = build.selectFrom('jobs').select(collectionColumns).where('tenant_id', '=', tenantId);
      try {
        return await transact(function* (): Work<JobRecord> {
          // Held to the end: of two who do the same step the second finds its pieces gone.
          const row = yield* first(hold(own.where('id', '=', id)));
          const job = row && fromRow<JobRecord>(desk, 'jobs', row);
          if (!job || !isUnderWay(job)) throw new Gone();
          if (takes.length > 0) {
            const taken = build
              .deleteFrom('job_pieces')
              .where('tenant_id', '=', tenantId)
              .where('job_id', '=', id)
              .where('kind', '=', 'people')
              .where('position', 'in', [...takes]);
            if ((yield* affected(taken)) !== takes.length) throw new Gone();
          }
          const arrived = yield* writeNewcomers(newcomers);
          const { job: concluded, adds } = conclude(job, arrived);
          const edited = { ...concluded, tenantId, id, createdAt: job.createdAt };
          if (adds && (yield* add(desk, { tenantId, id, kind: adds.kind }, adds.pieces)) !== adds.pieces.length) {
            throw new Gone();
          }
          const columns = toColumns(desk, JOBS, edited);
          yield build.updateTable('jobs').set(columns).where('tenant_id', '=', tenantId).where('id', '=', id).compile();
          return edited;
        });
      } catch (error) {
        if (error instanceof Gone) return 'gone';
        throw error;
      }
    },
  };
}

type Heap = { tenantId: string; id: string; kind: JobPieceKind };

/** How many were written. */
function* add(desk: Desk, heap: Heap, pieces: readonly JobPiece[]): Work<number> {
  let written = 0;
  for (const { position, content } of pieces) {
    const query = desk.db.build
      .insertInto('job_pieces')
      .values({
        tenant_id: heap.tenantId,
        job_id: heap.id,
        kind: heap.kind,
        position,
        sealed: desk.keyring.seal(placeOf(heap, position), JSON.stringify(content)),
        created_at: desk.now(),
      })
      .onConflict((conflict) => conflict.doNothing());
    written += yield* affected(query);
  }
  return written;
}

/** What is sealed opens at its place among the others only. */
const placeOf = ({ tenantId, id, kind }: Heap, position: number) => ({
  tenantId,
  table: 'job_pieces',
  row: `${id} ${kind} ${position}`,
  column: 'sealed',
});
