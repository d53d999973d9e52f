// Storage: the sixth schema: signing keys have a place. The newest key of a tenant is its current one; what else a tenant
// needs is made when it is first read.
import { type Kysely, sql } from 'kysely';

export async function signingKeyPlaces(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('signing_keys')
    .addColumn('place', 'text', (column) => column.notNull().defaultTo('previous'))
    .execute();
  for (const column of ['current_since', 'current_until', 'revoked_at']) {
    await db.schema.alterTable('signing_keys').addColumn(column, 'bigint').execute();
  }
  await sql`
    update signing_keys set place = 'current', current_since = created_at
    where seq in (select max(seq) from signing_keys group by tenant_id)
  `.execute(db);
  // Two servers that make or rotate keys at the same moment leave one current and one next.
  await sql`
    create unique index signing_keys_by_place on signing_keys (tenant_id, algorithm, place)
    where place in ('current', 'next')
  `.execute(db);
}
