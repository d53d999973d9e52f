// Storage: what logins and enrollments write about enrolled factors: guarded, so that a code, a step or a counter is good
// once, whoever comes with it at the same time.

import type { Desk } from '../columns.ts';
import { affected, first, rows, type Work } from '../database.ts';
import type { Change } from '../store.ts';
import { authenticatorPlace, openDetail, sealDetail } from './authenticator-row.ts';
import { addAuthenticator } from './authenticators.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;
type Owned = { tenantId: string; userId: string };

export function* insertAuthenticator(desk: Desk, change: ChangeOf<'authenticator.insert'>): Work<boolean> {
  const { authenticator, beside } = change;
  if (beside && (yield* hasOthers(desk, authenticator, beside))) return false;
  return yield* addAuthenticator(desk, authenticator);
}

/** The user is held until the transaction ends: of two that come at once the second finds the first. */
function* hasOthers({ db }: Desk, { tenantId, userId }: Owned, known: string[]): Work<boolean> {
  const { build, hold } = db;
  const user = build.selectFrom('users').select('id').where('tenant_id', '=', tenantId).where('id', '=', userId);
  yield* first(hold(user));
  const own = build.selectFrom('authenticators').select('id').where('tenant_id', '=', tenantId);
  const found = yield* rows(own.where('user_id', '=', userId).where('confirmed', '=', 1));
  return found.some(({ id }) => !known.includes(id));
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

/** WebAuthn Level 3 §7.2, step 22: a counter that does not grow is that of a copy; many authenticators keep none. */
export function* countCredential(desk: Desk, change: ChangeOf<'authenticator.count'>): Work<boolean> {
  const { build, hold } = desk.db;
  const { tenantId, id, counter, backedUp, at } = change;
  const mine = build.selectFrom('authenticators').select(['detail', 'counter']).where('tenant_id', '=', tenantId);
  const row = yield* first(hold(mine.where('id', '=', id)));
  if (!row || row.detail === null || row.counter === null) return false;
  if (row.counter >= counter && (row.counter !== 0 || counter !== 0)) return false;
  const { credential, ...rest } = openDetail(desk, tenantId, id, row.detail);
  if (!credential) return false;
  const detail =
    credential.backedUp === backedUp
      ? row.detail
      : sealDetail(desk, tenantId, id, { ...rest, credential: { ...credential, backedUp } });
  yield build
    .updateTable('authenticators')
    .set({ counter, detail, last_auth_at: at })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .compile();
  return true;
}

export function* confirmAuthenticator(desk: Desk, change: ChangeOf<'authenticator.confirm'>): Work<boolean> {
  if (change.beside && (yield* hasOthers(desk, change, change.beside))) return false;
  const query = desk.db.build
    .updateTable('authenticators')
    .set({ confirmed: 1, enrolled_at: change.at })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id)
    .where('user_id', '=', change.userId)
    .where('confirmed', '=', 0);
  return (yield* affected(query)) === 1;
}

export function* nameAuthenticator({ db }: Desk, change: ChangeOf<'authenticator.name'>): Work<boolean> {
  const query = db.build
    .updateTable('authenticators')
    .set({ name: change.name })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.id);
  return (yield* affected(query)) === 1 || change.ifThere === true;
}

/** Sealed twice a value differs, so what is stored is opened and compared while the row is held. */
export function* replaceSecret(desk: Desk, change: ChangeOf<'authenticator.replace-secret'>): Work<boolean> {
  const { build, hold } = desk.db;
  const { tenantId, id, from, to, at } = change;
  const mine = build.selectFrom('authenticators').select('secret').where('tenant_id', '=', tenantId);
  const row = yield* first(hold(mine.where('id', '=', id)));
  if (!row || row.secret === null || desk.keyring.open(authenticatorPlace(tenantId, id, 'secret'), row.secret) !== from)
    return false;
  yield build
    .updateTable('authenticators')
    .set({ secret: desk.keyring.seal(authenticatorPlace(tenantId, id, 'secret'), to), last_auth_at: at })
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
