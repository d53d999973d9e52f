// Storage: SQLite. One connection, every statement prepared once, a transaction never spans a turn of the event loop:
// what is atomic here is atomic because nobody else can run. Only the wait for the disk is not spent here: those who write
// share it, while others go on.
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { bindable, type Database, type Result, Violation, type Work } from './database.ts';
import { leadsTo } from './document-search.ts';
import { rehearsalTurns } from './rehearsal-turns.ts';
import { createStage } from './sqlite-rehearsal.ts';
import type { Tables } from './tables.ts';
import { createLogSync } from './wal-sync.ts';

/** More texts than the product has; lists of ids make a few of their own. */
const STATEMENTS_KEPT = 500;

/** Opens a file, whose folder is made when it is missing, or `:memory:`. Throws what SQLite throws. */
export function openSqlite(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(resolve(file)), { recursive: true, mode: 0o700 });
  return drivenBy(new BetterSqlite(file), file);
}

/** A database in memory. `image`: what another one held; `take` makes one. */
export function openSqliteInMemory(image?: Buffer): { db: Database; take(): Buffer } {
  const connection = new BetterSqlite(image ?? ':memory:');
  // Most tables hold a row or none: small pages make a copy a third as large.
  if (!image) connection.pragma('page_size = 1024');
  return { db: drivenBy(connection, ':memory:'), take: () => connection.serialize() };
}

function drivenBy(connection: BetterSqlite.Database, file: string): Database {
  connection.pragma('journal_mode = WAL');
  // In WAL mode NORMAL may lose the last commits at a power cut; an answer that was sent must outlive one. FULL would wait
  // for the disk in this very thread, at each commit: `writtenDown` does it beside it.
  connection.pragma('synchronous = NORMAL');
  connection.pragma('busy_timeout = 5000');
  connection.pragma('foreign_keys = ON');

  // Its own idea of small letters ends with ASCII, and its paths take lists for something else than PostgreSQL's do.
  const pure = { deterministic: true, directOnly: true };
  connection.function('sallyport_folded', pure, (text) => (typeof text === 'string' ? text.toLowerCase() : null));
  connection.function('sallyport_leads_to', pure, (document, path, values) =>
    Number(leadsTo(String(document), String(path), String(values))),
  );

  const log = file === ':memory:' ? undefined : createLogSync(`${resolve(file)}-wal`);
  let wrote = false;
  /** Until what was written up to now outlives a power cut; at once where nothing was. */
  const writtenDown = async (): Promise<void> => {
    if (!wrote) return;
    wrote = false;
    await log?.sync();
  };

  const statements = new Map<string, BetterSqlite.Statement>();

  const prepare = (text: string) => {
    const known = statements.get(text);
    if (known) return known;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement = connection.prepare(text);
    statements.set(text, statement);
    return statement;
  };

  const execute = (query: CompiledQuery): Result => {
    const statement = prepare(query.sql);
    const values = query.parameters.map(bindable);
    try {
      wrote ||= !statement.readonly;
      if (!statement.reader) return { rows: [], affected: statement.run(values).changes };
      const rows = statement.all(values);
      return { rows, affected: rows.length };
    } catch (error) {
      throw violation(error) ?? error;
    }
  };

  const drive = <T>(work: Work<T>): T => {
    let step = work.next();
    while (!step.done) step = work.next(execute(step.value));
    return step.value;
  };
  const isReadOnly = (query: CompiledQuery): boolean => prepare(query.sql).readonly;

  const atomically = connection.transaction((work: () => unknown) => work());

  const build = new Kysely<Tables>({ dialect: new SqliteDialect({ database: connection }) });
  const turn = rehearsalTurns();
  const stage = createStage({ connection, execute, isReadOnly });
  const db: Database = {
    build,
    clock: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    search: {
      folded: (text) => sql`sallyport_folded(${text})`,
      // Its LIKE takes letters of both cases for one, where they are of the alphabet of ASCII.
      like: (text, texts) => sql`${text} glob ${texts.map(literally).join('*')}`,
      textAt: (document, key) => sql`${document} ->> ${sql.lit(key)}`,
      leadsTo: (document, path, values) =>
        sql`sallyport_leads_to(${document}, ${JSON.stringify(path)}, ${JSON.stringify(values ?? null)})`,
    },
    hold: (query) => query,
    async run(work) {
      while (stage.holder) await stage.holder;
      const result = drive(work());
      await writtenDown();
      return result;
    },
    async transact<T>(work: () => Work<T>) {
      while (stage.holder) await stage.holder;
      // Immediate: a transaction that reads first and writes later would otherwise fail, not wait, at its first write.
      const result = atomically.immediate(() => drive(work())) as T;
      await writtenDown();
      return result;
    },
    rehearse: (play) => turn(() => stage.rehearse(db, play)),
    async close() {
      await log?.close();
      await build.destroy();
      connection.close();
    },
  };
  return db;
}

/** A text within a pattern of GLOB, as it is. */
const literally = (text: string): string => text.replaceAll(/[*?[]/g, '[$&]');

function violation(error: unknown): Violation | undefined {
  if (!(error instanceof BetterSqlite.SqliteError)) return undefined;
  if (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new Violation('unique', error);
  }
  return error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY' ? new Violation('foreign-key', error) : undefined;
}
