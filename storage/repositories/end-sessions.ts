// Storage: the one place where sessions end, whoever ends them. What finds them goes with them, and in the same database
// transaction the applications that are to be told of it get a notice: no crash and no new way to end one forgets them.
import { randomUUID } from 'node:crypto';
import { type Desk, parse } from '../columns.ts';
import { rows, type Work } from '../database.ts';
import type { LogoutNoticeRow } from '../protocol-tables.ts';
import type { ClientRecord, SessionEnd, SessionRecord } from '../records.ts';
import { removeHandles } from './handles.ts';

/** After this an application has more to catch up with than one session. */
const NOTICE_LIFETIME_MS = 60 * 60_000;

/** Notices of one statement. */
const ROWS_AT_ONCE = 500;

/** A row as it left. */
export type EndedSession = { id: string; user_id: string; doc: string };

/** Ends one session, or all of a user; returns how many. */
export function* endSessions(
  desk: Desk,
  tenantId: string,
  which: { id: string } | { userId: string },
  because: SessionEnd,
): Work<number> {
  const all = desk.db.build.deleteFrom('sessions').where('tenant_id', '=', tenantId);
  const mine = 'id' in which ? all.where('id', '=', which.id) : all.where('user_id', '=', which.userId);
  const ended = yield* rows(mine.returning(['id', 'user_id', 'doc']));
  yield* afterSessions(desk, tenantId, ended, because);
  return ended.length;
}

/** What an end of sessions is beside their rows, which are deleted already. */
export function* afterSessions(
  desk: Desk,
  tenantId: string,
  ended: readonly EndedSession[],
  because: SessionEnd,
): Work<void> {
  yield* removeHandles(desk.db, tenantId, [...ended]);
  const sessions = ended.map(({ id, user_id, doc }) => ({ id, userId: user_id, clients: clientsOf(doc) }));
  const told = yield* whoIsTold(desk, tenantId, new Set(sessions.flatMap(({ clients }) => clients)), because);
  const at = desk.now();
  const notices = sessions.flatMap(({ id, userId, clients }) =>
    clients
      .filter((clientId) => told.has(clientId))
      .map(
        (clientId): LogoutNoticeRow => ({
          tenant_id: tenantId,
          id: randomUUID(),
          client_id: clientId,
          user_id: userId,
          session_id: id,
          tries: 0,
          due_at: at,
          created_at: at,
          expires_at: at + NOTICE_LIFETIME_MS,
        }),
      ),
  );
  for (let start = 0; start < notices.length; start += ROWS_AT_ONCE) {
    const some = notices.slice(start, start + ROWS_AT_ONCE);
    yield desk.db.build.insertInto('logout_notices').values(some).compile();
  }
}

function* whoIsTold(
  { db }: Desk,
  tenantId: string,
  clients: ReadonlySet<string>,
  because: SessionEnd,
): Work<ReadonlySet<string>> {
  if (clients.size === 0) return clients;
  const query = db.build.selectFrom('clients').select(['id', 'doc']).where('tenant_id', '=', tenantId);
  const known = yield* rows(query.where('id', 'in', [...clients]));
  return new Set(known.filter(({ doc }) => isTold(doc, because)).map(({ id }) => id));
}

function isTold(doc: string, because: SessionEnd): boolean {
  const { backChannelLogout: told } = parse<Pick<ClientRecord, 'backChannelLogout'>>(doc);
  return told !== undefined && (told.ends === 'all' || told.ends.includes(because));
}

const clientsOf = (doc: string): string[] => [...new Set(parse<Pick<SessionRecord, 'clients'>>(doc).clients)];
