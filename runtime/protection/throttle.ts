// Protection: how often one address may try one thing, whoever it says it is. The bucket is taken from before anything is
// judged, and kept in the database: restarting the server gives nobody new tries.
import type { TenantRecord, ThrottledStage } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import type { Bucket } from '../rate-limit.ts';
import { networkOf } from '../risk/address.ts';
import type { LogDraft } from '../transaction/input.ts';
import { isExempt } from './allowlist.ts';
import { suspiciousIpOf } from './settings.ts';

export type Throttled = { ok: false; retryAfterSeconds: number; logs: LogDraft[] };
export type Unthrottled = {
  ok: true;
  /** Gives the try back, for those that are counted only when they fail. */
  refund: Change[];
};

type Needed = Pick<Ports, 'store' | 'now'>;

/** What the throttle calls the stages in its keys; sign-ups have always been called that. */
const NAMES: Record<ThrottledStage, string> = {
  'pre-login': 'sign-in',
  'pre-user-registration': 'sign-up',
  'pre-custom-token-exchange': 'token-exchange',
};

/** The bucket of an address for a stage. */
export function throttleOf(tenant: TenantRecord, stage: ThrottledStage, ip: string): { key: string; bucket: Bucket } {
  const { max_attempts: capacity, rate } = suspiciousIpOf(tenant).stage[stage];
  return { key: `${NAMES[stage]} ${networkOf(ip)}`, bucket: { capacity, refillSeconds: rate / 1000 } };
}

/** Whether the tenant slows this address down at all. */
export function isThrottled(tenant: TenantRecord, ip: string): boolean {
  const { enabled, shields, allowlist } = suspiciousIpOf(tenant);
  return enabled && shields.includes('block') && !isExempt(ip, allowlist);
}

/** Takes one try of this address. */
export async function throttleAddress(
  { store, now }: Needed,
  tenant: TenantRecord,
  stage: ThrottledStage,
  ip: string,
): Promise<Unthrottled | Throttled> {
  if (!isThrottled(tenant, ip)) return { ok: true, refund: [] };
  const { key, bucket } = throttleOf(tenant, stage, ip);
  const attempt = await store.takeAttempt(tenant.id, key, bucket, now());
  if (attempt.taken) {
    const { refillSeconds } = bucket;
    return { ok: true, refund: [{ kind: 'attempt.refund', tenantId: tenant.id, key, refillSeconds }] };
  }
  const logs = await onceInAWhile({ store, now }, tenant.id, key, {
    type: 'limit_mu',
    description: 'Too many tries from one address',
    details: { flow: stage },
  });
  return { ok: false, retryAfterSeconds: attempt.retryAfterSeconds, logs };
}

const AGAIN_AFTER_MS = 60 * 60_000;

/** Refusing costs little and may happen thousands of times; the tenant's log is told once an hour. */
export async function onceInAWhile(
  { store, now }: Needed,
  tenantId: string,
  about: string,
  draft: LogDraft,
): Promise<LogDraft[]> {
  const at = now();
  return (await store.once(tenantId, `${draft.type} ${about}`, at + AGAIN_AFTER_MS, at)) ? [draft] : [];
}
