// Judging the code that proves a new authenticator, under the same bucket of attempts as every other code.
import type { Ports } from '../ports.ts';
import { CODE_ATTEMPTS, codeAttemptsKey } from '../rate-limit.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { LoginTransaction, RestingState } from '../transaction/transaction.ts';
import { enrolledChanges, mayStillEnroll } from './enrolled.ts';
import type { Person } from './factor.ts';

type Needed = Pick<Ports, 'store' | 'mac' | 'random' | 'now'>;

export async function verifyEnrollment(
  { store, mac, random, now }: Needed,
  tx: LoginTransaction,
  { ask, enrollment }: Extract<RestingState, { name: 'enrolling' }>,
  code: string,
  person: Person,
): Promise<WorkInput> {
  const factor = mayStillEnroll(tx, ask, enrollment, person);
  const prove = factor?.enroll?.prove;
  if (!factor || !prove) return { kind: 'withdrawn' };
  const details = { authenticator: { id: enrollment.authenticatorId, type: factor.type } };
  const { id: userId, tenantId } = person.user;
  const key = codeAttemptsKey(userId);
  const attempt = await store.takeAttempt(tenantId, key, CODE_ATTEMPTS, now());
  if (!attempt.taken) {
    return {
      kind: 'throttled',
      retryAfterSeconds: attempt.retryAfterSeconds,
      logs: [{ type: 'gd_otp_rate_limit_exceed', description: 'Too many wrong codes', details }],
    };
  }
  const proved = prove(enrollment, code, mac, now());
  if (!proved) {
    const description = 'Enrollment of a second factor failed: wrong code';
    return {
      kind: 'rejected',
      notice: { key: 'invalid-code' },
      logs: [{ type: 'gd_auth_failed', description, details }],
    };
  }
  const at = now();
  const { authenticatorId } = enrollment;
  return {
    kind: 'verified',
    method: { name: 'mfa', type: factor.type, authenticatorId, at, in: 'transaction' },
    changes: [
      ...enrolledChanges({ mac, random }, enrollment, proved, person, at),
      { kind: 'attempt.refund', tenantId, key, refillSeconds: CODE_ATTEMPTS.refillSeconds },
    ],
    logs: [{ type: 'gd_enrollment_complete', description: 'Second factor enrolled', details }],
  };
}
