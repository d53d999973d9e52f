// Storage: enrolled factors of users. Those of a user are read at every login, one of them by its credential where somebody
// comes with a passkey and no name.

import { type Desk, indexed } from '../columns.ts';
import { affected, compiled, first, rows, Violation, type Work } from '../database.ts';
import type { AuthenticatorRecord } from '../records.ts';
import type { Authenticators } from '../store.ts';
import { authenticatorColumns as columns, toAuthenticator, toAuthenticatorRow } from './authenticator-row.ts';

export function createAuthenticators(desk: Desk): Authenticators {
  const { build, hold, run, transact } = desk.db;
  const select = (tenantId: string) =>
    build.selectFrom('authenticators').select(columns).where('tenant_id', '=', tenantId);
  const ofUser = compiled((tenantId, userId) =>
    select(tenantId).where('user_id', '=', userId).orderBy('created_at').orderBy('seq'),
  );

  return {
    async insert(authenticator) {
      try {
        return (await run(() => addAuthenticator(desk, authenticator))) ? 'inserted' : 'conflict';
      } catch (error) {
        if (error instanceof Violation) return 'conflict'; // The user was removed in the meantime.
        throw error;
      }
    },

    async find(tenantId, id) {
      const row = await run(() => first(select(tenantId).where('id', '=', id)));
      return row && toAuthenticator(desk, row);
    },

    async findByCredential(tenantId, credentialId) {
      const row = await run(() => first(select(tenantId).where('credential_id', '=', indexed(credentialId))));
      return row && toAuthenticator(desk, row);
    },

    async ofUser(tenantId, userId) {
      const found = await run(() => rows(ofUser(tenantId, userId)));
      return found.map((row) => toAuthenticator(desk, row));
    },

    update: (tenantId, id, edit) =>
      transact(function* () {
        const row = yield* first(hold(select(tenantId).where('id', '=', id)));
        if (!row) return 'missing';
        const kept = { tenantId, id, userId: row.user_id, createdAt: row.created_at };
        const edited = { ...edit(toAuthenticator(desk, row)), ...kept };
        const { tenant_id: _, id: __, ...changed } = toAuthenticatorRow(desk, edited);
        yield build
          .updateTable('authenticators')
          .set(changed)
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .compile();
        return edited;
      }),

    remove: (tenantId, id) =>
      transact(function* () {
        const row = yield* first(select(tenantId).where('id', '=', id));
        if (!row) return false;
        // Held until this ends: of two that go at once the second sees that it is the last.
        yield* first(
          hold(build.selectFrom('users').select('id').where('tenant_id', '=', tenantId).where('id', '=', row.user_id)),
        );
        const query = build.deleteFrom('authenticators').where('tenant_id', '=', tenantId).where('id', '=', id);
        if ((yield* affected(query)) === 0) return false;
        if (row.confirmed === 0) return true;
        yield* removeLoneRecoveryCode(desk, tenantId, row.user_id);
        // A browser that was remembered for this factor would go on standing in for it.
        const remembered = build.deleteFrom('remembered_browsers').where('tenant_id', '=', tenantId);
        yield remembered.where('user_id', '=', row.user_id).compile();
        return true;
      }),
  };
}

/**
 * A recovery code stands for a second factor that was lost. Where there is none any more, there is nothing it could stand
 * for: a passkey comes in a password's place.
 */
function* removeLoneRecoveryCode({ db: { build } }: Desk, tenantId: string, userId: string): Work<void> {
  const own = build.selectFrom('authenticators').select('type').where('tenant_id', '=', tenantId);
  const confirmed = yield* rows(own.where('user_id', '=', userId).where('confirmed', '=', 1));
  if (confirmed.some(({ type }) => type !== 'recovery-code' && type !== 'passkey')) return;
  const codes = build.deleteFrom('authenticators').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  yield codes.where('type', '=', 'recovery-code').compile();
}

/** False when the id, or that of the credential, is taken; a `Violation` when there is no such user. */
export function* addAuthenticator(desk: Desk, authenticator: AuthenticatorRecord): Work<boolean> {
  const query = desk.db.build
    .insertInto('authenticators')
    .values(toAuthenticatorRow(desk, authenticator))
    .onConflict((conflict) => conflict.doNothing());
  return (yield* affected(query)) === 1;
}
