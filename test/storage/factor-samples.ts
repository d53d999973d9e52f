// Tests of storage: records of factors with parts of their own, with every property set: keys, devices, what devices are
// asked, and what pages and messages are made with.
import { randomBytes } from 'node:crypto';
import type {
  AuthenticatorRecord,
  CredentialRecord,
  PageRecord,
  ProviderRecord,
  PushDeviceRecord,
  PushRequestRecord,
} from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { AT, anAuthenticator, aUser, fresh } from './samples.ts';

export const aCredential = (changes: Partial<CredentialRecord> = {}): CredentialRecord => ({
  id: randomBytes(32).toString('base64url'),
  publicKey: 'plain-cose-key',
  counter: 7,
  transports: ['usb', 'nfc'],
  aaguid: 'ee882879-721c-4913-9775-3dfcce97072a',
  deviceType: 'multiDevice',
  backedUp: false,
  relyingPartyId: 'login.example.com',
  userHandle: 'aGFuZGxl',
  userAgent: 'Browser/1',
  ...changes,
});

/** A security key. */
export const aKey = (
  tenantId: string,
  userId: string,
  changes: Partial<AuthenticatorRecord> = {},
): AuthenticatorRecord => {
  const { secret: _, ...key } = anAuthenticator(tenantId, userId, {
    type: 'webauthn-roaming',
    name: 'Blue one',
    credential: aCredential(),
    enrolledAt: AT,
    lastAuthAt: AT,
  });
  return { ...key, ...changes };
};

export const aPushDevice = (): PushDeviceRecord => ({
  publicKey: { kty: 'EC', crv: 'P-256', x: 'plain-device-x', y: 'plain-device-y' },
  subscription: { endpoint: 'https://push.example.com/plain-endpoint', p256dh: 'plain-p256dh', auth: 'plain-auth' },
  userAgent: 'Phone/1',
});

/** A phone that approves sign-ins. */
export const aPhone = (
  tenantId: string,
  userId: string,
  changes: Partial<AuthenticatorRecord> = {},
): AuthenticatorRecord => anAuthenticator(tenantId, userId, { type: 'push', device: aPushDevice(), ...changes });

export const aPushRequest = (
  device: AuthenticatorRecord,
  changes: Partial<PushRequestRecord> = {},
): PushRequestRecord => ({
  tenantId: device.tenantId,
  id: fresh('chl'),
  deviceId: device.id,
  userId: device.userId,
  number: 'plain-number',
  choices: ['plain-number', '17', '80'],
  about: { application: 'plain-application', ip: '203.0.113.7', place: 'Tokyo', userAgent: 'Browser/1' },
  state: 'pending',
  createdAt: AT,
  expiresAt: AT + 1000,
  ...changes,
});

/** A user with a phone, stored. */
export async function withPhone(
  store: Store,
  tenantId = fresh('ten'),
  changes: Partial<AuthenticatorRecord> = {},
): Promise<AuthenticatorRecord> {
  const user = aUser(tenantId, { passwordHash: 'old' });
  const phone = aPhone(tenantId, user.id, changes);
  await store.users.insert(user);
  await store.authenticators.insert(phone);
  return phone;
}

const KINDS = ['custom-text', 'theme', 'template', 'prompt'] as const;
let pages = 0;

/** Each is of another kind than the three before it. */
export const aPage = (tenantId: string, changes: Partial<PageRecord> = {}): PageRecord => ({
  tenantId,
  id: fresh('pag'),
  kind: KINDS[pages++ % KINDS.length]!,
  name: fresh('login ja'),
  document: { login: { title: 'ようこそ', 'odd "key': null } },
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export const aProvider = (tenantId: string, changes: Partial<ProviderRecord> = {}): ProviderRecord => ({
  tenantId,
  id: fresh('prv'),
  name: fresh('push:sns'),
  settings: { region: 'eu-west-1', key: 'plain-provider-key' },
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

/** Every value above that must never lie on a disk as it is. */
export const PLAIN_FACTOR_SECRETS = [
  'plain-cose-key',
  'plain-device-x',
  'plain-endpoint',
  'plain-p256dh',
  'plain-auth',
  'plain-number',
  'plain-application',
  'plain-provider-key',
];
