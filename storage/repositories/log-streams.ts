// Storage: streams of log lines, and the lines that have not arrived. A line is put down for each stream by the commit that
// writes it: whatever commits late or dies, no line is passed over, as one would be by a mark in the order of ids. The
// parent of a stream is its state where it is of a type that is sent, and nothing otherwise.
import { sql } from 'kysely';
import { type Desk, parse } from '../columns.ts';
import { affected, compiled, type Database, first, rows, type Work } from '../database.ts';
import type { LogRecord, LogStreamRecord, LogStreamType } from '../records.ts';
import type { Store } from '../store.ts';
import { collectionColumns, createCollection, fromRow } from './collection.ts';

/** What partners of the vendor take from its own queues is kept, and never waits. */
const KEPT: readonly LogStreamType[] = ['eventbridge', 'eventgrid'];
const isSent = ({ type }: LogStreamRecord): boolean => !KEPT.includes(type);

export function createLogStreams(desk: Desk): Store['logStreams'] {
  const { build, hold, run, transact } = desk.db;
  const linesOf = (tenantId: string, id: string) =>
    build.deleteFrom('log_stream_lines').where('tenant_id', '=', tenantId).where('stream_id', '=', id);

  const lettersOf = (tenantId: string, id: string, logIds?: string[]) => {
    const all = build.deleteFrom('log_stream_letters').where('tenant_id', '=', tenantId).where('stream_id', '=', id);
    return logIds ? all.where('log_id', 'in', logIds) : all;
  };
  const holdStream = (tenantId: string, id: string) =>
    hold(build.selectFrom('log_streams').select('id').where('tenant_id', '=', tenantId).where('id', '=', id));
  const countOf = (table: 'log_stream_lines' | 'log_stream_letters', tenantId: string, id: string) =>
    build
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('tenant_id', '=', tenantId)
      .where('stream_id', '=', id);

  return {
    ...createCollection<LogStreamRecord>(desk, {
      table: 'log_streams',
      parent: (record) => (isSent(record) ? record.status : undefined),
      goesWith: function* (_db, tenantId, id) {
        yield* rows(linesOf(tenantId, id));
        yield* rows(lettersOf(tenantId, id));
      },
      sealed: ['sink'],
    }),

    async waiting() {
      const query = build
        .selectFrom('log_streams')
        .select(collectionColumns)
        .where('parent', '=', 'active')
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('log_stream_lines as line')
              .select('line.log_id')
              .whereRef('line.tenant_id', '=', 'log_streams.tenant_id')
              .whereRef('line.stream_id', '=', 'log_streams.id'),
          ),
        )
        .orderBy('seq');
      return (await run(() => rows(query))).map((row) => fromRow<LogStreamRecord>(desk, 'log_streams', row));
    },

    async lines(tenantId, id, limit) {
      const query = build
        .selectFrom('log_stream_lines as line')
        .innerJoin('logs', (join) =>
          join.onRef('logs.tenant_id', '=', 'line.tenant_id').onRef('logs.id', '=', 'line.log_id'),
        )
        .select('logs.doc')
        .where('line.tenant_id', '=', tenantId)
        .where('line.stream_id', '=', id)
        .orderBy('line.log_id')
        .limit(limit);
      return (await run(() => rows(query))).map(({ doc }) => parse<LogRecord>(doc));
    },

    async arrived(tenantId, id, logIds) {
      if (logIds.length === 0) return;
      await run(() => rows(linesOf(tenantId, id).where('log_id', 'in', logIds)));
    },

    async restart(tenantId, id, from) {
      const queuedAt = desk.now();
      const again = build
        .insertInto('log_stream_lines')
        .columns(['tenant_id', 'stream_id', 'log_id', 'queued_at'])
        .expression((eb) =>
          eb
            .selectFrom('logs')
            .innerJoin('log_streams as stream', 'stream.tenant_id', 'logs.tenant_id')
            .select(['stream.tenant_id', 'stream.id', 'logs.id', sql<number>`cast(${queuedAt} as bigint)`.as('queued')])
            .where('logs.tenant_id', '=', tenantId)
            .where('stream.id', '=', id)
            .where('stream.parent', 'is not', null)
            .where('logs.at', '>=', from),
        )
        // A line that was written meanwhile has put itself down already.
        .onConflict((conflict) => conflict.doNothing());
      await transact(function* () {
        yield* rows(linesOf(tenantId, id));
        yield* rows(again);
      });
    },

    async setAside(tenantId, id, logIds, error) {
      if (logIds.length === 0) return;
      const setAsideAt = desk.now();
      const letters = logIds.map((logId) => ({
        tenant_id: tenantId,
        stream_id: id,
        log_id: logId,
        error,
        set_aside_at: setAsideAt,
      }));
      const put = build
        .insertInto('log_stream_letters')
        .values(letters)
        .onConflict((conflict) => conflict.doNothing());
      await transact(function* () {
        // A stream that is gone has none.
        if (!(yield* first(holdStream(tenantId, id)))) return;
        yield* rows(linesOf(tenantId, id).where('log_id', 'in', logIds));
        yield* rows(put);
      });
    },

    async letters(tenantId, id, page) {
      const query = build
        .selectFrom('log_stream_letters as letter')
        .innerJoin('logs', (join) =>
          join.onRef('logs.tenant_id', '=', 'letter.tenant_id').onRef('logs.id', '=', 'letter.log_id'),
        )
        .select(['logs.doc', 'letter.error', 'letter.set_aside_at'])
        .where('letter.tenant_id', '=', tenantId)
        .where('letter.stream_id', '=', id)
        .orderBy('letter.log_id')
        .limit(page.limit)
        .offset(page.offset);
      const found = await run(() => rows(query));
      return {
        records: found.map(({ doc, error, set_aside_at: setAsideAt }) => ({
          log: parse<LogRecord>(doc),
          error,
          setAsideAt,
        })),
        total: (await run(() => first(countOf('log_stream_letters', tenantId, id))))?.total ?? 0,
      };
    },

    async redeliver(tenantId, id, logIds) {
      if (logIds?.length === 0) return 0;
      const queuedAt = desk.now();
      const again = build
        .insertInto('log_stream_lines')
        .columns(['tenant_id', 'stream_id', 'log_id', 'queued_at'])
        .expression((eb) => {
          const letters = eb
            .selectFrom('log_stream_letters')
            .select(['tenant_id', 'stream_id', 'log_id', sql<number>`cast(${queuedAt} as bigint)`.as('queued')])
            .where('tenant_id', '=', tenantId)
            .where('stream_id', '=', id);
          return logIds ? letters.where('log_id', 'in', logIds) : letters;
        })
        .onConflict((conflict) => conflict.doNothing());
      return transact(function* (): Work<number> {
        if (!(yield* first(holdStream(tenantId, id)))) return 0;
        yield* rows(again);
        return yield* affected(lettersOf(tenantId, id, logIds));
      });
    },

    async dropLetters(tenantId, id, logIds) {
      return logIds?.length === 0 ? 0 : run(() => affected(lettersOf(tenantId, id, logIds)));
    },

    async backlog(tenantId, id) {
      const oldest = build
        .selectFrom('log_stream_lines')
        .select((eb) => eb.fn.min('queued_at').as('at'))
        .where('tenant_id', '=', tenantId)
        .where('stream_id', '=', id);
      const [waiting, letters, since] = [
        await run(() => first(countOf('log_stream_lines', tenantId, id))),
        await run(() => first(countOf('log_stream_letters', tenantId, id))),
        await run(() => first(oldest)),
      ];
      const at = since?.at ?? null;
      return {
        waiting: waiting?.total ?? 0,
        letters: letters?.total ?? 0,
        ...(at === null ? {} : { oldestAt: Number(at) }),
      };
    },
  };
}

/** Puts a line down for every stream of its tenant that gets lines. */
export function* queueLine(db: Database, { tenantId, id, at }: LogRecord): Work<void> {
  yield queueing(db)(tenantId, id, String(at)).compile();
}

type Queueing = ReturnType<typeof prepare>;
/** Most tenants have no stream, and every line asks: the statement is compiled once. */
const prepared = new WeakMap<Database, Queueing>();

function queueing(db: Database): Queueing {
  const made = prepared.get(db) ?? prepare(db);
  prepared.set(db, made);
  return made;
}

const prepare = ({ build }: Database) =>
  compiled((tenantId: string, logId: string, at: string) =>
    build
      .insertInto('log_stream_lines')
      .columns(['tenant_id', 'stream_id', 'log_id', 'queued_at'])
      .expression((eb) =>
        eb
          .selectFrom('log_streams')
          .select([
            'tenant_id',
            'id',
            sql<string>`cast(${logId} as text)`.as('log'),
            sql<number>`cast(${at} as bigint)`.as('queued'),
          ])
          .where('tenant_id', '=', tenantId)
          .where('parent', 'is not', null),
      )
      .onConflict((conflict) => conflict.doNothing()),
  );
