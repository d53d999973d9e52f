// Judging a code: an attempt is taken from the person's bucket first, by its own atomic statement, so that neither
// parallel guesses nor resends nor other doors gain a try. A right answer gives its attempt back.
import type { Ports } from '../ports.ts';
import { CODE_ATTEMPTS, codeAttemptsKey } from '../rate-limit.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { LoginTransaction, Submission } from '../transaction/transaction.ts';
import { factorOf, properName, usable } from './catalogue.ts';
import type { Person } from './factor.ts';

type Needed = Pick<Ports, 'store' | 'mac' | 'random' | 'now'>;
type CodeSubmission = Extract<Submission, { method: 'code' }>;

export async function verifyCode(
  { store, mac, random, now }: Needed,
  tx: LoginTransaction,
  submission: CodeSubmission,
  person: Person,
): Promise<WorkInput> {
  const challenge = tx.challenges.find(({ id }) => id === submission.challengeId);
  const factor = challenge && factorOf(challenge.factor);
  const authenticator = factor && usable(factor, person).find(({ id }) => id === challenge.authenticatorId);
  if (!challenge || !factor || !authenticator) return { kind: 'withdrawn' };
  if (!factor.verify || (factor.type === 'push-notification' && !hasOtpFallback(tx))) {
    return { kind: 'rejected', notice: { key: 'authenticator-error' }, logs: [] };
  }

  const { tenantId } = tx;
  const lines = LINES[factor.type === 'recovery-code' ? 'recovery' : 'code'];
  const key = codeAttemptsKey(person.user.id);
  const attempt = await store.takeAttempt(tenantId, key, CODE_ATTEMPTS, now());
  if (!attempt.taken) {
    return {
      kind: 'throttled',
      retryAfterSeconds: attempt.retryAfterSeconds,
      logs: [{ ...lines.throttled, details: about(factor.type) }],
    };
  }

  const verdict = factor.verify(challenge, submission.code, authenticator, { mac, random }, now());
  if (!verdict.ok) {
    return {
      kind: 'rejected',
      notice: { key: 'invalid-code' },
      logs: [{ ...lines.failed, details: about(factor.type) }],
    };
  }
  return {
    kind: 'verified',
    ...(verdict.recoveryCode === undefined ? {} : { recoveryCode: verdict.recoveryCode }),
    method: { name: 'mfa', type: factor.type, authenticatorId: authenticator.id, at: now(), in: 'transaction' },
    changes: [
      ...verdict.changes,
      { kind: 'attempt.refund', tenantId, key, refillSeconds: CODE_ATTEMPTS.refillSeconds },
      ...(authenticator.record
        ? [{ kind: 'authenticator.used', tenantId, id: authenticator.id, at: now() } as const]
        : []),
    ],
    logs: [{ ...lines.succeeded, details: about(factor.type) }],
  };
}

/** Where a push does not arrive, the device's codes are taken, unless the script says otherwise (Actions reference, §3.1). */
export function hasOtpFallback({ queue }: Pick<LoginTransaction, 'queue'>): boolean {
  const [ask] = queue;
  if (ask?.kind !== 'challenge') return true;
  return ask.factors.find(({ type }) => properName(type) === 'push-notification')?.options?.otpFallback !== false;
}

/** How the tenant's log tells of it. */
const LINES = {
  code: {
    succeeded: { type: 'gd_auth_succeed', description: 'Multifactor authentication successful' },
    failed: { type: 'gd_auth_failed', description: 'Multifactor authentication failed: wrong code' },
    throttled: { type: 'gd_otp_rate_limit_exceed', description: 'Too many wrong codes' },
  },
  recovery: {
    succeeded: { type: 'gd_recovery_succeed', description: 'Recovery code used' },
    failed: { type: 'gd_recovery_failed', description: 'Wrong recovery code' },
    throttled: { type: 'gd_recovery_rate_limit_exceed', description: 'Too many wrong recovery codes' },
  },
} as const;

function about(type: string) {
  return { authenticator: { type } };
}
