// Delivery: the bounds that a message is held to before it is written: those of the person it is for, and those of the
// tenant that pays for it. Pure; storage takes one of each, or none.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Allowance } from '#storage/store.ts';
import { bareNumber } from './calling-codes.ts';
import { messageSpendOf } from './spend-settings.ts';

/** `to`: as it will be sent. */
export type Addressed = { channel: Exclude<MessageRecord['channel'], 'push'>; to: string };

/**
 * Whom it counts for: an account, or who writes from an address and may have none yet. Where both are named it counts for
 * both, so that nobody has twice as much by getting an account in between.
 */
export type Whose = { userId?: string; address?: string };

/** `guards`: a limit of the tenant, by the name that its alerts have. */
export type Bound = { allowance: Allowance; guards?: 'number_hour' | 'number_day' | 'tenant_day' };

const HOUR_SECONDS = 3600;
const DAY_MS = 24 * HOUR_SECONDS * 1000;

/** Text messages and calls to one person, in any hour (mfa-wire reference, §2.7). */
const PHONE_MESSAGES = { kind: 'window', most: 10, seconds: HOUR_SECONDS } as const;
/** Calls beside that: 10, then one every hour. */
const CALLS = { kind: 'bucket', capacity: 10, refillSeconds: HOUR_SECONDS } as const;
/** Codes by e-mail that one person asks for, and challenges of their app that a client asks for. */
const OTP_FLOWS = { kind: 'window', most: 5, seconds: 300 } as const;

/** The bounds of the person alone. */
export function personalBounds({ channel }: Pick<Addressed, 'channel'>, whose: Whose): Bound[] {
  const { userId, address } = whose;
  const names = [
    ...(userId === undefined ? [] : [`user ${userId}`]),
    ...(address === undefined ? [] : [`address ${channel === 'email' ? address.toLowerCase() : bareNumber(address)}`]),
  ];
  return names.flatMap((name): Bound[] => {
    if (channel === 'email') return [otpFlowBound(name)];
    const messages: Bound = { allowance: { ...PHONE_MESSAGES, key: `phone messages ${name}` } };
    return channel === 'sms' ? [messages] : [messages, { allowance: { ...CALLS, key: `calls ${name}` } }];
  });
}

const otpFlowBound = (name: string): Bound => ({ allowance: { ...OTP_FLOWS, key: `otp flows ${name}` } });

/** Of a challenge that sends nothing: the person's app has the code. Shared with those by e-mail. */
export const appAllowance = (userId: string): Allowance => otpFlowBound(`user ${userId}`).allowance;

/** What the tenant has set. Days are those of UTC. */
export function spendBounds(tenant: TenantRecord, { channel, to }: Addressed, now: number): Bound[] {
  const { per_number, per_day } = messageSpendOf(tenant);
  const bounds: Bound[] = [];
  if (channel !== 'email') {
    const { hour, day } = per_number;
    const key = `number ${bareNumber(to)}`;
    if (hour !== null) {
      const allowance: Allowance = { kind: 'window', key: `hour ${key}`, most: hour, seconds: HOUR_SECONDS };
      bounds.push({ allowance, guards: 'number_hour' });
    }
    if (day !== null) {
      const allowance: Allowance = { kind: 'window', key: `day ${key}`, most: day, seconds: DAY_MS / 1000 };
      bounds.push({ allowance, guards: 'number_day' });
    }
  }
  const most = per_day[channel];
  if (most !== null) {
    const key = `${channel} on ${dayOf(now)}`;
    bounds.push({ allowance: { kind: 'count', key, most, until: endOfDay(now) }, guards: 'tenant_day' });
  }
  return bounds;
}

/** `2026-01-15`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

export const endOfDay = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS;
