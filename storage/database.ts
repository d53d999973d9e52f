// Storage: the small thing both databases can do, run work written once as a generator of queries. SQLite runs it
// without leaving the event loop's turn, PostgreSQL awaits each query; the work itself cannot tell.
import type { Compilable, CompiledQuery, Expression, Kysely, RawBuilder, SqlBool } from 'kysely';
import type { Tables } from './tables.ts';
import type { Scalar } from './user-filter.ts';

export type Result = { rows: unknown[]; affected: number };

/** Yields queries, is handed their results, returns what it found out. Nothing in it may wait for anything else. */
export type Work<T> = Generator<CompiledQuery, T, Result>;

export type Database = {
  /** Builds queries for this database. Only migrations run through it; everything else is compiled and yielded. */
  build: Kysely<Tables>;
  /** The database's own clock in milliseconds, moving within a transaction too. */
  clock: RawBuilder<number>;
  /** What a search asks that each database says in words of its own. */
  search: SearchWords;
  /** Makes a select hold its rows until the transaction ends, where that is not so anyway. */
  hold<Q extends { forUpdate(): Q }>(query: Q): Q;
  /** For a single statement: it is its own transaction. */
  run<T>(work: () => Work<T>): Promise<T>;
  /** One database transaction; what is thrown rolls it back. The work may be started again after a deadlock. */
  transact<T>(work: () => Work<T>): Promise<T>;
  /**
   * Runs `play` against a database that is this one, and forgets what it wrote. It sees its own writes, nobody else does.
   * On SQLite everybody else waits from its first write to its end, so that it has `REHEARSAL_MS` for that.
   */
  rehearse<T>(play: (db: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export type SearchWords = {
  /** A text in the form that texts are compared in where case does not count. */
  folded(text: Expression<string | null>): Expression<string | null>;
  /** Whether a text consists of `texts` with anything between them; case counts. */
  like(text: Expression<string | null>, texts: readonly string[]): Expression<SqlBool>;
  /** Whether a document has a scalar at the end of a path, one of `values` if they are given. */
  leadsTo(document: Expression<string>, path: readonly string[], values?: readonly Scalar[]): Expression<SqlBool>;
  /** The text that a document has under a key of ours; null: none. */
  textAt(document: Expression<string>, key: string): Expression<string | null>;
};

/** Longer than any write of ours takes, short enough for logins that wait. */
export const REHEARSAL_MS = 3000;

/** What a rehearsal asks after its end, or after the time that it had. */
export class RehearsalOver extends Error {
  override name = 'RehearsalOver';
  constructor() {
    super('the rehearsal is over: what it asks now would not be forgotten');
  }
}

/** A row that a constraint of the database refused. */
export class Violation extends Error {
  override name = 'Violation';
  readonly constraint: 'unique' | 'foreign-key';
  constructor(constraint: 'unique' | 'foreign-key', cause: unknown) {
    super(`a ${constraint} constraint refused the row`, { cause });
    this.constraint = constraint;
  }
}

/** All rows of a query. */
export function* rows<R>(query: Compilable<R>): Work<R[]> {
  return (yield query.compile()).rows as R[];
}

/** The first row of a query. */
export function* first<R>(query: Compilable<R>): Work<R | undefined> {
  return ((yield query.compile()).rows as R[])[0];
}

/**
 * A query that is built and compiled once: for what every request asks, building takes longer than the answer.
 * @param template is given a stand-in for each text and uses it as a value, as it is and wherever it likes.
 */
export function compiled<Texts extends string[], R>(
  template: (...texts: Texts) => Compilable<R>,
): (...texts: Texts) => Compilable<R> {
  let known: { query: CompiledQuery<R>; places: number[] } | undefined;
  const once = () => {
    const standIns = Array.from({ length: template.length }, (_each, at) => `text ${at}`) as Texts;
    const query = template(...standIns).compile();
    return { query, places: query.parameters.map((value) => standIns.indexOf(String(value))) };
  };
  return (...texts) => ({
    compile() {
      known ??= once();
      const { query, places } = known;
      return { ...query, parameters: query.parameters.map((value, at) => texts[places[at] ?? -1] ?? value) };
    },
  });
}

/** How many rows a query wrote. */
export function* affected(query: Compilable<unknown>): Work<number> {
  return (yield query.compile()).affected;
}

/**
 * What can be bound to a query. PostgreSQL has no NUL in its texts, so that whatever a stranger types is stored and
 * looked up with U+FFFD in its place, on both databases alike.
 */
export function bindable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{FFFD}') : value;
}
