// Test kit: the databases every stateful test runs on. Each call opens one of its own.
import { createDatabase } from './postgres.ts';

/** Rows for `describe.each`: a name, and how to get the URL of an empty database. */
export function databases(): [name: string, open: () => Promise<string>][] {
  return [
    ['SQLite', async () => 'sqlite::memory:'],
    ['PostgreSQL', async () => (await createDatabase()).url],
  ];
}
