// Storage: what happened in the JSON flow. Only written and read, newest first.
import { sql } from 'kysely';
import { type Desk, indexed, parse } from '../columns.ts';
import { first, rows, type Work } from '../database.ts';
import type { SecurityEventRecord } from '../records.ts';
import type { Change, SecurityEventQuery, Store } from '../store.ts';

export function createSecurityEvents({ db }: Desk): Store['securityEvents'] {
  const { build, run } = db;
  const matching = (tenantId: string, query: Omit<SecurityEventQuery, 'page'>) => {
    let found = build.selectFrom('security_events').where('tenant_id', '=', tenantId);
    const { id, types, from, to, clientId, userId, externalUserId, userName, ip, userAgent, details = [] } = query;
    if (id !== undefined) found = found.where('id', '=', id);
    // PostgreSQL knows no empty list; no event is of no type.
    if (types !== undefined) found = found.where('type', 'in', types.length === 0 ? [''] : types);
    if (from !== undefined) found = found.where('at', '>=', from);
    if (to !== undefined) found = found.where('at', '<=', to);
    if (clientId !== undefined) found = found.where('client_key', '=', indexed(clientId));
    if (userId !== undefined) found = found.where('user_key', '=', indexed(userId));
    if (externalUserId !== undefined) found = found.where('external_user_key', '=', indexed(externalUserId));
    if (ip !== undefined) found = found.where('ip', '=', ip);
    if (userName !== undefined) found = found.where(contains('user_name', userName));
    if (userAgent !== undefined) found = found.where(contains('user_agent', userAgent));
    // A first, coarse cut: the text stands somewhere in the event. Which path it is at is looked at in the rows.
    for (const { value } of details)
      found = found.where(contains('doc', JSON.stringify(value).slice(1, -1), 'exactly'));
    return found;
  };

  return {
    async find(tenantId, id) {
      const row = await run(() => first(matching(tenantId, { id }).select('doc')));
      return row && parse<SecurityEventRecord>(row.doc);
    },

    async list(tenantId, query) {
      const { page, details = [] } = query;
      const newestFirst = matching(tenantId, query).select('doc').orderBy('at', 'desc').orderBy('seq', 'desc');
      if (details.length > 0) {
        const all = (await run(() => rows(newestFirst.limit(SEARCHED)))).map((row) =>
          parse<SecurityEventRecord>(row.doc),
        );
        const fitting = all.filter(({ detail }) => details.every((wanted) => fits(detail, wanted)));
        return { records: fitting.slice(page.offset, page.offset + page.limit), total: fitting.length };
      }
      const records = (await run(() => rows(newestFirst.limit(page.limit).offset(page.offset)))).map((row) =>
        parse<SecurityEventRecord>(row.doc),
      );
      const count = matching(tenantId, query).select((eb) => eb.fn.countAll<number>().as('total'));
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },
  };
}

/** Events that a search by their details looks through at most, newest first. */
const SEARCHED = 10_000;

/** Names and user agents stand folded in their columns: databases disagree about the case of letters beyond ASCII. */
function contains(column: 'user_name' | 'user_agent' | 'doc', part: string, how: 'folded' | 'exactly' = 'folded') {
  const text = how === 'folded' ? part.toLowerCase() : part;
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

function fits(detail: unknown, { path, value, any }: { path: string; value: string; any: boolean }): boolean {
  let found = detail;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return false;
    found = (found as Record<string, unknown>)[name];
  }
  return typeof found === 'string' ? found === value : any && String(found) === value;
}

export function* insertSecurityEvent(
  { db }: Desk,
  { event }: Extract<Change, { kind: 'security-event.insert' }>,
): Work<boolean> {
  yield db.build
    .insertInto('security_events')
    .values({
      tenant_id: event.tenantId,
      id: event.id,
      at: event.at,
      type: event.type,
      client_key: event.clientId === undefined ? null : indexed(event.clientId),
      user_key: event.userId === undefined ? null : indexed(event.userId),
      external_user_key: event.externalUserId === undefined ? null : indexed(event.externalUserId),
      user_name: event.userName?.toLowerCase() ?? null,
      ip: event.ip,
      user_agent: event.userAgent?.toLowerCase() ?? null,
      doc: JSON.stringify(event),
    })
    .compile();
  return true;
}
