// Storage: the migrations in their order, as one plain object that Kysely's migrator reads at every start.
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.ts';

/** Which database a migration writes its columns for. */
export type Dialect = 'sqlite' | 'postgres';

export function migrationsFor(dialect: Dialect): Record<string, Migration> {
  return {
    '0001-initial': { up: (db: Kysely<unknown>) => initial(db, dialect) },
  };
}
