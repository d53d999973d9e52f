// Tests of the Management API: people, and factors that they enrolled by themselves, which no call of the API can do.
import { expect } from 'vitest';
import type { AuthenticatorRecord } from '#storage/records.ts';
import { type Office, user } from './office.ts';

type Enrolled = Partial<AuthenticatorRecord> & Pick<AuthenticatorRecord, 'type'>;

/** A phone that approves sign-ins; what begins with `plain` is nobody's to read. */
export const A_PHONE: Enrolled = {
  type: 'push',
  name: 'Phone of Ana',
  secret: 'PLAINCODESOFADEVICE',
  device: {
    publicKey: { kty: 'EC', x: 'plain-device-key' },
    subscription: { endpoint: 'https://push.example.com/plain-endpoint', p256dh: 'plain-p256dh', auth: 'plain-auth' },
    userAgent: 'Phone/1',
  },
};

/** `base` and `methods`: paths of what is the person's. */
export type Person = { id: string; base: string; methods: string };

export async function person({ door, send }: Office): Promise<Person> {
  const { status, body } = await send('POST', '/api/v2/users', user(`person-${door.house.ports.random.hex(12)}`));
  expect(status).toBe(201);
  const id = String(body.user_id);
  const base = `/api/v2/users/${encodeURIComponent(id)}`;
  return { id, base, methods: `${base}/authentication-methods` };
}

export async function enroll(
  { door: { house }, tenant }: Office,
  userId: string,
  more: Enrolled,
): Promise<AuthenticatorRecord> {
  const now = house.ports.now();
  const record: AuthenticatorRecord = {
    tenantId: tenant.id,
    id: `dev_${house.ports.random.letters(16)}`,
    userId,
    confirmed: true,
    createdAt: now,
    enrolledAt: now,
    ...more,
  };
  expect(await house.store.authenticators.insert(record)).toBe('inserted');
  return record;
}
