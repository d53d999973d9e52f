// How many sign-ins a device is asked about: nobody who knows a password may have a phone ring until its owner gives in.

import { tooMany } from '../message-limit.ts';
import type { Ports } from '../ports.ts';
import { PUSHES, pushesKey } from '../rate-limit.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';

/**
 * Takes a try from the person's bucket where this step asks a device. When it is empty the device is not asked: the page
 * says so, and what was asked before stays open.
 */
export async function limitPushes(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  tx: Pick<LoginTransaction, 'tenantId' | 'challenges'>,
  prepared: WorkInput,
): Promise<WorkInput> {
  if (prepared.kind !== 'prepared' || prepared.result !== 'challenged') return prepared;
  const asking = prepared.changes.find((change) => change.kind === 'push-request.insert');
  if (!asking) return prepared;
  const taken = await store.takeAttempt(tx.tenantId, pushesKey(asking.request.userId), PUSHES, now());
  if (taken.taken) return prepared;
  const { authenticatorId } = prepared.challenge;
  const open = tx.challenges.find((challenge) => challenge.authenticatorId === authenticatorId);
  const challenge = open ?? { ...prepared.challenge, undelivered: true as const, overLimit: true as const };
  return { ...prepared, challenge, changes: [], deliver: [], notice: tooMany('push') };
}
