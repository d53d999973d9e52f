// Server, protocol: how many codes of devices may be tried that are none (RFC 8628 §5.1). Counted in the database before the
// code is looked up, for each network and for the tenant as a whole: whoever guesses from many networks gets on no faster.
import type { Bucket } from '#runtime/rate-limit.ts';
import { networkOf } from '#runtime/risk/address.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Deps } from '../deps.ts';

/** Ten, then one a minute. */
const OF_A_NETWORK: Bucket = { capacity: 10, refillSeconds: 60 };
/** A thousand, then one a second: among 20^8 codes, of which a thousand wait, one is found in years. */
const OF_A_TENANT: Bucket = { capacity: 1000, refillSeconds: 1 };

export type CodeTry =
  /** `refund`: gives it back, for a code that was right. */
  { ok: true; refund: Change[] } | { ok: false; retryAfterSeconds: number };

/** Takes one try of this address. */
export async function takeCodeTry(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  { id: tenantId }: TenantRecord,
  ip: string,
): Promise<CodeTry> {
  const refund: Change[] = [];
  const buckets: [key: string, bucket: Bucket][] = [
    [`user-code ${networkOf(ip)}`, OF_A_NETWORK],
    ['user-code', OF_A_TENANT],
  ];
  for (const [key, bucket] of buckets) {
    const attempt = await store.takeAttempt(tenantId, key, bucket, clock.now());
    if (!attempt.taken) return { ok: false, retryAfterSeconds: attempt.retryAfterSeconds };
    refund.push({ kind: 'attempt.refund', tenantId, key, refillSeconds: bucket.refillSeconds });
  }
  return { ok: true, refund };
}
