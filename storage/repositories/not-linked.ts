// Storage: that an account is not linked to another, said so that no planner takes the index of all such accounts for a
// narrow one: beside a look-up by a key, that index means reading everybody.
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Tables } from '../tables.ts';

export const notLinked = (eb: ExpressionBuilder<Tables, 'users'>) =>
  sql<SqlBool>`coalesce(${eb.ref('linked_to')}, '') = ''`;
