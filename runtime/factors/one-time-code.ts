// Codes that we send: six digits, five minutes, one use. Stored only as a keyed hash bound to their challenge, so a code
// of another challenge, another login or another person never matches.
import type { Mac, Random } from '../ports.ts';
import type { Challenge } from '../transaction/transaction.ts';
import type { Verdict } from './factor.ts';

const CODE_LENGTH = 6;
export const CODE_LIFETIME_MS = 5 * 60_000;
const PURPOSE = 'one-time-code';

export function newCode(challengeId: string, random: Random, mac: Mac): { code: string; codeMac: string } {
  const code = random.digits(CODE_LENGTH);
  return { code, codeMac: mac.mac(PURPOSE, `${challengeId} ${code}`) };
}

/** Constant time. A used code is gone with its challenge, whose write is guarded by the login's revision. */
export function verifySentCode(challenge: Challenge, code: string, mac: Mac, now: number): Verdict {
  if (challenge.codeMac === undefined) return { ok: false };
  const matches = mac.macMatches(PURPOSE, `${challenge.id} ${code}`, challenge.codeMac);
  return matches && now < challenge.expiresAt ? { ok: true, changes: [] } : { ok: false };
}
