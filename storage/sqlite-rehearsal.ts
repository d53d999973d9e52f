// Storage: a rehearsal on SQLite. There is one connection, so a transaction that spans turns of the event loop would take up
// what others write: from the first write of a rehearsal to its end everybody else waits. Until that write it reads like
// everybody, so that what takes long before it (a password that is hashed, a build) holds nobody up.
import type BetterSqlite from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { type Database, REHEARSAL_MS, RehearsalOver, type Result, type Work } from './database.ts';

type Hands = {
  connection: BetterSqlite.Database;
  execute(query: CompiledQuery): Result;
  isReadOnly(query: CompiledQuery): boolean;
};

export type Stage = {
  /** Settles when whoever rehearses and has written is done; undefined when nobody is. Ask again after it. */
  readonly holder: Promise<void> | undefined;
  rehearse<T>(db: Database, play: (db: Database) => Promise<T>): Promise<T>;
};

/** Where a work met its first write; nothing of it is done yet. */
const WRITES = Symbol('writes');

export function createStage({ connection, execute, isReadOnly }: Hands): Stage {
  let holder: Promise<void> | undefined;

  /** Until the first write: works are started again, as after a deadlock elsewhere. */
  const drive = <T>(work: Work<T>, mayWrite: boolean): T | typeof WRITES => {
    let step = work.next();
    while (!step.done) {
      if (!mayWrite && !isReadOnly(step.value)) return WRITES;
      step = work.next(execute(step.value));
    }
    return step.value;
  };

  const atomically = connection.transaction((work: () => unknown) => work());

  return {
    get holder() {
      return holder;
    },
    async rehearse(db, play) {
      let state: 'reading' | 'writing' | 'over' = 'reading';
      let leave = () => {};
      const end = () => {
        if (state === 'writing') connection.exec('rollback');
        state = 'over';
        leave();
      };
      const enter = async () => {
        // Asked in this very turn: two who waited must not both go in.
        while (holder) await holder;
        if (state === 'over') throw new RehearsalOver();
        const { promise, resolve } = Promise.withResolvers<void>();
        holder = promise;
        connection.exec('begin immediate');
        state = 'writing';
        const timer = setTimeout(end, REHEARSAL_MS);
        leave = () => {
          clearTimeout(timer);
          holder = undefined;
          resolve();
        };
      };
      const perform = async <T>(work: () => Work<T>): Promise<T> => {
        if (state === 'over') throw new RehearsalOver();
        if (state === 'reading') {
          while (holder) await holder;
          const result = drive(work(), false);
          if (result !== WRITES) return result as T;
          await enter();
        }
        // Inside a transaction this one is a savepoint: what throws undoes its own writes alone.
        return atomically(() => drive(work(), true)) as T;
      };
      const own: Database = { ...db, run: perform, transact: perform, rehearse: (inner) => inner(own) };
      try {
        return await play(own);
      } finally {
        end();
      }
    },
  };
}
