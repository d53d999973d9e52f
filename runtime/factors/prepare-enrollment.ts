// An enrollment as far as it can go now: begun, or with the code on its way to the number that was given.

import type { FactorType } from '#actions/post-login.ts';
import type { Change } from '#storage/store.ts';
import { codeMessage } from '../delivery/compose.ts';
import { MESSAGES_PER_LOGIN, tooMany } from '../message-limit.ts';
import type { Ports } from '../ports.ts';
import type { LogDraft, WorkInput } from '../transaction/input.ts';
import type {
  AddressedEnrollment,
  Ask,
  BusyState,
  Enrollment,
  EnrollmentOf,
  LoginTransaction,
  MessageType,
  Offer,
} from '../transaction/transaction.ts';
import { factorOf } from './catalogue.ts';
import type { Person } from './factor.ts';
import { readMailbox } from './mailbox.ts';
import { maskEmail, maskPhone } from './mask.ts';
import { preferredMethod } from './message-type.ts';
import { boundTo, CODE_LIFETIME_MS, newCode } from './one-time-code.ts';
import { readPhoneNumber } from './phone.ts';
import { newRecoveryCode } from './recovery-code.ts';

type Needed = Pick<Ports, 'random' | 'mac' | 'now'>;
type Preparing = Extract<BusyState, { name: 'preparing' }>;

export function enrollBy(
  ports: Needed,
  tx: LoginTransaction,
  person: Person,
  type: FactorType,
  { ask, enrollment: draft, resend }: Preparing,
  offers: Offer[],
  logs: LogDraft[],
): WorkInput {
  const { random, now } = ports;
  const enroller = factorOf(type)?.enroll;
  if (!enroller) throw new Error(`an offer to enroll what cannot be enrolled: ${type}`);
  const result = { kind: 'prepared', result: 'enrolling', offers } as const;
  if (draft?.factor !== type) {
    const begun = enroller.begin(`dev_${random.letters(16)}`, person, random, now());
    const enrollment = withRecovery(reachedAsAsked(begun, ask), person, random);
    const started: LogDraft = {
      type: 'gd_start_enroll',
      description: 'Enrollment of a second factor started',
      details: { authenticator: { type } },
    };
    return { ...result, enrollment, changes: foundBy(enrollment, tx), deliver: [], logs: [...logs, started] };
  }
  if ((draft.factor !== 'phone' && draft.factor !== 'email') || addressOf(draft) === undefined) {
    return { ...result, enrollment: draft, changes: [], deliver: [], logs };
  }
  return sendTo(ports, tx, person, draft, resend === true, { ...result, logs });
}

/** With the first factor that somebody enrolls comes a recovery code, where the tenant has them. */
function withRecovery(begun: Enrollment, person: Person, random: Needed['random']): Enrollment {
  const isOn = person.tenant.factors['recovery-code'];
  // A passkey comes in a password's place: whoever has one and nothing else has no second factor yet.
  const isFirst = person.authenticators.every(({ confirmed, type }) => !confirmed || type === 'passkey');
  return isOn && isFirst ? { ...begun, recoveryCode: newRecoveryCode(random) } : begun;
}

/** A phone is reached as the script would like, until the person says otherwise. */
function reachedAsAsked(begun: Enrollment, ask: Ask): Enrollment {
  const wanted = preferredMethod(ask);
  return begun.factor === 'phone' && wanted !== undefined && wanted !== 'both' ? { ...begun, via: wanted } : begun;
}

/** The phone that reads the picture finds this login by its key, as long as it is at this ask. */
function foundBy(enrollment: Enrollment, { tenantId, id: targetId, queue }: LoginTransaction): Change[] {
  if (enrollment.factor !== 'push-notification') return [];
  const { key, expiresAt } = enrollment;
  const ask = queue[0]?.ordinal ?? 0;
  return [{ kind: 'handle.insert', handle: { tenantId, kind: 'push-enrollment', key, targetId, ask, expiresAt } }];
}

const addressOf = (draft: AddressedEnrollment): string | undefined =>
  draft.factor === 'phone' ? draft.phoneNumber : draft.address;

/** The number or mailbox is judged, and the code that proves it written into the outbox. */
function sendTo(
  { random, mac, now }: Needed,
  tx: LoginTransaction,
  person: Person,
  draft: AddressedEnrollment,
  resend: boolean,
  result: { kind: 'prepared'; result: 'enrolling'; offers: Offer[]; logs: LogDraft[] },
): WorkInput {
  const isPhone = draft.factor === 'phone';
  const address = isPhone ? readPhoneNumber(draft.phoneNumber ?? '') : readMailbox(draft.address ?? '');
  const { sent: _former, ...unsent } = draft;
  const blank = withoutAddress(unsent);
  if (address === undefined) {
    const notice = { key: isPhone ? 'invalid-phone' : 'invalid-email' } as const;
    return { ...result, enrollment: blank, changes: [], deliver: [], notice };
  }
  const at = now();
  const via = draft.factor === 'phone' ? typeFor(draft, person) : undefined;
  const channel = via ?? 'email';
  if (draft.sent && !resend && at < draft.sent.expiresAt) {
    return { ...result, enrollment: draft, changes: [], deliver: [] };
  }
  if (tx.messages >= MESSAGES_PER_LOGIN) {
    return { ...result, enrollment: draft.sent ? draft : blank, changes: [], deliver: [], notice: tooMany(channel) };
  }
  const enrollment: AddressedEnrollment =
    blank.factor === 'phone' ? { ...blank, phoneNumber: address } : { ...blank, address };
  const { code, codeMac } = newCode(boundTo(enrollment), random, mac);
  const expiresAt = at + CODE_LIFETIME_MS;
  const message = codeMessage({
    id: random.uuid(),
    tenant: person.tenant,
    channel,
    to: address,
    code,
    kind: 'enrollment',
    locale: tx.request.locale,
    transactionId: tx.id,
    at,
    expiresAt,
  });
  return {
    ...result,
    enrollment: {
      ...enrollment,
      sent: {
        codeMac,
        to: isPhone ? maskPhone(address) : maskEmail(address),
        expiresAt,
        messageId: message.id,
        ...(via ? { via } : {}),
      },
    },
    changes: [{ kind: 'message.insert', message }],
    deliver: [message.id],
  };
}

/** What the tenant has on; of both what the person said. */
function typeFor({ via }: EnrollmentOf<'phone'>, { tenant: { messageTypes } }: Person): MessageType {
  const [first = 'sms', second] = messageTypes;
  return second === undefined ? first : (via ?? 'sms');
}

/** The number or mailbox was not taken. */
export function withoutAddress(draft: AddressedEnrollment): AddressedEnrollment {
  if (draft.factor === 'phone') {
    const { phoneNumber: _given, ...blank } = draft;
    return blank;
  }
  const { address: _given, ...blank } = draft;
  return blank;
}
