// A code kept for the day the phone is lost: 24 letters and digits, used once, and at once replaced by another. It is kept
// as a keyed hash. Source: wire reference, section 2.6.
import type { Mac, Random } from '../ports.ts';
import { confirmed, type Factor } from './factor.ts';

const LENGTH = 24;
const PURPOSE = 'recovery-code';

export const recoveryCode: Factor = {
  type: 'recovery-code',
  switch: 'recovery-code',
  enrolled: (person) =>
    confirmed(person, 'recovery-code').flatMap((record) =>
      record.secret === undefined ? [] : [{ id: record.id, secret: record.secret, record }],
    ),
  verify: (_challenge, code, { id, secret, record }, { mac, random }, now) => {
    // People type them in any case and with spaces, as they wrote them down.
    const given = code.replaceAll(/[\s-]/g, '').toUpperCase();
    if (secret === undefined || !record || !mac.macMatches(PURPOSE, `${id} ${given}`, secret)) return { ok: false };
    const next = newRecoveryCode(random);
    const { tenantId } = record;
    const to = recoveryCodeMac(mac, id, next);
    // Two logins that present one code at once: the guard lets one of them through.
    const spend = { kind: 'authenticator.replace-secret', tenantId, id, from: secret, to, at: now } as const;
    return { ok: true, changes: [spend], recoveryCode: next };
  },
  enroll: {
    // One code stands for all; a client is given it with the first factor.
    onPagesOnly: true,
    begin: (authenticatorId, _person, random, createdAt) => ({
      factor: 'recovery-code',
      authenticatorId,
      code: newRecoveryCode(random),
      createdAt,
    }),
    // Nobody but the person can say that it was written down.
    prove: (enrollment, _saved, mac) =>
      enrollment.factor === 'recovery-code'
        ? { type: 'recovery-code', secret: recoveryCodeMac(mac, enrollment.authenticatorId, enrollment.code) }
        : undefined,
  },
  describe: () => undefined,
};

export function newRecoveryCode(random: Random): string {
  return random.letters(LENGTH).toUpperCase();
}

/** What is kept of it. `id`: of its authenticator. */
export function recoveryCodeMac(mac: Mac, id: string, code: string): string {
  return mac.mac(PURPOSE, `${id} ${code}`);
}
