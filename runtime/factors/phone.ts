// A phone number that receives codes. By SMS; voice joins with its messages.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { confirmed, type Factor } from './factor.ts';
import { maskPhone } from './mask.ts';
import { boundTo, isCode, verifySentCode } from './one-time-code.ts';

export const phone: Factor = {
  type: 'phone',
  switch: 'sms',
  channel: 'sms',
  enrolled: (person) => {
    if (!person.tenant.messageTypes.includes('sms')) return [];
    return confirmed(person, 'phone').flatMap((record) =>
      record.phoneNumber === undefined ? [] : [{ id: record.id, address: toE164(record.phoneNumber), record }],
    );
  },
  verify: (challenge, code, _authenticator, { mac }, now) => verifySentCode(challenge, code, mac, now),
  enroll: {
    begin: (authenticatorId, _random, createdAt) => ({ factor: 'phone', authenticatorId, createdAt }),
    prove: (enrollment, code, mac, now) => {
      if (enrollment.factor !== 'phone') return undefined;
      const { phoneNumber, sent } = enrollment;
      if (phoneNumber === undefined || !sent) return undefined;
      return isCode(boundTo(enrollment), code, sent, mac, now) ? { type: 'phone', phoneNumber } : undefined;
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
