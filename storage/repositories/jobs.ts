// Storage: work that goes on after the answer that took it on: kept as a configuration family, whose parent says whether it
// is still under way.
import { type Desk, indexed } from '../columns.ts';
import { first, rows } from '../database.ts';
import type { JobRecord } from '../records.ts';
import type { Store } from '../store.ts';
import { collectionColumns, createCollection, fromRow } from './collection.ts';

const UNDER_WAY = 'under-way';

const isUnderWay = ({ status }: JobRecord): boolean => status === 'pending' || status === 'processing';

export function createJobs(desk: Desk): Store['jobs'] {
  const { build, run } = desk.db;

  return {
    ...createCollection<JobRecord>(desk, {
      table: 'jobs',
      parent: (record) => (isUnderWay(record) ? UNDER_WAY : undefined),
      sealed: ['entries', 'errors'],
    }),

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

    async underWay(tenantId) {
      const query = build
        .selectFrom('jobs')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('tenant_id', '=', tenantId)
        .where('parent', '=', indexed(UNDER_WAY));
      return (await run(() => first(query)))?.total ?? 0;
    },
  };
}
