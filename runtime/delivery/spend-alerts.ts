// Delivery: the tenant is told before a limit of its own is reached, and when it is: once a day and limit each.
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';
import type { LogDraft } from '../transaction/input.ts';
import { type Addressed, type Bound, dayOf, endOfDay } from './message-bounds.ts';
import { messageSpendOf } from './spend-settings.ts';

const NAMES = {
  number_hour: 'to one number in an hour',
  number_day: 'to one number in a day',
  tenant_day: 'of the day',
} as const;

const NOUNS = { sms: 'text messages', voice: 'calls', email: 'e-mails' } as const;

type Needed = Pick<Ports, 'store' | 'now' | 'random'>;

/** @param count how many are used of the bound, or `none-left` where it has just refused one. */
export async function alertOf(
  { store, now, random }: Needed,
  tenant: TenantRecord,
  message: Addressed,
  { allowance, guards }: Bound,
  count: number | 'none-left',
): Promise<void> {
  if (guards === undefined) return;
  const most = allowance.kind === 'bucket' ? allowance.capacity : allowance.most;
  const isReached = count === 'none-left' || count >= most;
  // With a limit so small that the share is the limit itself, the last but one is early enough.
  const early = Math.max(1, Math.min(most - 1, Math.ceil(most * messageSpendOf(tenant).alert_at)));
  if (!isReached && count < early) return;
  const at = now();
  const { key } = allowance;
  const stage = isReached ? 'reached' : 'near';
  if (!(await store.once(tenant.id, `alert ${stage} ${dayOf(at)} ${allowance.kind} ${key}`, endOfDay(at), at))) return;
  const { hostname } = new URL(tenant.baseUrl);
  const line = tenantLog(alertDraft(message, guards, { isReached, most, used: count === 'none-left' ? most : count }), {
    hostname,
    tenantId: tenant.id,
    now: at,
    random,
  });
  await store.commit([{ kind: 'log.insert', log: line }]);
}

function alertDraft(
  { channel, to }: Addressed,
  guards: keyof typeof NAMES,
  { isReached, most, used }: { isReached: boolean; most: number; used: number },
): LogDraft {
  const what = guards === 'tenant_day' ? NOUNS[channel] : 'messages';
  const details: JsonObject = { limit: guards, channel, most, used, ...(guards === 'tenant_day' ? {} : { to }) };
  return isReached
    ? {
        type: 'limit_messages',
        description: `The limit of ${most} ${what} ${NAMES[guards]} is reached: no more are sent.`,
        details,
      }
    : {
        type: 'limit_messages_warning',
        description: `${used} of the ${most} ${what} ${NAMES[guards]} are sent.`,
        details,
      };
}
