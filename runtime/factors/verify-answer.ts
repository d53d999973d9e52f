// What the person's other device said. It wrote its answer down itself, signed; the login goes on in the browser that holds
// it and only here, so that whoever has the device alone gets nowhere.
import type { Ports } from '../ports.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { EnrollmentOf, LoginTransaction, RestingState, Submission } from '../transaction/transaction.ts';
import { factorOf, usable } from './catalogue.ts';
import { confirmedIds, mayStillEnroll, recoveryChanges } from './enrolled.ts';
import type { Person } from './factor.ts';

const TYPE = 'push-notification';
const DETAILS = { authenticator: { type: TYPE } };

export async function verifyAnswer(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  tx: LoginTransaction,
  { challengeId }: Extract<Submission, { method: 'answer' }>,
  person: Person,
): Promise<WorkInput> {
  const challenge = tx.challenges.find(({ id }) => id === challengeId);
  const factor = challenge && factorOf(challenge.factor);
  const device = factor && usable(factor, person).find(({ id }) => id === challenge.authenticatorId);
  if (!challenge || !device) return { kind: 'withdrawn' };
  const { tenantId } = tx;
  const request = await store.pushRequests.find(tenantId, challengeId);
  switch (request?.state) {
    case 'approved': {
      const at = now();
      return {
        kind: 'verified',
        method: { name: 'mfa', type: TYPE, authenticatorId: device.id, at, in: 'transaction' },
        changes: [{ kind: 'authenticator.used', tenantId, id: device.id, at }],
        logs: [{ type: 'gd_auth_succeed', description: 'Multifactor authentication successful', details: DETAILS }],
      };
    }
    case 'refused': {
      // The tenant's log was told by the answer itself, whether or not anybody asks for it.
      return { kind: 'declined', logs: [] };
    }
    case 'pending':
    case undefined: {
      const isOpen = request !== undefined && now() < request.expiresAt;
      return {
        kind: 'rejected',
        notice: { key: isOpen ? 'challenge-transaction-pending' : 'transaction-not-found' },
        logs: [],
      };
    }
  }
}

/**
 * Whether the phone that read the picture has enrolled by now. Its row waits for this browser's word, and the browser for
 * the phone's: one that the answer did not reach has lost the keys that it would be asked for.
 */
export function verifyDevice(
  { mac, random, now }: Pick<Ports, 'mac' | 'random' | 'now'>,
  tx: LoginTransaction,
  { ask, enrollment }: Extract<RestingState, { name: 'enrolling' }> & { enrollment: EnrollmentOf<typeof TYPE> },
  person: Person,
): WorkInput {
  if (!mayStillEnroll(tx, ask, enrollment, person)) return { kind: 'withdrawn' };
  const { id: userId, tenantId } = person.user;
  const { authenticatorId: id, recoveryCode } = enrollment;
  const device = person.authenticators.find((each) => each.id === id && each.type === 'push');
  const at = now();
  if (!device?.device?.heard) {
    const key = at < enrollment.expiresAt ? 'challenge-transaction-pending' : 'transaction-not-found';
    return { kind: 'rejected', notice: { key }, logs: [] };
  }
  return {
    kind: 'verified',
    method: { name: 'mfa', type: TYPE, authenticatorId: id, at, in: 'transaction' },
    changes: [
      {
        kind: 'authenticator.confirm',
        tenantId,
        id,
        userId,
        beside: confirmedIds(person.authenticators),
        at,
      },
      ...recoveryChanges({ mac, random }, recoveryCode, person, at),
    ],
    logs: [
      {
        type: 'gd_enrollment_complete',
        description: 'Second factor enrolled',
        details: { authenticator: { id, type: TYPE } },
      },
    ],
  };
}
