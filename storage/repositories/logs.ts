// Storage: tenant logs. Only written and read; the id sorts by time, so a page, a checkpoint and an order need no more
// than the key.

import { type Desk, indexed, parse } from '../columns.ts';
import { first, rows, type Work } from '../database.ts';
import type { LogRecord } from '../records.ts';
import type { Change, LogQuery, Store } from '../store.ts';
import { searchLogs } from './log-search.ts';
import { queueLine } from './log-streams.ts';

export function createLogs({ db }: Desk): Store['logs'] {
  const { build, run } = db;
  const matching = (tenantId: string, { type, types, userId, clientId, after }: Omit<LogQuery, 'order' | 'page'>) => {
    let query = build.selectFrom('logs').where('tenant_id', '=', tenantId);
    if (type !== undefined) query = query.where('type', '=', type);
    // PostgreSQL knows no empty list; no line is of no type.
    if (types !== undefined) query = query.where('type', 'in', types.length === 0 ? [''] : types);
    if (userId !== undefined) query = query.where('user_key', '=', indexed(userId));
    if (clientId !== undefined) query = query.where('client_key', '=', indexed(clientId));
    if (after !== undefined) query = query.where('id', '>', after);
    return query;
  };

  return {
    async find(tenantId, id) {
      const row = await run(() => first(matching(tenantId, {}).select('doc').where('id', '=', id)));
      return row && parse<LogRecord>(row.doc);
    },

    async following(tenantId, { after, limit }) {
      const page = matching(tenantId, after === undefined ? {} : { after });
      return (await run(() => rows(page.select('doc').orderBy('id').limit(limit)))).map((row) =>
        parse<LogRecord>(row.doc),
      );
    },

    search: (tenantId, query) => searchLogs(db, tenantId, query),

    async list(tenantId, query) {
      const order = query.after !== undefined || query.order === 'oldest' ? 'asc' : 'desc';
      const { limit, offset } = query.page;
      const page = matching(tenantId, query).select('doc').orderBy('id', order).limit(limit).offset(offset);
      const count = matching(tenantId, query).select((eb) => eb.fn.countAll<number>().as('total'));
      const records = (await run(() => rows(page))).map((row) => parse<LogRecord>(row.doc));
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },
  };
}

export function* insertLog({ db }: Desk, { log }: Extract<Change, { kind: 'log.insert' }>): Work<boolean> {
  yield db.build
    .insertInto('logs')
    .values({
      tenant_id: log.tenantId,
      id: log.id,
      at: log.at,
      type: log.type,
      user_key: log.userId === undefined ? null : indexed(log.userId),
      client_key: log.clientId === undefined ? null : indexed(log.clientId),
      doc: JSON.stringify(log),
    })
    .compile();
  yield* queueLine(db, log);
  return true;
}
