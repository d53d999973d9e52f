// Test kit: the databases every stateful test runs on. Each call opens one of its own.
import { count } from './counts.ts';
import { createDatabase } from './postgres.ts';

/**
 * The same for what doors and scripts do, where the database is not the point: SQLite in every run, both in
 * `npm run test:long`. What storage promises, and every race over it, is asked of both each time.
 */
export function databasesInFull(): ReturnType<typeof databases> {
  return databases().slice(0, count(1, 2));
}

/** Rows for `describe.each`: a name, and how to get the URL of an empty database. */
export function databases(): [name: string, open: () => Promise<string>][] {
  return [
    ['SQLite', async () => 'sqlite::memory:'],
    ['PostgreSQL', async () => (await createDatabase()).url],
  ];
}
