// An enrollment as far as it can go now: begun, or with the code on its way to the number that was given.

import type { FactorType } from '#actions/post-login.ts';
import { codeMessage } from '../delivery/delivery.ts';
import type { LogDraft, WorkInput } from '../transaction/input.ts';
import type { BusyState, Enrollment, LoginTransaction, Offer } from '../transaction/transaction.ts';
import { factorOf } from './catalogue.ts';
import type { Person } from './factor.ts';
import { maskPhone } from './mask.ts';
import { MESSAGES_PER_LOGIN, tooMany } from './message-limit.ts';
import { CODE_LIFETIME_MS, newCode } from './one-time-code.ts';
import { boundTo, readPhoneNumber } from './phone.ts';
import type { Needed } from './prepare.ts';

type Preparing = Extract<BusyState, { name: 'preparing' }>;

export function enrollBy(
  ports: Needed,
  tx: LoginTransaction,
  person: Person,
  type: FactorType,
  { enrollment: draft, resend }: Preparing,
  offers: Offer[],
  logs: LogDraft[],
): WorkInput {
  const { random, now } = ports;
  const enroller = factorOf(type)?.enroll;
  if (!enroller) throw new Error(`an offer to enroll what cannot be enrolled: ${type}`);
  const result = { kind: 'prepared', result: 'enrolling', offers } as const;
  if (draft?.factor !== type) {
    const enrollment = enroller.begin(`dev_${random.letters(16)}`, random, now());
    const started: LogDraft = {
      type: 'gd_start_enroll',
      description: 'Enrollment of a second factor started',
      details: { authenticator: { type } },
    };
    return { ...result, enrollment, changes: [], deliver: [], logs: [...logs, started] };
  }
  if (draft.factor !== 'phone' || draft.phoneNumber === undefined) {
    return { ...result, enrollment: draft, changes: [], deliver: [], logs };
  }
  return sendTo(ports, tx, person, draft, resend === true, { ...result, logs });
}

/** The number is judged, and the code that proves it written into the outbox. */
function sendTo(
  { random, mac, now }: Needed,
  tx: LoginTransaction,
  person: Person,
  draft: Extract<Enrollment, { factor: 'phone' }>,
  resend: boolean,
  result: { kind: 'prepared'; result: 'enrolling'; offers: Offer[]; logs: LogDraft[] },
): WorkInput {
  const phoneNumber = readPhoneNumber(draft.phoneNumber ?? '');
  const { phoneNumber: _given, sent: _former, ...blank } = draft;
  if (phoneNumber === undefined) {
    return { ...result, enrollment: blank, changes: [], deliver: [], notice: { key: 'invalid-phone' } };
  }
  const at = now();
  if (draft.sent && !resend && at < draft.sent.expiresAt) {
    return { ...result, enrollment: draft, changes: [], deliver: [] };
  }
  if (tx.messages >= MESSAGES_PER_LOGIN) {
    return { ...result, enrollment: draft.sent ? draft : blank, changes: [], deliver: [], notice: tooMany('sms') };
  }
  const enrollment = { ...blank, phoneNumber };
  const { code, codeMac } = newCode(boundTo(enrollment), random, mac);
  const expiresAt = at + CODE_LIFETIME_MS;
  const message = codeMessage({
    id: random.uuid(),
    tenant: person.tenant,
    channel: 'sms',
    to: phoneNumber,
    code,
    locale: tx.request.locale,
    transactionId: tx.id,
    at,
    expiresAt,
  });
  return {
    ...result,
    enrollment: { ...enrollment, sent: { codeMac, to: maskPhone(phoneNumber), expiresAt } },
    changes: [{ kind: 'message.insert', message }],
    deliver: [message.id],
  };
}
