// Storage: how values of a record become columns and come back. Both databases keep the same four shapes: text,
// integer, a flag as 0 or 1, and JSON as text.

import type { Database } from './database.ts';
import { hashHandle, type Keyring } from './keyring.ts';

/** What every repository is built from. `now`: the server's clock, for rows that no caller gives a time to. */
export type Desk = { db: Database; keyring: Keyring; now: () => number };

/** The columns that are not null, for the optional properties of a record. */
export function given<T extends Record<string, unknown>>(columns: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}

/** A JSON column that we wrote ourselves. */
export function parse<T>(json: string): T {
  return JSON.parse(json) as T;
}

/** Whole milliseconds of seconds. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** A text as an indexed column: PostgreSQL refuses index rows above some 2,700 bytes, so a long one becomes its hash. */
export function indexed(text: string): string {
  return text.length > 500 ? `sha256:${hashHandle(text)}` : text;
}
