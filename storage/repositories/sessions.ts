// Storage: browsers that are signed in. A session goes together with the handles that find it.

import { type Desk, parse } from '../columns.ts';
import { affected, first, type Work } from '../database.ts';
import type { SessionRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function createSessions({ db }: Desk): Store['sessions'] {
  const { build, run, transact } = db;

  return {
    async find(tenantId, id) {
      const row = await run(() =>
        first(build.selectFrom('sessions').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id)),
      );
      return (
        row && {
          tenantId,
          id,
          userId: row.user_id,
          ...parse<Pick<SessionRecord, 'methods' | 'clients' | 'device'>>(row.doc),
          createdAt: row.created_at,
          updatedAt: row.updated_at,
          authenticatedAt: row.authenticated_at,
          expiresAt: row.expires_at,
          idleExpiresAt: row.idle_expires_at,
        }
      );
    },

    remove: (tenantId, id) =>
      transact(function* () {
        yield build.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('id', '=', id).compile();
        const handles = build.deleteFrom('handles').where('tenant_id', '=', tenantId).where('target_id', '=', id);
        yield handles.where('kind', '=', 'session').compile();
      }),
  };
}

export function* putSession({ db }: Desk, { session }: ChangeOf<'session.put'>): Work<boolean> {
  const columns = {
    doc: JSON.stringify({ methods: session.methods, clients: session.clients, device: session.device }),
    updated_at: session.updatedAt,
    authenticated_at: session.authenticatedAt,
    expires_at: session.expiresAt,
    idle_expires_at: session.idleExpiresAt,
  };
  const query = db.build
    .insertInto('sessions')
    .values({
      tenant_id: session.tenantId,
      id: session.id,
      user_id: session.userId,
      created_at: session.createdAt,
      ...columns,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'id'])
        .doUpdateSet({ ...columns, created_at: session.createdAt })
        .where('sessions.user_id', '=', session.userId),
    );
  return (yield* affected(query)) === 1;
}
