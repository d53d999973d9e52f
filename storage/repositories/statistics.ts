// Storage: how much goes on in a tenant, counted where it is written down: users by their last login, and lines of the log
// by their type and day. Both are ranges of an index; no user and no line is read.
import type { Desk } from '../columns.ts';
import { first, rows } from '../database.ts';
import type { Store } from '../store.ts';

/** An id of the log: `900`, then the time it was written at, `YYYYMMDDhhmmssmmm`, in UTC. */
const ID_BEGINS = '900';
const ID_DIGITS = 56;

export function createStatistics({ db }: Desk): Store['statistics'] {
  const { build, run } = db;
  return {
    async activeUsers(tenantId, since) {
      const counted = build
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('tenant_id', '=', tenantId)
        .where('last_login_at', '>=', since);
      return Number((await run(() => first(counted)))?.total ?? 0);
    },

    async linesOfDay(tenantId, types, day) {
      const counted = build
        .selectFrom('logs')
        .select((eb) => [
          'type',
          eb.fn.countAll<number>().as('lines'),
          eb.fn.min<string>('id').as('first'),
          eb.fn.max<string>('id').as('last'),
        ])
        .where('tenant_id', '=', tenantId)
        .where('type', 'in', [...types])
        .where('id', '>=', `${ID_BEGINS}${day}`)
        .where('id', '<=', `${ID_BEGINS}${day}`.padEnd(ID_DIGITS, '9'))
        .groupBy('type');
      const found = await run(() => rows(counted));
      return found.map(({ type, lines, first: begun, last }) => ({
        type,
        lines: Number(lines),
        firstAt: timeOfId(begun),
        lastAt: timeOfId(last),
      }));
    },
  };
}

function timeOfId(id: string): number {
  const [year, month, day, hour, minute, second, ms] = [
    id.slice(3, 7),
    ...[7, 9, 11, 13, 15].map((at) => id.slice(at, at + 2)),
    id.slice(17, 20),
  ].map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, ms);
}
