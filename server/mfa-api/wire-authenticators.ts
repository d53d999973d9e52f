// Server, MFA API: authenticators as the wire shows them: `<kind>|dev_…`, addresses masked. Source: wire reference, §2.2.
import { createHash } from 'node:crypto';
import { factorOf, usable } from '#runtime/factors/catalogue.ts';
import type { Person, UsableAuthenticator } from '#runtime/factors/factor.ts';
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import type { Enrollment, MessageType } from '#runtime/transaction/transaction.ts';

/** The factors this API knows, with the kind in front of their ids and the channel their codes are sent by. */
const KINDS = [
  { kind: 'totp', factor: 'otp' },
  { kind: 'sms', factor: 'phone', channel: 'sms' },
  { kind: 'voice', factor: 'phone', channel: 'voice' },
  { kind: 'email', factor: 'email', channel: 'email' },
  { kind: 'push', factor: 'push-notification', channel: 'auth0' },
  // The codes of the same device, for where no push reaches it.
  { kind: 'totp', factor: 'push-notification' },
  { kind: 'recovery-code', factor: 'recovery-code' },
] as const;
type Known = (typeof KINDS)[number];

export type WireAuthenticator = {
  id: string;
  authenticator_type: 'otp' | 'oob' | 'recovery-code';
  active: boolean;
  oob_channel?: string;
  /** The address, masked. */
  name?: string;
  /** The factor as scripts name it. */
  type?: string;
};

/**
 * `record`: the id of the row behind it; absent for a mailbox that enrolled itself. `via`: how a phone is reached under this
 * id; with both ways on it is listed once for each.
 */
export type Listed = {
  wire: WireAuthenticator;
  factor: Known['factor'];
  authenticatorId: string;
  recordId?: string;
  via?: MessageType;
  /** Of a device that is asked by a push and by its codes: under this id by its codes. */
  byCode?: true;
};

/** What the person could be asked for while the tenant's switches are on, in the order it was enrolled. */
export function listAuthenticators(person: Person): Listed[] {
  const { messageTypes } = person.tenant;
  const kinds = KINDS.filter((known) => known.factor !== 'phone' || messageTypes.includes(known.channel));
  const listed = kinds.flatMap((known) => {
    const factor = factorOf(known.factor);
    return factor ? usable(factor, person).map((authenticator) => ({ known, authenticator })) : [];
  });
  const enrolledAt = ({ record }: UsableAuthenticator) => record?.createdAt ?? Number.MAX_SAFE_INTEGER;
  return listed
    .sort((one, other) => Math.sign(enrolledAt(one.authenticator) - enrolledAt(other.authenticator)))
    .map(({ known, authenticator }) => ({
      wire: show(known, deviceId(authenticator, person), true, authenticator.address),
      factor: known.factor,
      authenticatorId: authenticator.id,
      ...(authenticator.record ? { recordId: authenticator.record.id } : {}),
      ...(known.factor === 'phone' ? { via: known.channel } : {}),
      ...(known.kind === 'totp' && known.factor === 'push-notification' ? { byCode: true as const } : {}),
    }));
}

/** An enrollment that has not been proved yet. */
export function showEnrollment(enrollment: Enrollment): WireAuthenticator | undefined {
  const via = enrollment.factor === 'phone' ? (enrollment.sent?.via ?? enrollment.via ?? 'sms') : undefined;
  const known = KINDS.find((each) => each.factor === enrollment.factor && (!via || each.kind === via));
  if (!known) return undefined;
  const address =
    enrollment.factor === 'phone'
      ? enrollment.phoneNumber
      : enrollment.factor === 'email'
        ? enrollment.address
        : undefined;
  const isAddressed = enrollment.factor === 'phone' || enrollment.factor === 'email';
  if (isAddressed && address === undefined) return undefined;
  return show(known, enrollment.authenticatorId, false, address);
}

function show(known: Known, device: string, active: boolean, address: string | undefined): WireAuthenticator {
  const mask = known.factor === 'phone' ? maskPhone : maskEmail;
  const channel = 'channel' in known ? known.channel : undefined;
  return {
    id: `${known.kind}|${device}`,
    authenticator_type: known.kind === 'totp' ? 'otp' : channel === undefined ? 'recovery-code' : 'oob',
    active,
    ...(channel === undefined ? {} : { oob_channel: channel }),
    ...(address === undefined ? {} : { name: mask(address) }),
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A mailbox that enrolled itself has no row and so no id: one is made of whose it is, the same each time. */
function deviceId({ id, record }: UsableAuthenticator, { user }: Person): string {
  if (record) return id;
  const digest = createHash('sha256').update(`mailbox of ${user.tenantId} ${user.id}`).digest();
  return `dev_${Array.from(digest.subarray(0, 16), (byte) => LETTERS[byte % LETTERS.length]).join('')}`;
}
