// The factors that a tenant switches on and off, under the names of the wire and in its order.
import type { GuardianFactorName } from '#storage/records.ts';

export const GUARDIAN_FACTORS = [
  'sms',
  'push-notification',
  'otp',
  'email',
  'duo',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
] as const satisfies readonly GuardianFactorName[];
