// Delivery: what becomes of a message by how its attempt ended.
import type { MessageOutcome, MessageRecord } from '#storage/records.ts';
import type { MessageEnd } from '#storage/store.ts';
import type { Delivery, DeliveryFault, Taken } from './delivery.ts';

/** Seconds until the second, third, … attempt where a provider asks for them. */
const RETRY_SECONDS = [10, 20, 40, 60, 90] as const;

/** Nobody saw how it ended. */
export const UNSEEN: DeliveryFault = {
  code: 'internal',
  detail: 'The server ended while the message was on its way.',
};

/** Nobody set out with it in time. */
export const TOO_LATE: DeliveryFault = { code: 'expired', detail: 'It ran out before anybody delivered it.' };

/** The end of an attempt whose owner is gone. */
export function unconfirmed({ code, detail }: DeliveryFault): MessageEnd {
  return { state: 'unconfirmed', outcome: { provider: 'unknown', code, detail } };
}

/** A code that would have run out by its next attempt is not tried again. */
export function endingOf(
  { attempts, expiresAt }: Pick<MessageRecord, 'attempts' | 'expiresAt'>,
  provider: string,
  taken: Taken,
  now: number,
): [Delivery, MessageEnd] {
  if (taken.end === 'sent') {
    const { end: _end, inInbox: _inInbox, ...told } = taken;
    return [{ state: 'delivered' }, { state: 'delivered', outcome: { provider, ...told } }];
  }
  const { fault } = taken;
  const answered = fault.answered === undefined ? {} : { status: fault.answered };
  const outcome: MessageOutcome = { provider, code: fault.code, detail: fault.detail, ...answered };
  const seconds = taken.end === 'retry' ? RETRY_SECONDS[attempts - 1] : undefined;
  const retryAt = seconds === undefined ? undefined : now + seconds * 1000;
  if (retryAt !== undefined && retryAt < expiresAt) {
    return [{ state: 'waiting' }, { state: 'pending', outcome, retryAt }];
  }
  const state = taken.end === 'unseen' ? 'unconfirmed' : 'failed';
  return [
    { state, fault },
    { state, outcome },
  ];
}
