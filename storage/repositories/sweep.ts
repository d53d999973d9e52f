// Storage: what has run out is removed, a few hundred rows at a time, so that a login never waits behind a long delete.
import { type RawBuilder, sql } from 'kysely';
import type { Desk } from '../columns.ts';
import { affected } from '../database.ts';
import type { Store } from '../store.ts';

const ROWS_AT_ONCE = 500;

const DAY_MS = 24 * 60 * 60_000;
const DEVICE_DAYS = 90;
const REMEMBERED_DAYS = 30;

/** A build is written before the draft that names it: a young one may be waiting for its draft. */
const BUILD_GRACE_MS = 60 * 60_000;

const namedBy = (table: string) =>
  sql`exists (select 1 from ${sql.table(table)} as named where named.tenant_id = builds.tenant_id and named.build = builds.id)`;
const unnamed = sql`not ${namedBy('actions')} and not ${namedBy('action_versions')}`;

export function createSweep({ db }: Desk): Store['sweep'] {
  return async (now) => {
    const spent: [table: string, key: string, condition: RawBuilder<unknown>][] = [
      ['transactions', 'tenant_id, id', sql`expires_at <= ${now}`],
      ['handles', 'tenant_id, kind, hash', sql`expires_at <= ${now}`],
      ['sessions', 'tenant_id, id', sql`expires_at <= ${now} or idle_expires_at <= ${now}`],
      ['login_devices', 'tenant_id, user_id, device, agent_hash', sql`seen_at <= ${now - DEVICE_DAYS * DAY_MS}`],
      ['remembered_browsers', 'tenant_id, user_id, device', sql`renewed_at < ${now - REMEMBERED_DAYS * DAY_MS}`],
      ['messages', 'tenant_id, id', sql`expires_at <= ${now}`],
      ['executions', 'tenant_id, id', sql`expires_at <= ${now}`],
      ['execution_actions', 'tenant_id, action_id, execution', sql`expires_at <= ${now}`],
      ['builds', 'tenant_id, id', sql`updated_at <= ${now - BUILD_GRACE_MS} and ${unnamed}`],
      // The bucket is full again: a row that is not there says the same.
      ['attempts', 'tenant_id, key_hash', sql`tat <= ${now}`],
    ];
    let gone = 0;
    for (const [table, key, condition] of spent) {
      const name = sql.table(table);
      const columns = sql.raw(key);
      const some = sql`delete from ${name} where (${columns}) in
        (select ${columns} from ${name} where ${condition} limit ${ROWS_AT_ONCE}) and (${condition})`;
      for (let removed = ROWS_AT_ONCE; removed === ROWS_AT_ONCE; gone += removed) {
        removed = await db.run(() => affected({ compile: () => some.compile(db.build) }));
      }
    }
    return gone;
  };
}
