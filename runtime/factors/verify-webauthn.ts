// Judging what a key has signed as a second factor. Any of the person's keys of that kind may answer: the browser lets them
// pick one.
import type { JsonObject } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { WEBAUTHN_ATTEMPTS, webauthnAttemptsKey } from '../rate-limit.ts';
import type { LogDraft, WorkInput } from '../transaction/input.ts';
import type { LoginTransaction, Submission } from '../transaction/transaction.ts';
import { factorOf, usable } from './catalogue.ts';
import type { Person } from './factor.ts';
import { credentialIdOf, judgeAssertion, KEY_FAULTS, type KeyFault } from './verify-webauthn-response.ts';
import { originOf } from './webauthn.ts';

export async function verifyAssertion(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  tx: LoginTransaction,
  { challengeId, response }: Extract<Submission, { method: 'assertion' }>,
  person: Person,
): Promise<WorkInput> {
  const challenge = tx.challenges.find(({ id }) => id === challengeId);
  const factor = challenge && factorOf(challenge.factor);
  const keys = factor ? usable(factor, person) : [];
  // Removed, or switched off, since it was asked for.
  if (!challenge?.ceremony || !factor || keys.length === 0) return { kind: 'withdrawn' };
  const { tenantId } = tx;
  const details = { authenticator: { type: factor.type } };
  const bucket = webauthnAttemptsKey(person.user.id);
  const attempt = await store.takeAttempt(tenantId, bucket, WEBAUTHN_ATTEMPTS, now());
  if (!attempt.taken) {
    const { retryAfterSeconds } = attempt;
    return {
      kind: 'rejected',
      notice: { key: 'too-many-webauthn-challenge-attempts-error', retryAfterSeconds },
      logs: [{ type: 'gd_webauthn_challenge_failed', description: 'Too many security keys tried', details }],
    };
  }
  const at = now();
  if (at >= challenge.expiresAt) return notAccepted('too-late', details);
  const id = credentialIdOf(response);
  const key = keys.find(({ credential }) => credential !== undefined && credential.id === id);
  if (!key?.credential) return notAccepted(id === undefined ? 'malformed' : 'unknown-key', details);
  const expected = { ...challenge.ceremony, origin: originOf(person.tenant) };
  const judged = await judgeAssertion(response, expected, key.credential);
  if (!judged.ok) return notAccepted(judged.fault, details);
  const { counter, backedUp } = judged.made;
  return {
    kind: 'verified',
    method: { name: 'mfa', type: factor.type, authenticatorId: key.id, at, in: 'transaction' },
    changes: [
      { kind: 'authenticator.count', tenantId, id: key.id, counter, backedUp, at },
      { kind: 'attempt.refund', tenantId, key: bucket, refillSeconds: WEBAUTHN_ATTEMPTS.refillSeconds },
    ],
    logs: [{ type: 'gd_auth_succeed', description: 'Multifactor authentication successful', details }],
  };
}

function notAccepted(fault: KeyFault, details: JsonObject): WorkInput {
  return { kind: 'rejected', notice: { key: 'webauthn-not-accepted' }, logs: [failedLog(fault, details)] };
}

function failedLog(fault: KeyFault, details: JsonObject): LogDraft {
  const description = `Security key not accepted: ${KEY_FAULTS[fault]}`;
  return { type: 'gd_webauthn_challenge_failed', description, details };
}
