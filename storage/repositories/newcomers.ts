// Storage: users whom a job writes, many in one statement. Who is there already is met one by one, and what becomes of that
// user the job says.
import type { CompiledQuery } from 'kysely';
import type { Desk } from '../columns.ts';
import { type Database, first, rows, type Work } from '../database.ts';
import type { Arrived, Newcomer } from '../store.ts';
import { addAuthenticator } from './authenticators.ts';
import { toUser, toUserRow, userColumns } from './user-row.ts';

type Row = ReturnType<typeof toUserRow>;

/** Texts of a size of their own for each number of rows would fill the memory of prepared statements. */
const ROWS_AT_ONCE = 25;

/** What writes newcomers within a database transaction, and says of each what became of it, in their order. */
export function createWriteNewcomers(desk: Desk): (newcomers: readonly Newcomer[]) => Work<Arrived[]> {
  const insert = createInsertion(desk.db);

  return function* (newcomers) {
    // A file may name one user twice: the second meets the first.
    const firsts = new Map(newcomers.map(({ user }) => [user.id, user] as const).toReversed());
    const inserted = new Set<string>();
    const users = [...firsts.values()].toReversed().map(toUserRow);
    for (let from = 0; from < users.length; ) {
      const size = users.length - from < ROWS_AT_ONCE ? 1 : ROWS_AT_ONCE;
      for (const { id } of yield* insert(users.slice(from, from + size))) inserted.add(id);
      from += size;
    }
    const arrived: Arrived[] = [];
    for (const newcomer of newcomers) {
      const isNew = firsts.get(newcomer.user.id) === newcomer.user && inserted.has(newcomer.user.id);
      if (!isNew) {
        arrived.push(yield* meet(desk, newcomer));
        continue;
      }
      for (const authenticator of newcomer.authenticators) yield* addAuthenticator(desk, authenticator);
      arrived.push('inserted');
    }
    return arrived;
  };
}

/** Building the text of a statement with hundreds of values takes longer than running it: it is built once. */
function createInsertion({ build }: Database): (users: Row[]) => Work<{ id: string }[]> {
  const texts = new Map<number, CompiledQuery<{ id: string }>>();
  return function* (users) {
    const known = texts.get(users.length);
    if (known) {
      const parameters = users.flatMap((user): unknown[] => Object.values(user));
      return (yield { ...known, parameters }).rows as { id: string }[];
    }
    const query = build
      .insertInto('users')
      .values(users)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .compile();
    texts.set(users.length, query);
    return (yield query).rows as { id: string }[];
  };
}

function* meet({ db }: Desk, { user, meet }: Newcomer): Work<Arrived> {
  const { build } = db;
  const existing = yield* findExisting(db, toUserRow(user));
  // It went between the statements of this transaction, which takes another one that was committed since.
  if (!existing) return [{ code: 'DUPLICATED_USER', message: 'Another user had the same identifiers a moment ago' }];
  const met = meet(toUser(existing));
  if (Array.isArray(met)) return met;
  const { tenant_id, id, created_at: _, ...columns } = toUserRow(met);
  yield build.updateTable('users').set(columns).where('tenant_id', '=', tenant_id).where('id', '=', id).compile();
  return 'updated';
}

/** Whoever has the id; if nobody, whoever has the address, the username or the number in the same connection. */
function* findExisting({ build, hold }: Database, user: Row): Work<Row | undefined> {
  const all = build.selectFrom('users').select(userColumns).where('tenant_id', '=', user.tenant_id);
  const byId = yield* first(hold(all.where('id', '=', user.id)));
  if (byId) return byId;
  for (const key of ['email_key', 'username_key', 'phone_key'] as const) {
    const value = user[key];
    if (value === null) continue;
    const [found] = yield* rows(hold(all.where('connection', '=', user.connection).where(key, '=', value)));
    if (found) return found;
  }
  return undefined;
}
