// Storage: browsers that are signed in. How a session ends stands in end-sessions.ts.

import { type Desk, parse } from '../columns.ts';
import { affected, compiled, first, rows, type Work } from '../database.ts';
import type { SessionRecord } from '../records.ts';
import type { Change, Sessions } from '../store.ts';
import type { SessionRow } from '../tables.ts';
import { endSessions } from './end-sessions.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;
/** What is looked up by nothing. */
type Document = Pick<SessionRecord, 'methods' | 'clients' | 'device' | 'metadata' | 'cookieMode'>;

export function createSessions(desk: Desk): Sessions {
  const { build, hold, run, transact } = desk.db;
  const select = (tenantId: string) => build.selectFrom('sessions').selectAll().where('tenant_id', '=', tenantId);
  const byId = compiled((tenantId, id) => select(tenantId).where('id', '=', id));

  return {
    async find(tenantId, id) {
      const row = await run(() => first(byId(tenantId, id)));
      return row && toSession(row);
    },

    async ofUser(tenantId, userId, page) {
      const query = select(tenantId)
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset);
      const count = build
        .selectFrom('sessions')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId);
      const records = (await run(() => rows(query))).map(toSession);
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },

    update: (tenantId, id, edit) =>
      transact(function* (): Work<SessionRecord | 'missing'> {
        const row = yield* first(hold(select(tenantId).where('id', '=', id)));
        if (!row) return 'missing';
        const kept = { tenantId, id, userId: row.user_id, createdAt: row.created_at };
        const edited = { ...edit(toSession(row)), ...kept };
        yield build
          .updateTable('sessions')
          .set(toColumns(edited))
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .compile();
        return edited;
      }),

    remove: async (tenantId, id, because) => (await transact(() => endSessions(desk, tenantId, { id }, because))) === 1,

    removeOfUser: (tenantId, userId, because) => transact(() => endSessions(desk, tenantId, { userId }, because)),
  };
}

export function* putSession({ db }: Desk, { session, formerUserId, renews }: ChangeOf<'session.put'>): Work<boolean> {
  const columns = { user_id: session.userId, created_at: session.createdAt, ...toColumns(session) };
  const owners = formerUserId === undefined ? [session.userId] : [session.userId, formerUserId];
  if (renews) {
    const update = db.build.updateTable('sessions').set(columns).where('tenant_id', '=', session.tenantId);
    return (yield* affected(update.where('id', '=', session.id).where('user_id', 'in', owners))) === 1;
  }
  const query = db.build
    .insertInto('sessions')
    .values({ tenant_id: session.tenantId, id: session.id, ...columns })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'id']).doUpdateSet(columns).where('sessions.user_id', 'in', owners),
    );
  return (yield* affected(query)) === 1;
}

export function* removeSession(desk: Desk, { tenantId, id, because }: ChangeOf<'session.remove'>): Work<boolean> {
  yield* endSessions(desk, tenantId, { id }, because);
  return true;
}

export function* endSession(desk: Desk, { tenantId, id, because }: ChangeOf<'session.end'>): Work<boolean> {
  return (yield* endSessions(desk, tenantId, { id }, because)) === 1;
}

/** The columns that a session may change in. */
function toColumns(session: SessionRecord) {
  const { methods, clients, device, metadata, cookieMode } = session;
  const document: Document = {
    methods,
    clients,
    device,
    ...(metadata !== undefined && { metadata }),
    ...(cookieMode !== undefined && { cookieMode }),
  };
  return {
    doc: JSON.stringify(document),
    updated_at: session.updatedAt,
    authenticated_at: session.authenticatedAt,
    expires_at: session.expiresAt,
    idle_expires_at: session.idleExpiresAt,
  };
}

function toSession(row: SessionRow): SessionRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    ...parse<Document>(row.doc),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
    idleExpiresAt: row.idle_expires_at,
  };
}
