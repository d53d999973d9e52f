// Judging the code that proves a new authenticator, under the same bucket of attempts as every other code.
import type { Ports } from '../ports.ts';
import { CODE_ATTEMPTS, codeAttemptsKey } from '../rate-limit.ts';
import type { WorkInput } from '../transaction/input.ts';
import { type Enrollment, isProven, type ProvenMethod } from '../transaction/transaction.ts';
import { enrollable, factorOf, isEnrolled } from './catalogue.ts';
import type { Person } from './factor.ts';

type Needed = Pick<Ports, 'store' | 'mac' | 'now'>;

export async function verifyEnrollment(
  { store, mac, now }: Needed,
  methods: ProvenMethod[],
  enrollment: Enrollment,
  code: string,
  person: Person,
): Promise<WorkInput> {
  const factor = factorOf(enrollment.factor);
  // Switched off meanwhile, or the account got this or another factor from another window: what may be enrolled is asked
  // again, so that an enrollment begun before is no way round the factor that the account has now.
  const mayEnroll = isProven(methods) || !isEnrolled(person);
  if (!factor?.enroll || !enrollable(factor, person) || !mayEnroll) return { kind: 'withdrawn' };
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
      { kind: 'attempt.refund', tenantId, key, refillSeconds: CODE_ATTEMPTS.refillSeconds },
    ],
    logs: [{ type: 'gd_enrollment_complete', description: 'Second factor enrolled', details }],
  };
}
