// Server, account: what a factor of the person's is called on these pages: its kind, its picture, and what tells it from others.
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import type { AuthenticatorRecord, AuthenticatorType, TenantRecord } from '#storage/records.ts';
import type { IconName } from '../hosted/icons.ts';

/** The end of a key `authenticatorNames…` of the texts. */
export type KindName =
  | 'SMS'
  | 'Voice'
  | 'Phone'
  | 'PushNotification'
  | 'OTP'
  | 'Email'
  | 'RecoveryCode'
  | 'WebauthnRoaming'
  | 'WebauthnPlatform'
  | 'Passkey';
export type Kind = { name: KindName; icon: IconName };

const KINDS: Record<Exclude<AuthenticatorType, 'phone'>, Kind> = {
  totp: { name: 'OTP', icon: 'app' },
  email: { name: 'Email', icon: 'email' },
  push: { name: 'PushNotification', icon: 'push' },
  'recovery-code': { name: 'RecoveryCode', icon: 'recovery' },
  'webauthn-roaming': { name: 'WebauthnRoaming', icon: 'security-key' },
  'webauthn-platform': { name: 'WebauthnPlatform', icon: 'fingerprint' },
  passkey: { name: 'Passkey', icon: 'passkey' },
};

/** A phone is called by how it is reached; where that is open, by what it is. */
export function kindOf(type: AuthenticatorType, { messageTypes }: Pick<TenantRecord, 'messageTypes'>): Kind {
  if (type !== 'phone') return KINDS[type];
  const [first = 'sms', second] = messageTypes;
  if (second !== undefined) return { name: 'Phone', icon: 'message' };
  return first === 'sms' ? { name: 'SMS', icon: 'message' } : { name: 'Voice', icon: 'call' };
}

/** Where its codes go, as strangers may see it. */
export function targetOf({ phoneNumber, email }: AuthenticatorRecord): string | undefined {
  if (phoneNumber !== undefined) return maskPhone(phoneNumber);
  return email === undefined ? undefined : maskEmail(email);
}
