// Storage: the outbox. A message is written by the commit that caused it and delivered afterwards; each attempt is written
// down before it is made. What it says is sealed, and erased as soon as nobody needs it; who it went to, when and with
// which end stays for the operator.

import type { Selectable } from 'kysely';
import { type Desk, given, parse } from '../columns.ts';
import { first, rows, type Work } from '../database.ts';
import type { MessageOutcome, MessageRecord, MessageState } from '../records.ts';
import type { Change, MessageEnd, MessageReference, Store } from '../store.ts';
import type { MessageRow } from '../tables.ts';

/** Where no login waits for a message: the column has always been required. */
const NO_LOGIN = '';

/** What is sealed, and gone once nobody needs it. */
const ERASED = { text: null, code: null, about: null, mail: null } as const;

export function createMessages(desk: Desk): Store['messages'] {
  const { build, run } = desk.db;
  const select = () => build.selectFrom('messages').selectAll();
  const update = (tenantId: string, id: string) =>
    build.updateTable('messages').where('tenant_id', '=', tenantId).where('id', '=', id);
  const references = (state: MessageState) =>
    build.selectFrom('messages').select(['tenant_id', 'id']).where('state', '=', state);
  const toMessages = (found: Row[]) => found.map((row) => toMessage(desk, row));
  const find: Store['messages']['find'] = async (tenantId, id) => {
    const row = await run(() => first(select().where('tenant_id', '=', tenantId).where('id', '=', id)));
    return row && toMessage(desk, row);
  };

  return {
    find,

    async findByReference(tenantId, reference) {
      const query = select().where('tenant_id', '=', tenantId).where('reference', '=', reference);
      const row = await run(() => first(query.limit(1)));
      return row && toMessage(desk, row);
    },

    async due({ before, now, except = [] }, limit) {
      let query = references('pending').where((eb) =>
        eb.or([eb.and([eb('retry_at', 'is', null), eb('at', '<', before)]), eb('retry_at', '<=', now)]),
      );
      if (except.length > 0) query = query.where('tenant_id', 'not in', except);
      return (await run(() => rows(query.orderBy('seq').limit(limit)))).map(toReference);
    },

    async attempt(tenantId, id, now) {
      const query = update(tenantId, id)
        .set((eb) => ({
          state: 'attempting',
          attempts: eb('attempts', '+', 1),
          attempted_at: now,
          retry_at: null,
          outcome: null,
        }))
        .where('state', '=', 'pending')
        .where('expires_at', '>', now)
        .where((eb) => eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', now)]))
        .returningAll();
      const row = await run(() => first(query));
      return row && toMessage(desk, row);
    },

    async tell(tenantId, id, news) {
      const query = select().where('tenant_id', '=', tenantId).where('id', '=', id);
      return desk.db.transact(function* () {
        const row = yield* first(desk.db.hold(query));
        if (!row) return false;
        const outcome = { provider: 'unknown', ...outcomeOf(row), ...news };
        yield update(tenantId, id)
          .set({ outcome: JSON.stringify(outcome), state: stateToldBy(news, row.state as MessageState) })
          .compile();
        return true;
      });
    },

    async lost(before, limit) {
      const query = references('attempting').where('attempted_at', '<', before);
      return (await run(() => rows(query.orderBy('seq').limit(limit)))).map(toReference);
    },

    async inbox(tenantId, to, limit) {
      let query = select().where('tenant_id', '=', tenantId).where('text', 'is not', null);
      if (to !== undefined) query = query.where('recipient', '=', to);
      return toMessages(await run(() => rows(query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit))));
    },

    async list(tenantId, { to, state, channel, page }) {
      let matching = build.selectFrom('messages').where('tenant_id', '=', tenantId);
      if (to !== undefined) matching = matching.where('recipient', '=', to);
      if (state !== undefined) matching = matching.where('state', '=', state);
      if (channel !== undefined) matching = matching.where('channel', '=', channel);
      const query = matching.selectAll().orderBy('at', 'desc').orderBy('seq', 'desc');
      const count = matching.select((eb) => eb.fn.countAll<number>().as('total'));
      const records = toMessages(await run(() => rows(query.limit(page.limit).offset(page.offset))));
      return { records, total: (await run(() => first(count)))?.total ?? 0 };
    },
  };
}

export function* insertMessage(
  { db, keyring }: Desk,
  change: Extract<Change, { kind: 'message.insert' }>,
): Work<boolean> {
  const { message } = change;
  const { tenantId, id } = message;
  const sealed = (column: Sealed, text: string | undefined) =>
    text === undefined ? null : keyring.seal(place(tenantId, id, column), text);
  yield db.build
    .insertInto('messages')
    .values({
      tenant_id: tenantId,
      id,
      channel: message.channel,
      recipient: message.to,
      text: sealed('text', message.text),
      code: sealed('code', message.code),
      about: sealed('about', message.about && JSON.stringify(message.about)),
      mail: sealed('mail', message.mail && JSON.stringify(message.mail)),
      transaction_id: message.transactionId ?? NO_LOGIN,
      state: message.state,
      at: message.at,
      expires_at: message.expiresAt,
      attempts: message.attempts,
    })
    .compile();
  return true;
}

export function* settleMessage(
  { db, keyring }: Desk,
  { tenantId, id, attempt, end }: Extract<Change, { kind: 'message.settle' }>,
): Work<boolean> {
  const sealed = (column: Sealed, text: string) => keyring.seal(place(tenantId, id, column), text);
  const current = db.build
    .selectFrom('messages')
    .select(['outcome', 'state'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('attempts', '=', attempt)
    .where('state', 'in', ENDED_FROM[end.state]);
  const row = yield* first(db.hold(current));
  if (!row) return false;
  const known: Partial<MessageOutcome> = outcomeOf(row) ?? {};
  // A provider may have told us more of it before its own answer came to be written; an attempt begins with nothing.
  const told: Partial<MessageOutcome> = row.state === 'attempting' ? known : {};
  const state = stateToldBy(told, end.state);
  const { code: _code, detail: _detail, ...taken } = end.outcome;
  const outcome: MessageOutcome = {
    ...given({ cost: known.cost }),
    ...(state === end.state ? end.outcome : taken),
    ...given({ status: told.status, cost: told.cost }),
    ...(state === 'failed' && end.state !== 'failed' ? given({ code: told.code, detail: told.detail }) : {}),
  };
  const words =
    end.state === 'pending'
      ? { retry_at: end.retryAt }
      : end.kept
        ? {
            text: sealed('text', end.kept.text),
            mail: end.kept.mail ? sealed('mail', JSON.stringify(end.kept.mail)) : null,
          }
        : ERASED;
  yield db.build
    .updateTable('messages')
    .set({
      state,
      outcome: JSON.stringify(outcome),
      reference: outcome.reference ?? null,
      retry_at: null,
      ...words,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .compile();
  return true;
}

/** The states that an attempt of the same number may come to this end from. */
const ENDED_FROM: Readonly<Record<MessageEnd['state'], MessageState[]>> = {
  pending: ['attempting'],
  unconfirmed: ['attempting'],
  delivered: ['attempting', 'unconfirmed'],
  failed: ['attempting', 'unconfirmed', 'pending'],
};

type Sealed = keyof typeof ERASED;
type Row = Omit<Selectable<MessageRow>, 'seq'>;

/** Whoever tells of a message has taken it; a reason why it came to nothing is its end. */
function stateToldBy({ status, code }: Partial<MessageOutcome>, state: MessageState): MessageState {
  if (state !== 'delivered' && state !== 'unconfirmed') return state;
  if (code !== undefined) return 'failed';
  return status === undefined ? state : 'delivered';
}

const toReference = (row: Pick<Row, 'tenant_id' | 'id'>): MessageReference => ({ tenantId: row.tenant_id, id: row.id });

function outcomeOf({ outcome }: Pick<Row, 'outcome'>): MessageOutcome | undefined {
  return outcome === null ? undefined : parse<MessageOutcome>(outcome);
}

function place(tenantId: string, id: string, column: Sealed) {
  return { tenantId, table: 'messages', row: id, column };
}

function toMessage({ keyring }: Desk, row: Row): MessageRecord {
  const opened = (column: Sealed): string | undefined => {
    const sealed = row[column];
    return sealed === null ? undefined : keyring.open(place(row.tenant_id, row.id, column), sealed);
  };
  const [about, mail] = [opened('about'), opened('mail')];
  return {
    tenantId: row.tenant_id,
    id: row.id,
    channel: row.channel as MessageRecord['channel'],
    to: row.recipient,
    text: opened('text') ?? '',
    state: row.state as MessageRecord['state'],
    attempts: row.attempts,
    at: row.at,
    expiresAt: row.expires_at,
    ...given({
      code: opened('code'),
      transactionId: row.transaction_id === NO_LOGIN ? undefined : row.transaction_id,
      about: about === undefined ? undefined : parse<NonNullable<MessageRecord['about']>>(about),
      mail: mail === undefined ? undefined : parse<NonNullable<MessageRecord['mail']>>(mail),
      attemptedAt: row.attempted_at,
      retryAt: row.retry_at,
      outcome: outcomeOf(row),
    }),
  };
}
