// Storage: refresh tokens. A row holds no key: the keys of its generations are handles, which leave with it. A rotation
// is a condition on the generation, so of two that come with one key only one makes the next.

import { type Desk, given, indexed, parse } from '../columns.ts';
import { affected, type Database, first, rows, type Work } from '../database.ts';
import type { RefreshTokenRow } from '../protocol-tables.ts';
import type { RefreshTokenRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import { removeHandles, removeOlderHandles } from './handles.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;
/** What has a column of its own; the rest is looked up by nothing. */
type Columns =
  | 'tenantId'
  | 'id'
  | 'userId'
  | 'clientId'
  | 'sessionId'
  | 'generation'
  | 'createdAt'
  | 'updatedAt'
  | 'expiresAt'
  | 'idleExpiresAt';
type Document = Omit<RefreshTokenRecord, Columns>;

export function createRefreshTokens({ db }: Desk): Store['refreshTokens'] {
  const { build, hold, run, transact } = db;
  const select = (tenantId: string) => build.selectFrom('refresh_tokens').selectAll().where('tenant_id', '=', tenantId);

  return {
    async find(tenantId, id) {
      const row = await run(() => first(select(tenantId).where('id', '=', id)));
      return row && toToken(row);
    },

    async ofUser(tenantId, userId, { page, clientId }) {
      let mine = build.selectFrom('refresh_tokens').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
      if (clientId !== undefined) mine = mine.where('client_id', '=', clientId);
      const query = mine
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset);
      const count = mine.select((eb) => eb.fn.countAll<number>().as('total'));
      const records = (await run(() => rows(query))).map(toToken);
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },

    update: (tenantId, id, edit) =>
      transact(function* (): Work<RefreshTokenRecord | 'missing'> {
        const row = yield* first(hold(select(tenantId).where('id', '=', id)));
        if (!row) return 'missing';
        const kept = { tenantId, id, userId: row.user_id, clientId: row.client_id, createdAt: row.created_at };
        const edited = { ...edit(toToken(row)), ...kept };
        yield build
          .updateTable('refresh_tokens')
          .set(toColumns(edited))
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .compile();
        return edited;
      }),

    remove: async (tenantId, id) => (await transact(() => removeTokens(db, tenantId, { id }))) === 1,

    removeOfUser: (tenantId, userId, of = {}) => transact(() => removeTokens(db, tenantId, { userId, ...of })),
  };
}

export function* insertRefreshToken({ db }: Desk, { token }: ChangeOf<'refresh-token.insert'>): Work<boolean> {
  yield db.build
    .insertInto('refresh_tokens')
    .values({ tenant_id: token.tenantId, id: token.id, created_at: token.createdAt, ...toColumns(token) })
    .compile();
  yield* removeSurplus(db, token);
  return true;
}

/** Of one person and client. Tokens need not run out, and whoever has a password can have one after the other. */
const TOKENS_KEPT = 200;

function* removeSurplus(db: Database, { tenantId, userId, clientId }: RefreshTokenRecord): Work<void> {
  const surplus = db.build
    .selectFrom('refresh_tokens')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    // SQLite takes no offset without a limit; what parallel inserts have left goes too.
    .limit(TOKENS_KEPT)
    .offset(TOKENS_KEPT);
  for (const { id } of yield* rows(surplus)) yield* removeTokens(db, tenantId, { id });
}

/**
 * Keys of former generations are kept so that a stolen one that comes back is seen as such, but a token that is exchanged
 * every minute for a year is not to leave half a million of them. Older ones are unknown keys: they open nothing either.
 */
const GENERATIONS_KEPT = 50;

export function* replaceRefreshToken({ db }: Desk, change: ChangeOf<'refresh-token.replace'>): Work<boolean> {
  const query = db.build
    .updateTable('refresh_tokens')
    .set(toColumns(change.token))
    .where('tenant_id', '=', change.token.tenantId)
    .where('id', '=', change.token.id)
    .where('generation', '=', change.generation);
  if ((yield* affected(query)) !== 1) return false;
  const { tenantId, id, generation } = change.token;
  if (generation > change.generation) {
    const targets = { tenantId, kind: 'refresh-token', targetId: id } as const;
    yield* removeOlderHandles(db, targets, generation - GENERATIONS_KEPT);
  }
  return true;
}

export function* removeRefreshToken({ db }: Desk, { tenantId, id }: ChangeOf<'refresh-token.remove'>): Work<boolean> {
  yield* removeTokens(db, tenantId, { id });
  return true;
}

export function* removeTokensOfSession(
  { db }: Desk,
  { tenantId, userId, sessionId }: ChangeOf<'refresh-token.remove-of-session'>,
): Work<boolean> {
  yield* removeTokens(db, tenantId, { userId, sessionId });
  return true;
}

/** Which refresh tokens of a tenant: what is given must all be so. An audience that is empty is one that is absent. */
type Chosen =
  | { id: string }
  | { clientId: string }
  | { userId: string; clientId?: string; sessionId?: string; audience?: string };

/** Removes refresh tokens and the handles that find them; returns how many tokens. */
export function* removeTokens(db: Database, tenantId: string, chosen: Chosen): Work<number> {
  const columns = given({
    id: 'id' in chosen ? chosen.id : undefined,
    user_id: 'userId' in chosen ? chosen.userId : undefined,
    client_id: 'clientId' in chosen ? chosen.clientId : undefined,
    session_id: 'sessionId' in chosen ? chosen.sessionId : undefined,
    audience_key: 'audience' in chosen && chosen.audience !== undefined ? indexed(chosen.audience) : undefined,
  });
  const query = db.build
    .deleteFrom('refresh_tokens')
    .where('tenant_id', '=', tenantId)
    .where((eb) => eb.and(columns));
  const removed = yield* rows(query.returning('id'));
  yield* removeHandles(db, tenantId, removed);
  return removed.length;
}

/** The columns that a token may change in. */
function toColumns(token: RefreshTokenRecord) {
  const { tenantId: _, id: __, createdAt: ___, userId, clientId, sessionId, generation, ...rest } = token;
  const { updatedAt, expiresAt, idleExpiresAt, ...document } = rest;
  return {
    user_id: userId,
    client_id: clientId,
    session_id: sessionId ?? null,
    audience_key: indexed(token.audience ?? ''),
    doc: JSON.stringify(document satisfies Document),
    generation,
    updated_at: updatedAt,
    expires_at: expiresAt ?? null,
    idle_expires_at: idleExpiresAt ?? null,
  };
}

function toToken(row: RefreshTokenRow): RefreshTokenRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    ...parse<Document>(row.doc),
    generation: row.generation,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...given({ sessionId: row.session_id, expiresAt: row.expires_at, idleExpiresAt: row.idle_expires_at }),
  };
}
