// Storage: the eighteenth schema: what jobs work through and leave behind, piece by piece, so that a file of users is never one
// value.
import type { Kysely } from 'kysely';

export async function jobPieces(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('job_pieces')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('job_pieces_pk', ['tenant_id', 'job_id', 'kind', 'position'])
    .execute();
  await db.schema.createIndex('job_pieces_by_created_at').on('job_pieces').column('created_at').execute();
}
