// Storage: enrolled factors of users. The TOTP secret is sealed; the last accepted step is a column, because the guard
// against replays is a condition on it.

import { type Desk, flag, given } from '../columns.ts';
import { affected, compiled, first, rows, Violation, type Work } from '../database.ts';
import type { AuthenticatorRecord, AuthenticatorType } from '../records.ts';
import type { Authenticators, Change } from '../store.ts';
import type { AuthenticatorRow } from '../tables.ts';

type StoredAuthenticator = Omit<AuthenticatorRow, 'seq'>;
type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

const columns = [
  'tenant_id',
  'id',
  'user_id',
  'type',
  'confirmed',
  'name',
  'secret',
  'totp_step',
  'phone_number',
  'email',
  'preferred_method',
  'created_at',
  'enrolled_at',
  'last_auth_at',
] as const;

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
        return (await run(() => insert(desk, authenticator))) ? 'inserted' : 'conflict';
      } catch (error) {
        if (error instanceof Violation) return 'conflict'; // The user was removed in the meantime.
        throw error;
      }
    },

    async find(tenantId, id) {
      const row = await run(() => first(select(tenantId).where('id', '=', id)));
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
        const { tenant_id: _, id: __, ...changed } = toRow(desk, edited);
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
        yield* removeLoneRecoveryCode(desk, tenantId, row.user_id);
        return true;
      }),
  };
}

/** A recovery code stands for a factor that was lost. Where there is none any more, there is nothing it could stand for. */
function* removeLoneRecoveryCode({ db: { build } }: Desk, tenantId: string, userId: string): Work<void> {
  const own = build.selectFrom('authenticators').select('type').where('tenant_id', '=', tenantId);
  const confirmed = yield* rows(own.where('user_id', '=', userId).where('confirmed', '=', 1));
  if (confirmed.some(({ type }) => type !== 'recovery-code')) return;
  const codes = build.deleteFrom('authenticators').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  yield codes.where('type', '=', 'recovery-code').compile();
}

export function* insertAuthenticator(desk: Desk, change: ChangeOf<'authenticator.insert'>): Work<boolean> {
  const { authenticator, beside } = change;
  if (beside && (yield* hasOthers(desk, authenticator, beside))) return false;
  return yield* insert(desk, authenticator);
}

/** The user is held until the transaction ends: of two that come at once the second finds the first. */
function* hasOthers({ db }: Desk, { tenantId, userId }: AuthenticatorRecord, known: string[]): Work<boolean> {
  const { build, hold } = db;
  const user = build.selectFrom('users').select('id').where('tenant_id', '=', tenantId).where('id', '=', userId);
  yield* first(hold(user));
  const own = build.selectFrom('authenticators').select('id').where('tenant_id', '=', tenantId);
  const found = yield* rows(own.where('user_id', '=', userId).where('confirmed', '=', 1));
  return found.some(({ id }) => !known.includes(id));
}

/** False when the id is taken; a `Violation` when there is no such user. */
function* insert(desk: Desk, authenticator: AuthenticatorRecord): Work<boolean> {
  const query = desk.db.build
    .insertInto('authenticators')
    .values(toRow(desk, authenticator))
    .onConflict((conflict) => conflict.doNothing());
  return (yield* affected(query)) === 1;
}

/** RFC 6238 §5.2: a step is accepted once, and none before it afterwards. */
export function* acceptStep({ db }: Desk, change: ChangeOf<'authenticator.accept-step'>): Work<boolean> {
  const query = db.build
    .updateTable('authenticators')
    .set({ totp_step: change.step })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where((eb) => eb.or([eb('totp_step', 'is', null), eb('totp_step', '<', change.step)]));
  return (yield* affected(query)) === 1;
}

/** Sealed twice a value differs, so what is stored is opened and compared while the row is held. */
export function* replaceSecret(desk: Desk, change: ChangeOf<'authenticator.replace-secret'>): Work<boolean> {
  const { build, hold } = desk.db;
  const { tenantId, id, from, to, at } = change;
  const mine = build.selectFrom('authenticators').select('secret').where('tenant_id', '=', tenantId);
  const row = yield* first(hold(mine.where('id', '=', id)));
  if (!row || row.secret === null || desk.keyring.open(place(tenantId, id), row.secret) !== from) return false;
  yield build
    .updateTable('authenticators')
    .set({ secret: desk.keyring.seal(place(tenantId, id), to), last_auth_at: at })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .compile();
  return true;
}

export function* used({ db }: Desk, change: ChangeOf<'authenticator.used'>): Work<boolean> {
  const query = db.build
    .updateTable('authenticators')
    .set({ last_auth_at: change.at })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id);
  return (yield* affected(query)) === 1;
}

function place(tenantId: string, id: string) {
  return { tenantId, table: 'authenticators', row: id, column: 'secret' };
}

function toRow({ keyring }: Desk, record: AuthenticatorRecord): StoredAuthenticator {
  return {
    tenant_id: record.tenantId,
    id: record.id,
    user_id: record.userId,
    type: record.type,
    confirmed: flag(record.confirmed),
    name: record.name ?? null,
    secret: record.secret === undefined ? null : keyring.seal(place(record.tenantId, record.id), record.secret),
    totp_step: record.totpStep ?? null,
    phone_number: record.phoneNumber ?? null,
    email: record.email ?? null,
    preferred_method: record.preferredMethod ?? null,
    created_at: record.createdAt,
    enrolled_at: record.enrolledAt ?? null,
    last_auth_at: record.lastAuthAt ?? null,
  };
}

function toAuthenticator({ keyring }: Desk, row: StoredAuthenticator): AuthenticatorRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    type: row.type as AuthenticatorType,
    confirmed: row.confirmed === 1,
    createdAt: row.created_at,
    ...given({
      name: row.name,
      secret: row.secret === null ? null : keyring.open(place(row.tenant_id, row.id), row.secret),
      totpStep: row.totp_step,
      phoneNumber: row.phone_number,
      email: row.email,
      preferredMethod: row.preferred_method as AuthenticatorRecord['preferredMethod'] | null,
      enrolledAt: row.enrolled_at,
      lastAuthAt: row.last_auth_at,
    }),
  };
}
