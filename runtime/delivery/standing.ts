// Delivery: how it stands with a message that somebody else has, or had.
import type { MessageRecord } from '#storage/records.ts';
import { DELIVERY_FAULTS, type Delivery } from './delivery.ts';
import { TOO_LATE, UNSEEN } from './ending.ts';

/** Whoever waits for an answer longer than a gateway may take is told so, though it may still come. */
const SLOW_MS = 35_000;

export function standingOf({ state, outcome, expiresAt, attemptedAt = 0 }: MessageRecord, now: number): Delivery {
  switch (state) {
    case 'delivered':
      return { state };
    case 'pending':
      return now < expiresAt ? { state: 'waiting' } : { state: 'failed', fault: TOO_LATE };
    case 'attempting':
      return now - attemptedAt < SLOW_MS ? { state: 'waiting' } : { state: 'unconfirmed', fault: UNSEEN };
    case 'failed':
    case 'unconfirmed': {
      const code = DELIVERY_FAULTS.find((known) => known === outcome?.code) ?? 'internal';
      return { state, fault: { code, detail: outcome?.detail ?? 'Nothing is known of how it ended.' } };
    }
  }
}
