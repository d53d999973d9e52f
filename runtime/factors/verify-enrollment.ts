// Judging the code that proves a new authenticator, under the same bucket of attempts as every other code.
import type { Change } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import { CODE_ATTEMPTS, codeAttemptsKey } from '../rate-limit.ts';
import type { WorkInput } from '../transaction/input.ts';
import { type Enrollment, isProven, type LoginTransaction } from '../transaction/transaction.ts';
import { enrollable, factorOf, isEnrolled } from './catalogue.ts';
import type { Person } from './factor.ts';
import { recoveryCodeMac } from './recovery-code.ts';

type Needed = Pick<Ports, 'store' | 'mac' | 'random' | 'now'>;

export async function verifyEnrollment(
  { store, mac, random, now }: Needed,
  { methods, selection }: Pick<LoginTransaction, 'methods' | 'selection'>,
  enrollment: Enrollment,
  code: string,
  person: Person,
): Promise<WorkInput> {
  const factor = factorOf(enrollment.factor);
  // Switched off meanwhile, or the account got this or another factor from another window: what may be enrolled is asked
  // again, so that an enrollment begun before is no way round the factor that the account has now.
  const mayEnroll = isProven(methods) || !isEnrolled(person);
  if (!factor?.enroll || !enrollable(factor, person, selection) || !mayEnroll) return { kind: 'withdrawn' };
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
  const proved = factor.enroll.prove(enrollment, code, mac, now());
  if (!proved) {
    const description = 'Enrollment of a second factor failed: wrong code';
    return {
      kind: 'rejected',
      notice: { key: 'invalid-code' },
      logs: [{ type: 'gd_auth_failed', description, details }],
    };
  }
  const at = now();
  const { authenticatorId: id, createdAt } = enrollment;
  const authenticator = { ...proved, tenantId, id, userId, confirmed: true, createdAt, enrolledAt: at, lastAuthAt: at };
  return {
    kind: 'verified',
    method: { name: 'mfa', type: factor.type, authenticatorId: id, at, in: 'transaction' },
    changes: [
      // Whether it may be enrolled was judged by these: of two windows that enroll at once one is judged again.
      { kind: 'authenticator.insert', authenticator, beside: person.authenticators.map((known) => known.id) },
      ...recoveryChange(enrollment, { tenantId, userId }, { mac, random }, at),
      { kind: 'attempt.refund', tenantId, key, refillSeconds: CODE_ATTEMPTS.refillSeconds },
    ],
    logs: [{ type: 'gd_enrollment_complete', description: 'Second factor enrolled', details }],
  };
}

/** The recovery code that the person was shown with their first enrollment. */
function recoveryChange(
  { recoveryCode }: Enrollment,
  owner: { tenantId: string; userId: string },
  { mac, random }: Pick<Needed, 'mac' | 'random'>,
  at: number,
): Change[] {
  if (recoveryCode === undefined) return [];
  const id = `dev_${random.letters(16)}`;
  const secret = recoveryCodeMac(mac, id, recoveryCode);
  const authenticator = { ...owner, id, type: 'recovery-code', confirmed: true, secret } as const;
  return [{ kind: 'authenticator.insert', authenticator: { ...authenticator, createdAt: at, enrolledAt: at } }];
}
