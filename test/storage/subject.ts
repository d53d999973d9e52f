// Tests of storage: a database to judge, seen from two sides: by the URL that a Store opens, and by its raw contents,
// which tell what really lies on the disk.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { createDatabase } from '../kit/postgres.ts';

export type Subject = {
  url: string;
  /** Runs one statement behind the Store's back. */
  raw(statement: string): Promise<Record<string, unknown>[]>;
  /** Everything that is stored, as one text to search in. */
  everything(): Promise<string>;
  dispose(): Promise<void>;
};

/** A file of its own in a folder that does not exist yet. */
export async function sqliteSubject(): Promise<Subject> {
  const root = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'));
  const folder = join(root, 'a', 'b');
  const file = join(folder, 'test.db');
  return {
    url: `sqlite:${file}`,
    async raw(statement) {
      const connection = new BetterSqlite(file);
      try {
        const prepared = connection.prepare(statement);
        if (prepared.reader) return prepared.all() as Record<string, unknown>[];
        prepared.run();
        return [];
      } finally {
        connection.close();
      }
    },
    // The bytes of the database and of its log, deleted rows included.
    everything: async () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('\n'),
    dispose: async () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A database of its own in the cluster of the test run. */
export async function postgresSubject(): Promise<Subject> {
  const database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const raw = async (statement: string): Promise<Record<string, unknown>[]> => (await client.query(statement)).rows;
  return {
    url: database.url,
    raw,
    async everything() {
      const tables = await raw(`select tablename from pg_tables where schemaname = 'public'`);
      const contents: unknown[] = [];
      for (const { tablename } of tables) contents.push(await raw(`select * from "${tablename}"`));
      return JSON.stringify(contents);
    },
    async dispose() {
      await client.end();
      await database.drop();
    },
  };
}
