// Storage: who has none of some factors. The tenant's users are read once, and of each what they are enrolled in.
import type { ExpressionBuilder } from 'kysely';
import { type Database, first, rows, type Work } from '../database.ts';
import type { AuthenticatorType, UserRecord } from '../records.ts';
import type { LackingQuery } from '../store.ts';
import type { Tables } from '../tables.ts';
import { toUser, userColumns } from './user-row.ts';

type Of = ExpressionBuilder<Tables, 'users'>;

/** Two statements: whoever enrolls in between is counted and not named, or the other way round, which harms nobody. */
export function* lacking(
  { build }: Database,
  tenantId: string,
  { types, mailbox, having, examples }: LackingQuery,
): Work<{ users: number; lacking: number; examples: UserRecord[] }> {
  // Asked for each user by index: PostgreSQL holds a list of owners in memory up to some size, and reads it anew for each
  // user above that.
  const owns = (eb: Of, of: readonly AuthenticatorType[]) =>
    eb.exists(
      eb
        .selectFrom('authenticators')
        .select('authenticators.id')
        .where('authenticators.tenant_id', '=', tenantId)
        .whereRef('authenticators.user_id', '=', 'users.id')
        .where('confirmed', '=', 1)
        // A list that is empty is no SQL.
        .where('type', 'in', of.length > 0 ? [...of] : ['']),
    );
  const lacks = (eb: Of) => {
    const none = eb.not(owns(eb, types));
    const noMailbox = eb.or([eb('email', 'is', null), eb('email_verified', '=', 0)]);
    return mailbox ? eb.and([none, noMailbox]) : none;
  };
  let counted = build
    .selectFrom('users')
    .where('tenant_id', '=', tenantId)
    .where('linked_to', 'is', null)
    .where('blocked', '=', 0);
  if (having) counted = counted.where((eb) => owns(eb, having));
  const totals = yield* first(
    counted.select((eb) => [
      eb.fn.countAll<number>().as('users'),
      eb.fn.sum<number | null>(eb.case().when(lacks(eb)).then(1).else(0).end()).as('lacking'),
    ]),
  );
  const named = counted.select(userColumns).where(lacks).orderBy('seq').limit(examples);
  const found = yield* rows(named);
  return { users: Number(totals?.users ?? 0), lacking: Number(totals?.lacking ?? 0), examples: found.map(toUser) };
}
