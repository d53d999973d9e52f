// Storage: what people allowed applications that are not the tenant's own: one row for each user, client and audience.
// Whoever takes a consent back takes with it the refresh tokens that rest on it.

import { type Desk, indexed, parse } from '../columns.ts';
import { type Database, first, rows, type Work } from '../database.ts';
import type { ConsentRow } from '../protocol-tables.ts';
import type { ConsentRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import { removeTokens } from './refresh-tokens.ts';

export function createConsents({ db }: Desk): Store['consents'] {
  const { build, run, transact } = db;
  const of = (tenantId: string) => build.selectFrom('consents').where('tenant_id', '=', tenantId);

  return {
    async find(tenantId, userId, clientId, audience) {
      const query = of(tenantId)
        .selectAll()
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .where('audience_key', '=', indexed(audience));
      const row = await run(() => first(query));
      return row && toConsent(row);
    },

    async list(tenantId, { userId, clientId, audience, page }) {
      let found = of(tenantId);
      if (userId !== undefined) found = found.where('user_id', '=', userId);
      if (clientId !== undefined) found = found.where('client_id', '=', clientId);
      if (audience !== undefined) found = found.where('audience_key', '=', indexed(audience));
      const query = found.selectAll().orderBy('seq').limit(page.limit).offset(page.offset);
      const count = found.select((eb) => eb.fn.countAll<number>().as('total'));
      const records = (await run(() => rows(query))).map(toConsent);
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },

    remove: async (tenantId, id) => (await transact(() => removeConsents(db, tenantId, { id }))) === 1,

    removeOfUser: (tenantId, userId) => transact(() => removeConsents(db, tenantId, { user_id: userId })),
  };
}

function* removeConsents(db: Database, tenantId: string, of: { id: string } | { user_id: string }): Work<number> {
  const query = db.build
    .deleteFrom('consents')
    .where('tenant_id', '=', tenantId)
    .where((eb) => eb.and(of));
  const removed = yield* rows(query.returning(['user_id', 'client_id', 'audience']));
  for (const { user_id: userId, client_id: clientId, audience } of removed) {
    yield* removeTokens(db, tenantId, { userId, clientId, audience });
  }
  return removed.length;
}

/** The update takes the row, and what it had is read from it: of two that come at once, the second adds to the first. */
export function* grantConsent({ db }: Desk, change: Extract<Change, { kind: 'consent.grant' }>): Work<boolean> {
  const { tenantId, id, userId, clientId, audience, scope, createdAt, updatedAt } = change.consent;
  const upsert = db.build
    .insertInto('consents')
    .values({
      tenant_id: tenantId,
      id,
      user_id: userId,
      client_id: clientId,
      audience,
      audience_key: indexed(audience),
      scope: JSON.stringify(scope),
      created_at: createdAt,
      updated_at: updatedAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id', 'client_id', 'audience_key']).doUpdateSet({ updated_at: updatedAt }),
    )
    .returning(['id', 'scope']);
  const row = yield* first(upsert);
  if (!row) return false;
  const before = parse<string[]>(row.scope);
  const scopes = [...new Set([...before, ...scope])];
  if (scopes.length === before.length) return true;
  yield db.build
    .updateTable('consents')
    .set({ scope: JSON.stringify(scopes) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', row.id)
    .compile();
  return true;
}

function toConsent(row: Omit<ConsentRow, 'seq'>): ConsentRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    audience: row.audience,
    scope: parse<string[]>(row.scope),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
