// A mailbox that receives codes. A verified address enrols itself while the tenant's factor is on; nobody lists it.
import { confirmed, type Factor, type UsableAuthenticator } from './factor.ts';
import { maskEmail } from './mask.ts';
import { boundTo, isCode, poseCode, verifySentCode } from './one-time-code.ts';

/** The id under which the self-enrolled address stands; no stored authenticator has it. */
const SELF_ENROLLED = 'email-of-the-profile';

export const email: Factor = {
  type: 'email',
  switch: 'email',
  channel: 'email',
  enrolled: (person) => {
    const added: UsableAuthenticator[] = confirmed(person, 'email').flatMap((record) =>
      record.email === undefined ? [] : [{ id: record.id, address: record.email, record }],
    );
    const { email: address, emailVerified } = person.user;
    const own = address !== undefined && emailVerified && !added.some((each) => each.address === address);
    return own ? [...added, { id: SELF_ENROLLED, address }] : added;
  },
  pose: (posing) => poseCode(posing, 'email', posing.authenticator.address, maskEmail),
  verify: (challenge, code, _authenticator, { mac }, now) => verifySentCode(challenge, code, mac, now),
  enroll: {
    byClientOnly: true,
    begin: (authenticatorId, _person, _random, createdAt) => ({ factor: 'email', authenticatorId, createdAt }),
    prove: (enrollment, code, mac, now) => {
      if (enrollment.factor !== 'email') return undefined;
      const { address, sent } = enrollment;
      if (address === undefined || !sent) return undefined;
      return isCode(boundTo(enrollment), code, sent, mac, now) ? { type: 'email', email: address } : undefined;
    },
  },
  describe: ({ address }) => (address === undefined ? undefined : maskEmail(address)),
};
