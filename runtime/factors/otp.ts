// A TOTP app (RFC 6238): SHA-1, six digits, 30 s. The former, the present and the next step are taken, each at most once
// per authenticator and never an older one after a newer.
import { createGuardrails, ScureBase32Plugin, verifySync } from 'otplib';
import type { Random } from '../ports.ts';
import { confirmed, type Factor, type UsableAuthenticator, type Verdict } from './factor.ts';

const STEP_SECONDS = 30;
/** RFC 4226 §4 recommends 160 bits. */
const KEY_HEX_DIGITS = 40;

/** Keys of 80 bits (16 characters) are what many people's apps were enrolled with; RFC 4226 §4 would like 128. */
const OLDER_KEYS = createGuardrails({ MIN_SECRET_BYTES: 10 });

export const otp: Factor = {
  type: 'otp',
  switch: 'otp',
  enrolled: (person) =>
    confirmed(person, 'totp').flatMap((record) =>
      record.secret === undefined
        ? []
        : [
            {
              id: record.id,
              secret: record.secret,
              record,
              ...(record.totpStep === undefined ? {} : { totpStep: record.totpStep }),
            },
          ],
    ),
  verify: (_challenge, code, authenticator, _ports, now) => verifyTotp(authenticator, code, now),
  enroll: {
    begin: (authenticatorId, _person, random, createdAt) => ({
      factor: 'otp',
      authenticatorId,
      secret: newTotpKey(random),
      createdAt,
    }),
    prove: (enrollment, code, _mac, now) => {
      if (enrollment.factor !== 'otp') return undefined;
      const totpStep = acceptedStep(enrollment.secret, code, undefined, now);
      // The step is spent with it: the code that enrolled an app does not answer the next challenge.
      return totpStep === undefined ? undefined : { type: 'totp', secret: enrollment.secret, totpStep };
    },
  },
  describe: () => undefined,
};

/** In base32. */
export function newTotpKey(random: Random): string {
  const key = Buffer.from(random.hex(KEY_HEX_DIGITS), 'hex');
  return new ScureBase32Plugin().encode(key, { padding: false });
}

/** Two logins that present one code at once: the guard lets one of them through. */
export function verifyTotp({ id, secret, totpStep, record }: UsableAuthenticator, code: string, now: number): Verdict {
  const step = acceptedStep(secret ?? '', code, totpStep, now);
  if (step === undefined || !record) return { ok: false };
  return { ok: true, changes: [{ kind: 'authenticator.accept-step', tenantId: record.tenantId, id, step }] };
}

/** The step a code belongs to, or undefined. A key that is no base32 or too short fits no code. */
function acceptedStep(secret: string, code: string, after: number | undefined, now: number): number | undefined {
  try {
    const result = verifySync({
      secret,
      token: code,
      epoch: Math.floor(now / 1000),
      epochTolerance: STEP_SECONDS,
      guardrails: OLDER_KEYS,
      ...(after === undefined ? {} : { afterTimeStep: after }),
    });
    return result.valid && 'timeStep' in result ? result.timeStep : undefined;
  } catch (_unusableKey) {
    return undefined;
  }
}
