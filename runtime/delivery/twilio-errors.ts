// Delivery: what Twilio's error codes mean, in words for whoever has to mend it. Their own texts may hold the number of
// the person, so a log gets ours and the code.
import type { DeliveryFault } from './delivery.ts';

type Reason = readonly [code: DeliveryFault['code'], text: string];

const TEST_KEYS = 'these are test credentials, which send nothing; use the live ones';
const SMS_COUNTRY =
  'text messages to this country are not permitted; allow it in the Geo permissions of Programmable Messaging';
const CALL_COUNTRY = 'calls to this country are not permitted; allow it in the Geo permissions of Programmable Voice';
const UNVERIFIED = 'a trial account reaches verified numbers only; verify the number or upgrade the account';
const OPTED_OUT = 'the number has opted out of messages from this sender (STOP)';
const NOT_A_NUMBER = 'the recipient is not a valid phone number';
const NO_MOBILE = 'the recipient cannot receive text messages';
const BAD_FROM = 'the `from` number is not one that this account may send with';
const SERVICE = 'the messaging service does not exist in this account; check `messaging_service_sid`';

/** Source: the vendor's dictionary of errors and warnings. */
const REASONS: Readonly<Record<number, Reason>> = {
  10001: ['configuration', 'the account is not active'],
  20003: ['unauthorized', 'the credentials are not accepted; check `sid` and `auth_token`'],
  20005: ['unauthorized', 'the account is not active'],
  20006: ['unauthorized', 'access is denied; check `sid` and `auth_token`'],
  20008: ['configuration', TEST_KEYS],
  20403: ['unauthorized', 'the account may not do this'],
  20404: ['configuration', 'there is no such account; check `sid`'],
  20429: ['limit', 'the account makes too many requests'],
  21201: ['refused', 'no recipient was given'],
  21210: ['configuration', 'the `from` number is not verified in this account, so it cannot call'],
  21211: ['refused', NOT_A_NUMBER],
  21212: ['configuration', BAD_FROM],
  21213: ['configuration', 'a `from` number is needed'],
  21214: ['refused', 'the recipient cannot be reached'],
  21215: ['refused', CALL_COUNTRY],
  21216: ['refused', 'calls to this number are not allowed'],
  21217: ['refused', NOT_A_NUMBER],
  21219: ['refused', UNVERIFIED],
  21265: ['refused', 'the recipient is a short code'],
  21266: ['refused', 'recipient and `from` are one number'],
  21267: ['configuration', 'a trial account may not send with a name'],
  21268: ['refused', 'the recipient is a premium number'],
  21401: ['refused', NOT_A_NUMBER],
  21408: ['refused', SMS_COUNTRY],
  21421: ['refused', NOT_A_NUMBER],
  21601: ['configuration', BAD_FROM],
  21602: ['template', 'the message is empty'],
  21603: ['configuration', 'a `from` number or a messaging service is needed'],
  21604: ['refused', 'no recipient was given'],
  21605: ['template', 'the message is too long'],
  21606: ['configuration', BAD_FROM],
  21607: ['configuration', BAD_FROM],
  21608: ['refused', UNVERIFIED],
  21609: ['configuration', 'the address for status reports is not one it can call; check the base URL of the tenant'],
  21610: ['refused', OPTED_OUT],
  21611: ['limit', 'the queue of the `from` number is full'],
  21612: ['refused', 'this sender cannot reach this recipient'],
  21614: ['refused', NO_MOBILE],
  21617: ['template', 'the message is longer than 1600 characters'],
  21619: ['template', 'the message is empty'],
  21635: ['refused', 'the recipient is a landline'],
  21659: ['configuration', BAD_FROM],
  21660: ['configuration', BAD_FROM],
  21661: ['configuration', 'the `from` number cannot send text messages'],
  21701: ['configuration', SERVICE],
  21703: ['configuration', 'the messaging service has no numbers'],
  21704: ['configuration', 'the messaging service has no number that reaches this recipient'],
  21705: ['configuration', SERVICE],
  30001: ['limit', 'the queue of the sender was full'],
  30002: ['configuration', 'the account was suspended'],
  30003: ['refused', 'the device cannot be reached: switched off, or out of service'],
  30004: ['refused', 'the recipient blocks such messages'],
  30005: ['refused', 'the number does not exist, or is out of service'],
  30006: ['refused', 'a landline, or a carrier that cannot be reached'],
  30007: ['refused', 'the carrier filtered it as unwanted'],
  30008: ['refused', 'the carrier did not say why'],
  30010: ['refused', 'it costs more than the account allows for one message'],
  30032: ['configuration', 'the toll-free `from` number is not verified'],
  30034: ['configuration', 'the `from` number is not registered with carriers in the United States (A2P 10DLC)'],
  30450: ['refused', 'it was stopped as traffic that only makes somebody money (SMS pumping)'],
};

/** Undefined for a code that we have no words for. */
export function twilioFault(code: number): DeliveryFault | undefined {
  const reason = REASONS[code];
  return (
    reason && { code: reason[0], detail: `Twilio refused it: ${reason[1]} (error ${code}).`, answered: String(code) }
  );
}

/** For a code or a status that says nothing more. */
export function otherTwilioFault(answered: string): DeliveryFault {
  const page = /^\d{5}$/.test(answered) ? `, see https://www.twilio.com/docs/api/errors/${answered}` : '';
  return { code: 'refused', detail: `Twilio refused it (${answered}${page}).`, answered };
}
