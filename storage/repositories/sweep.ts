// Storage: what has run out is removed, a few hundred rows at a time, so that a login never waits behind a long delete.
import { type RawBuilder, sql } from 'kysely';
import type { Desk } from '../columns.ts';
import { affected, type Database, rows, type Work } from '../database.ts';
import type { Store } from '../store.ts';
import { afterSessions, type EndedSession } from './end-sessions.ts';
import { removeHandles } from './handles.ts';

const ROWS_AT_ONCE = 500;

const DAY_MS = 24 * 60 * 60_000;
const DEVICE_DAYS = 90;
const REMEMBERED_DAYS = 30;
const JOB_DAYS = 7;
const MESSAGE_DAYS = 30;
const UNSENT_LINE_DAYS = 30;

/** A build is written before the draft that names it: a young one may be waiting for its draft. */
const BUILD_GRACE_MS = 60 * 60_000;

const namedBy = (table: string) =>
  sql`exists (select 1 from ${sql.table(table)} as named where named.tenant_id = builds.tenant_id and named.build = builds.id)`;
const unnamed = sql`not ${namedBy('actions')} and not ${namedBy('action_versions')}`;

/** What was read of a file whose job never came to be, or has gone. */
const jobless = sql`not exists (select 1 from jobs where jobs.tenant_id = job_pieces.tenant_id and jobs.id = job_pieces.job_id)`;

/** A device that was not confirmed by then belongs to an enrollment that nobody went on with. */
const UNCONFIRMED_MS = 60 * 60_000;

/** A client that comes late with the key of a login is told so, and not that there never was such a key. */
const KEY_GRACE_MS = 60 * 60_000;

export function createSweep(desk: Desk): Store['sweep'] {
  const { db } = desk;
  return async (now) => {
    const spent: [table: string, key: string, condition: RawBuilder<unknown>][] = [
      ['transactions', 'tenant_id, id', sql`expires_at <= ${now}`],
      [
        'handles',
        'tenant_id, kind, hash',
        sql`expires_at <= ${now} and (kind <> 'mfa-token' or expires_at <= ${now - KEY_GRACE_MS})`,
      ],
      ['logout_notices', 'tenant_id, id', sql`expires_at <= ${now}`],
      // Those that were answered, too: a device that is late, or comes twice, is told so and not that there was none.
      ['push_requests', 'tenant_id, id', sql`expires_at <= ${now - DAY_MS}`],
      [
        'authenticators',
        'tenant_id, id',
        sql`confirmed = 0 and created_at <= ${now - UNCONFIRMED_MS} and type = 'push'`,
      ],
      ['seen', 'tenant_id, key_hash', sql`expires_at <= ${now}`],
      ['login_devices', 'tenant_id, user_id, device, agent_hash', sql`seen_at <= ${now - DEVICE_DAYS * DAY_MS}`],
      ['remembered_browsers', 'tenant_id, user_id, device', sql`renewed_at < ${now - REMEMBERED_DAYS * DAY_MS}`],
      ['messages', 'tenant_id, id', sql`expires_at <= ${now - MESSAGE_DAYS * DAY_MS}`],
      ['log_stream_lines', 'tenant_id, stream_id, log_id', sql`queued_at <= ${now - UNSENT_LINE_DAYS * DAY_MS}`],
      ['log_stream_letters', 'tenant_id, stream_id, log_id', sql`set_aside_at <= ${now - UNSENT_LINE_DAYS * DAY_MS}`],
      ['executions', 'tenant_id, id', sql`expires_at <= ${now}`],
      ['execution_actions', 'tenant_id, action_id, execution', sql`expires_at <= ${now}`],
      ['login_steps', 'tenant_id, transaction_id, ordinal', sql`expires_at <= ${now}`],
      ['builds', 'tenant_id, id', sql`updated_at <= ${now - BUILD_GRACE_MS} and ${unnamed}`],
      ['jobs', 'tenant_id, id', sql`updated_at <= ${now - JOB_DAYS * DAY_MS}`],
      [
        'job_pieces',
        'tenant_id, job_id, kind, position',
        sql`created_at <= ${now - DAY_MS} and (kind = 'file' or ${jobless})`,
      ],
      ['passwordless_codes', 'tenant_id, connection_id, address_hash', sql`expires_at <= ${now}`],
      ['login_blocks', 'tenant_id, identifier, network', sql`expires_at <= ${now}`],
      // The bucket is full again: a row that is not there says the same.
      ['attempts', 'tenant_id, key_hash', sql`tat <= ${now}`],
      ['allowances', 'tenant_id, key_hash', sql`expires_at <= ${now}`],
    ];
    await eraseMessages(db, now);
    let gone = await sweepSessions(desk, now);
    gone += await sweepFound(db, 'refresh_tokens', sql`expires_at <= ${now} or idle_expires_at <= ${now}`);
    gone += await sweepFound(db, 'tickets', sql`expires_at <= ${now}`);
    for (const [table, key, condition] of spent) {
      const some = deletion(table, key, condition);
      for (let removed = ROWS_AT_ONCE; removed === ROWS_AT_ONCE; gone += removed) {
        removed = await db.run(() => affected({ compile: () => some.compile(db.build) }));
      }
    }
    return gone;
  };
}

/**
 * Words that have run out go; that there was a message, to whom and with which end, stays for the operator. Those whose end
 * is not written are left to whoever writes it.
 */
async function eraseMessages(db: Database, now: number): Promise<void> {
  const spent = sql`expires_at <= ${now} and text is not null and state not in ('pending', 'attempting')`;
  const some = sql`update messages set text = null, code = null, about = null, mail = null
    where (tenant_id, id) in (select tenant_id, id from messages where ${spent} limit ${ROWS_AT_ONCE})`;
  for (let erased = ROWS_AT_ONCE; erased === ROWS_AT_ONCE; ) {
    erased = await db.run(() => affected({ compile: () => some.compile(db.build) }));
  }
}

/** Applications are told of these as of all others that end. */
async function sweepSessions(desk: Desk, now: number): Promise<number> {
  const { db } = desk;
  const over = sql`expires_at <= ${now} or idle_expires_at <= ${now}`;
  const some = sql<
    EndedSession & { tenant_id: string }
  >`${deletion('sessions', 'tenant_id, id', over)} returning tenant_id, id, user_id, doc`;
  let gone = 0;
  for (let removed = ROWS_AT_ONCE; removed === ROWS_AT_ONCE; gone += removed) {
    removed = await db.transact(function* (): Work<number> {
      const found = yield* rows({ compile: () => some.compile(db.build) });
      for (const [tenantId, ended] of Map.groupBy(found, (row) => row.tenant_id)) {
        yield* afterSessions(desk, tenantId, ended, 'session-expired');
      }
      return found.length;
    });
  }
  return gone;
}

/** Of what handles find that may outlive it: those go in the same database transaction. */
async function sweepFound(
  db: Database,
  table: 'refresh_tokens' | 'tickets',
  condition: RawBuilder<unknown>,
): Promise<number> {
  const some = sql<{
    tenant_id: string;
    id: string;
  }>`${deletion(table, 'tenant_id, id', condition)} returning tenant_id, id`;
  let gone = 0;
  for (let removed = ROWS_AT_ONCE; removed === ROWS_AT_ONCE; gone += removed) {
    removed = await db.transact(function* (): Work<number> {
      const found = yield* rows({ compile: () => some.compile(db.build) });
      for (const [tenantId, ended] of Map.groupBy(found, (row) => row.tenant_id)) {
        yield* removeHandles(db, tenantId, ended);
      }
      return found.length;
    });
  }
  return gone;
}

function deletion(table: string, key: string, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  const name = sql.table(table);
  const columns = sql.raw(key);
  return sql`delete from ${name} where (${columns}) in
    (select ${columns} from ${name} where ${condition} limit ${ROWS_AT_ONCE}) and (${condition})`;
}
