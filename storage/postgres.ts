// Storage: PostgreSQL through a pool. Every transaction is READ COMMITTED: guards are conditions of the writing
// statement itself, which PostgreSQL checks again on the row's newest version after it has waited for a lock.
import { setTimeout as pause } from 'node:timers/promises';
import { type CompiledQuery, type Expression, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { bindable, type Database, RehearsalOver, type Result, Violation, type Work } from './database.ts';
import { rehearsalTurns } from './rehearsal-turns.ts';
import type { Tables } from './tables.ts';
import type { Scalar } from './user-filter.ts';

const TRIES = 6;
const BIGINT = 20;
/** serialization_failure and deadlock_detected: nothing was done, the same work may well succeed next time. */
const PASSING = new Set(['40001', '40P01']);

/** A pool for the URL; nothing is connected before the first query. */
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    application_name: 'sallyport',
    // A machine that freezes in the middle of a commit must not hold its rows for ever.
    idle_in_transaction_session_timeout: 15_000,
    types: { getTypeParser },
  });
  // A lost connection is announced as an event, which would end the process when nobody listens. The pool drops the
  // client by itself, and whoever was waiting for an answer is told by a rejected query.
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));

  const execute = async (runner: pg.Pool | pg.PoolClient, query: CompiledQuery): Promise<Result> => {
    try {
      const result = await runner.query(query.sql, query.parameters.map(bindable));
      return { rows: result.rows, affected: result.rowCount ?? 0 };
    } catch (error) {
      throw violation(error) ?? error;
    }
  };

  const drive = async <T>(runner: pg.Pool | pg.PoolClient, work: Work<T>): Promise<T> => {
    let step = work.next();
    while (!step.done) step = work.next(await execute(runner, step.value));
    return step.value;
  };

  const once = async <T>(work: () => Work<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await drive(client, work());
      await client.query('commit');
      return result;
    } catch (error) {
      // A client that cannot even roll back is thrown away with its connection, and the server rolls back for it.
      await client.query('rollback').catch((reason: Error) => {
        broken = reason;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const turn = rehearsalTurns();
  /** A connection of its own, in a transaction that is rolled back; each work in it is a savepoint. */
  const rehearse = async <T>(play: (db: Database) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let isOver = false;
    let line: Promise<unknown> = Promise.resolve();
    const perform = <R>(work: () => Work<R>): Promise<R> => {
      const mine = line.then(async () => {
        if (isOver) throw new RehearsalOver();
        await client.query('savepoint work');
        try {
          const result = await drive(client, work());
          await client.query('release savepoint work');
          return result;
        } catch (error) {
          await client.query('rollback to savepoint work');
          throw error;
        }
      });
      // Works that were begun side by side take turns: savepoints of one connection must not interlock.
      line = mine.catch(() => {});
      return mine;
    };
    const own: Database = { ...db, run: perform, transact: perform, rehearse: (inner) => inner(own) };
    let broken: Error | undefined;
    try {
      await client.query('begin');
      return await play(own);
    } finally {
      await line;
      isOver = true;
      await client.query('rollback').catch((reason: Error) => {
        broken = reason;
      });
      client.release(broken);
    }
  };

  const build = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let ended: Promise<void> | undefined;
  const db: Database = {
    build,
    clock: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
    search: {
      folded: (text) => sql`sallyport_folded(${text})`,
      like: (text, texts) => sql`${text} like ${texts.map(literally).join('%')}`,
      textAt: (document, key) => sql`(${storable(document)} ->> ${sql.lit(key)})`,
      leadsTo: (document, path, values) =>
        sql`jsonb_path_exists(${storable(document)}, ${pathTo(path, values)}::jsonpath)`,
    },
    hold: (query) => query.forUpdate(),
    run: (work) => drive(pool, work()),
    async transact(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(work);
        } catch (error) {
          if (attempt === TRIES || !PASSING.has(codeOf(error) ?? '')) throw error;
          await pause(attempt * 5 + Math.random() * 10);
        }
      }
    },
    async close() {
      ended ??= build.destroy();
      await ended;
      if (!pool.ended) await pool.end();
    },
    rehearse: (play) => turn(() => rehearse(play)),
  };
  return db;
}

function lost(): void {}

/** A text within a pattern of LIKE, as it is. */
const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** What no text of this database can hold, a document may hold escaped; as `jsonb` it would be refused with its row. */
const storable = (document: Expression<string>) =>
  sql`regexp_replace(${document}, ${String.raw`\\u(0000|d[89a-f][0-9a-f]{2})`}, ${String.raw`\ufffd`}, 'g')::jsonb`;

/** The strings and numbers of JSON are those of a path. */
function pathTo(path: readonly string[], values: readonly Scalar[] | undefined): string {
  const keys = path.map((key) => `.${JSON.stringify(key)}`).join('');
  const test = values
    ? `? (${values.map((value) => `@ == ${JSON.stringify(value)}`).join(' || ')})`
    : '.** ? (@.type() == "string" || @.type() == "number" || @.type() == "boolean")';
  return `$${keys}${test}`;
}

/** Times and counts are 64 bits wide there and far below 2^53 here. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === BIGINT ? Number : pg.types.getTypeParser(oid, format as 'text');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

function violation(error: unknown): Violation | undefined {
  if (codeOf(error) === '23505') return new Violation('unique', error);
  return codeOf(error) === '23503' ? new Violation('foreign-key', error) : undefined;
}
