// Storage: failed logins in a row. A try is counted before its password is compared, by one statement, so that parallel
// guesses cannot share one; a name whose count is full is blocked by that alone.

import type { Desk } from '../columns.ts';
import { type Database, first, rows, type Work } from '../database.ts';
import type { LoginBlockRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import type { Tables } from '../tables.ts';
import { foldEmail } from './user-row.ts';

export function createLoginBlocks({ db }: Desk): Store['loginBlocks'] {
  const { build, run } = db;

  return {
    async count(tenantId, { identifier, network, most, until }, now) {
      const last = { failed_at: now, expires_at: until };
      const query = build
        .insertInto('login_blocks')
        .values({ tenant_id: tenantId, identifier: foldEmail(identifier), network, failures: 1, ...last })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'identifier', 'network'])
            .doUpdateSet((eb) => ({
              ...last,
              failures: eb
                .case()
                .when('login_blocks.expires_at', '<=', now)
                .then(1)
                .else(eb('login_blocks.failures', '+', 1))
                .end(),
            }))
            .where((eb) => eb.or([eb('login_blocks.failures', '<', most), eb('login_blocks.expires_at', '<=', now)])),
        )
        .returning('failures');
      return (await run(() => first(query)))?.failures;
    },

    async list(tenantId, identifiers, { least, now }) {
      if (identifiers.length === 0) return [];
      const query = build
        .selectFrom('login_blocks')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('identifier', 'in', identifiers.map(foldEmail))
        .where('failures', '>=', least)
        .where('expires_at', '>', now)
        .orderBy('failed_at', 'desc')
        .limit(LISTED);
      return (await run(() => rows(query))).map(toRecord);
    },
  };
}

/** More addresses than anybody reads; lifting is not bound by it. */
const LISTED = 1000;

export function* liftLoginBlock(
  { db }: Desk,
  { tenantId, identifiers, network }: Extract<Change, { kind: 'login-block.lift' }>,
): Work<boolean> {
  yield* removeBlocks(db, tenantId, identifiers, network);
  return true;
}

/** Of a user, by every name they sign in with. */
export function* liftBlocksOfUser(db: Database, tenantId: string, userId: string): Work<void> {
  const names = db.build
    .selectFrom('users')
    .select(['email', 'username', 'phone_number'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId);
  const user = yield* first(names);
  const known = [user?.email, user?.username, user?.phone_number].filter((name) => typeof name === 'string');
  yield* removeBlocks(db, tenantId, known);
}

function* removeBlocks(db: Database, tenantId: string, identifiers: readonly string[], network?: string): Work<void> {
  if (identifiers.length === 0) return;
  const theirs = db.build
    .deleteFrom('login_blocks')
    .where('tenant_id', '=', tenantId)
    .where('identifier', 'in', identifiers.map(foldEmail));
  yield (network === undefined ? theirs : theirs.where('network', '=', network)).compile();
}

function toRecord(row: Tables['login_blocks']): LoginBlockRecord {
  const { identifier, network, failures } = row;
  return {
    tenantId: row.tenant_id,
    identifier,
    network,
    failures,
    failedAt: row.failed_at,
    expiresAt: row.expires_at,
  };
}
