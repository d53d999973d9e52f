// The table of factors: what its cells are called. A factor of the product without a row, and a row without a cell, do not
// compile.
import type { FactorType } from '#actions/post-login.ts';
import type { FactorDesk } from './desk.ts';

/** What every factor is put through. */
export const COLUMNS = [
  'enroll',
  'challenge',
  'wrong',
  'expired',
  'replayed',
  'other method',
  'remembered',
  'removed',
] as const;
export type Column = (typeof COLUMNS)[number];

/** By which people meet it: our pages, or a client's own screens through the MFA API. */
export const DOORS = ['pages', 'MFA API'] as const;
export type Door = (typeof DOORS)[number];

/** Phones are reached in two ways; a passkey is the first factor and not a second. */
export type RowName = Exclude<FactorType, 'phone'> | 'phone by sms' | 'phone by voice' | 'passkey';

/** `never`: why there can be no such thing. */
export type Cell = ((desk: FactorDesk) => Promise<void>) | { never: string };
export type Row = { readonly [C in Column]: { readonly [D in Door]: Cell } };
export type FactorTable = { readonly [R in RowName]: Row };
