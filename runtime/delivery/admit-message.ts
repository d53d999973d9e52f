// Delivery: whether a message may be written at all. Asked once for each message, before it is composed: what is refused
// here costs nothing, reaches nobody and leaves what was sent before as good as it was.
import type { MessageKind, TenantRecord } from '#storage/records.ts';
import type { Notice } from '../codes.ts';
import { tooMany } from '../message-limit.ts';
import type { Ports } from '../ports.ts';
import type { LogDraft } from '../transaction/input.ts';
import { isAllowedTo } from './calling-codes.ts';
import type { DeliveryFault } from './delivery.ts';
import { deliveryLog } from './delivery-log.ts';
import { type Addressed, type Bound, personalBounds, spendBounds, type Whose } from './message-bounds.ts';
import { alertOf } from './spend-alerts.ts';
import { messageSpendOf } from './spend-settings.ts';

/** `kind`: as the message will have it; a second factor's when left out. */
export type Admission = Addressed & { whose: Whose; kind?: MessageKind };

/** `logs`: that nothing was sent, and why. `fault`: `limit` or `country`. */
export type NotAdmitted = {
  ok: false;
  notice: Notice;
  retryAfterSeconds: number;
  fault: DeliveryFault;
  logs: LogDraft[];
};

type Needed = Pick<Ports, 'store' | 'now' | 'random'>;

/** Takes one of every allowance that the message is held to, or none. */
export async function admitMessage(
  ports: Needed,
  tenant: TenantRecord,
  message: Admission,
): Promise<{ ok: true } | NotAdmitted> {
  const { channel, to } = message;
  if (channel !== 'email' && !isAllowedTo(to, messageSpendOf(tenant).countries[channel])) {
    const detail = `Messages of this kind (${channel}) are not sent to the country of the number.`;
    return refuse(message, { key: `send-${channel}-failed` }, { code: 'country', detail }, 0);
  }
  const now = ports.now();
  const bounds = [...personalBounds(message, message.whose), ...spendBounds(tenant, message, now)];
  const taken = await ports.store.takeAllowances(
    tenant.id,
    bounds.map(({ allowance }) => allowance),
    now,
  );
  if (taken.taken) {
    for (const [index, bound] of bounds.entries()) {
      await alertOf(ports, tenant, message, bound, taken.counts[index] ?? 0);
    }
    return { ok: true };
  }
  const { refused, retryAfterSeconds } = taken;
  const bound = bounds[refused];
  if (bound) await alertOf(ports, tenant, message, bound, 'none-left');
  const fault: DeliveryFault = { code: 'limit', detail: DETAILS[bound?.guards ?? 'person'] };
  return refuse(message, tooMany(channel, retryAfterSeconds), fault, retryAfterSeconds);
}

const DETAILS: Record<NonNullable<Bound['guards']> | 'person', string> = {
  person: 'The user has had as many messages as one may have in this time.',
  number_hour: 'The number has had as many messages as the tenant sends to one in an hour.',
  number_day: 'The number has had as many messages as the tenant sends to one in a day.',
  tenant_day: 'As many messages were sent today as the tenant sends in a day.',
};

function refuse(
  { channel, to, kind = 'second-factor' }: Admission,
  notice: Notice,
  fault: DeliveryFault,
  retryAfterSeconds: number,
): NotAdmitted {
  const about = { kind, locale: '' };
  const logs = deliveryLog({ channel, to, about }, { state: 'failed', fault }, { provider: 'none' });
  return { ok: false, notice, retryAfterSeconds, fault, logs };
}
