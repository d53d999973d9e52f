// A phone number that receives codes, by text message or by a call.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { confirmed, type Factor } from './factor.ts';
import { maskPhone } from './mask.ts';
import { boundTo, isCode, poseCode, verifySentCode } from './one-time-code.ts';

export const phone: Factor = {
  type: 'phone',
  switch: 'sms',
  channel: 'phone',
  enrolled: (person) =>
    confirmed(person, 'phone').flatMap((record) =>
      record.phoneNumber === undefined ? [] : [{ id: record.id, address: toE164(record.phoneNumber), record }],
    ),
  pose: (posing) => {
    const posed = poseCode(posing, posing.via, posing.authenticator.address, maskPhone);
    return { ...posed, challenge: { ...posed.challenge, via: posing.via } };
  },
  verify: (challenge, code, _authenticator, { mac }, now) => verifySentCode(challenge, code, mac, now),
  enroll: {
    begin: (authenticatorId, _person, _random, createdAt) => ({ factor: 'phone', authenticatorId, createdAt }),
    prove: (enrollment, code, mac, now) => {
      if (enrollment.factor !== 'phone') return undefined;
      const { phoneNumber, sent } = enrollment;
      if (phoneNumber === undefined || !sent) return undefined;
      if (!isCode(boundTo(enrollment), code, sent, mac, now)) return undefined;
      const preferred = enrollment.via === undefined ? {} : { preferredMethod: enrollment.via };
      return { type: 'phone', phoneNumber, ...preferred };
    },
  },
  describe: ({ address }) => (address === undefined ? undefined : maskPhone(address)),
};

/** E.164 where it parses, otherwise as it was written. */
export function toE164(number: string): string {
  return parsePhoneNumberFromString(number)?.number ?? number;
}

/** A number as a person writes it, with its country code; undefined when no phone has it. */
export function readPhoneNumber(text: string): string | undefined {
  const parsed = parsePhoneNumberFromString(text);
  return parsed?.isPossible() ? parsed.number : undefined;
}
