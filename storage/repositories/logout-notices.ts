// Storage: clients that are still to be told of a logout. Senders may be many: counting a try is what gives one of them
// the notice, and puts it off for the others.

import type { Desk } from '../columns.ts';
import { affected, rows } from '../database.ts';
import type { LogoutNoticeRow } from '../protocol-tables.ts';
import type { LogoutNoticeRecord } from '../records.ts';
import type { Store } from '../store.ts';

export function createLogoutNotices({ db }: Desk): Store['logoutNotices'] {
  const { build, run } = db;

  return {
    async due(now, { most, ofOneTenant }) {
      const due = build
        .selectFrom('logout_notices')
        .selectAll()
        .select(({ fn }) =>
          fn
            .agg<number>('row_number')
            .over((window) => window.partitionBy('tenant_id').orderBy('due_at').orderBy('id'))
            .as('place'),
        )
        .where('due_at', '<=', now)
        .where('expires_at', '>', now);
      const query = build
        .selectFrom(due.as('due'))
        .selectAll()
        .where('place', '<=', ofOneTenant)
        // In turns: a few tenants with many waiting, however long, leave the others theirs.
        .orderBy('place')
        .orderBy('due_at')
        .orderBy('id')
        .limit(most);
      return (await run(() => rows(query))).map(toNotice);
    },

    async claim(tenantId, id, tries, dueAt) {
      const query = build
        .updateTable('logout_notices')
        .set({ tries: tries + 1, due_at: dueAt })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('tries', '=', tries);
      return (await run(() => affected(query))) === 1;
    },

    async remove(tenantId, id) {
      await run(() => rows(build.deleteFrom('logout_notices').where('tenant_id', '=', tenantId).where('id', '=', id)));
    },
  };
}

function toNotice(row: LogoutNoticeRow): LogoutNoticeRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    clientId: row.client_id,
    userId: row.user_id,
    sessionId: row.session_id,
    tries: row.tries,
    dueAt: row.due_at,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
