// Storage: which database a migration writes its columns for.
export type Dialect = 'sqlite' | 'postgres';
