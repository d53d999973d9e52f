// Tests of storage: records of what surrounds a person, with every property set: a whole profile, browsers, groups, forms.
import { createHash } from 'node:crypto';
import type {
  FormRecord,
  GroupRecord,
  LoginDeviceRecord,
  RememberedBrowserRecord,
  UserRecord,
} from '#storage/records.ts';
import { AT, aUser, fresh } from './samples.ts';

export const aWholeUser = (tenantId: string): UserRecord =>
  aUser(tenantId, {
    email: `${fresh('Ana')}@Example.com`,
    emailVerified: true,
    username: fresh('ana'),
    phoneNumber: '+81312345678',
    phoneVerified: true,
    name: 'Ana García',
    nickname: 'ana',
    givenName: 'Ana',
    familyName: 'García',
    picture: 'https://example.com/ana.png',
    identities: [
      { connection: 'Directory', provider: 'auth0', userId: '1', isSocial: false },
      { connection: 'git', provider: 'github', userId: '2', isSocial: true, profileData: { login: 'ana', 'a.b': [1] } },
    ],
    attributes: { department: 'R&D', 'https://idp.example.com/level': 3, nested: { list: [null, '名前'] } },
    userMetadata: { theme: 'dark', 'odd "key\'.$': [1, 2], __proto__x: 1 },
    appMetadata: { zeta: 1, alpha: { b: 1, a: 2 } },
    passwordHash: '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA',
    passwordChangedAt: AT,
    loginsCount: 3,
    lastLoginAt: AT,
    lastIp: '203.0.113.7',
  });

const aDevice = () => createHash('sha256').update(fresh('cookie')).digest('hex');

export const aLoginDevice = (
  tenantId: string,
  userId: string,
  changes: Partial<LoginDeviceRecord> = {},
): LoginDeviceRecord => ({
  tenantId,
  userId,
  device: aDevice(),
  userAgent: 'Browser/1',
  ip: '203.0.113.7',
  location: { latitude: 35.6895, longitude: -139.69171, countryCode: 'JP' },
  firstSeenAt: AT,
  seenAt: AT,
  ...changes,
});

export const aRememberedBrowser = (
  tenantId: string,
  userId: string,
  changes: Partial<RememberedBrowserRecord> = {},
): RememberedBrowserRecord => ({ tenantId, userId, device: aDevice(), renewedAt: AT, seenAt: AT, ...changes });

export const aGroup = (tenantId: string, changes: Partial<GroupRecord> = {}): GroupRecord => ({
  tenantId,
  id: fresh('grp'),
  name: 'Night shift',
  externalId: 'CN=night,DC=example',
  connectionId: fresh('con'),
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});

export const aForm = (tenantId: string, changes: Partial<FormRecord> = {}): FormRecord => ({
  tenantId,
  id: fresh('ap'),
  name: 'Ask for the birthday',
  definition: { start: { next_node: 'a' }, nodes: [{ id: 'a', type: 'STEP' }], 'odd "key': null },
  createdAt: AT,
  updatedAt: AT,
  ...changes,
});
