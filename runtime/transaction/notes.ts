// What a person is told of an authenticator that was just enrolled, before the login goes on. Pure.
import type { Enrollment, Information, Submission, Suggestion } from './transaction.ts';

/** What the person has to know of a factor that they have from now on. */
export function enrolledNotes(enrollment: Enrollment, submission: Submission): Information[] {
  const { factor, recoveryCode, authenticatorId } = enrollment;
  const name = submission.method === 'attestation' ? submission.name : undefined;
  const called = name === undefined ? {} : { name };
  const kept: Information[] =
    recoveryCode === undefined ? [] : [{ kind: 'recovery-code', because: 'enrolled', code: recoveryCode }];
  switch (factor) {
    case 'webauthn-roaming':
      return [
        { kind: 'naming', factor, authenticatorId, name: name ?? '' },
        { kind: 'enrolled', factor, ...called },
        ...kept,
      ];
    case 'webauthn-platform':
    case 'push-notification':
      return [{ kind: 'enrolled', factor, ...called }, ...kept];
    default:
      return kept;
  }
}

/** The same of what was only suggested. */
export function suggestedNotes({ factor }: Suggestion, submission: Submission): Information[] {
  const name = submission.method === 'attestation' ? submission.name : undefined;
  return [{ kind: 'enrolled', factor, ...(name === undefined ? {} : { name }) }];
}
