// Codes that we send: six digits, five minutes, one use. Stored only as a keyed hash bound to their challenge, so a code
// of another challenge, another login or another person never matches.

import { codeMessage } from '../delivery/compose.ts';
import type { Mac, Random } from '../ports.ts';
import type { AddressedEnrollment, Challenge, MessageType } from '../transaction/transaction.ts';
import type { Posed, Posing, Verdict } from './factor.ts';

const CODE_LENGTH = 6;
export const CODE_LIFETIME_MS = 5 * 60_000;
const PURPOSE = 'one-time-code';

/** `subject`: what the code is bound to: the id of its challenge, or of the authenticator it enrolls with its number. */
export function newCode(subject: string, random: Random, mac: Mac): { code: string; codeMac: string } {
  const code = random.digits(CODE_LENGTH);
  return { code, codeMac: mac.mac(PURPOSE, `${subject} ${code}`) };
}

/** What the code of an enrollment is bound to: another address or another enrollment needs another code. */
export function boundTo(enrollment: AddressedEnrollment): string {
  const address = enrollment.factor === 'phone' ? enrollment.phoneNumber : enrollment.address;
  return `${enrollment.authenticatorId} ${address ?? ''}`;
}

/** A challenge with a code on its way. */
export function poseCode(
  { blank, tenant, locale, transactionId, at, random, mac }: Posing,
  channel: MessageType | 'email',
  to: string | undefined,
  mask: (address: string) => string,
): Posed {
  if (to === undefined) return { challenge: blank, changes: [] };
  const { code, codeMac } = newCode(blank.id, random, mac);
  const expiresAt = at + CODE_LIFETIME_MS;
  const message = codeMessage({
    id: random.uuid(),
    tenant,
    channel,
    to,
    code,
    kind: 'second-factor',
    locale,
    transactionId,
    at,
    expiresAt,
  });
  return { challenge: { ...blank, codeMac, expiresAt, sentTo: mask(to) }, changes: [], message };
}

/** Constant time. A used code is gone with its challenge, whose write is guarded by the login's revision. */
export function verifySentCode(challenge: Challenge, code: string, mac: Mac, now: number): Verdict {
  const { id, codeMac, expiresAt } = challenge;
  return codeMac !== undefined && isCode(id, code, { codeMac, expiresAt }, mac, now)
    ? { ok: true, changes: [] }
    : { ok: false };
}

export function isCode(
  subject: string,
  code: string,
  sent: { codeMac: string; expiresAt: number },
  mac: Mac,
  now: number,
): boolean {
  const matches = mac.macMatches(PURPOSE, `${subject} ${code}`, sent.codeMac);
  return matches && now < sent.expiresAt;
}
