// The user and the session that a post-login script reads (actions-api, sections 1.2 and 1.3).
import { describe, expect, test } from 'vitest';
import type { SessionRecord, UserRecord } from '#storage/records.ts';
import { anOutcome, NOW } from '../transaction/sample.ts';
import { event, person } from './an-event.ts';

const iso = (at: number) => new Date(at).toISOString();

describe('the user', () => {
  test('with everything a profile may have', () => {
    const identity = { connection: 'db', provider: 'auth0', userId: '1', isSocial: false };
    const user: Partial<UserRecord> = {
      name: 'Ana',
      nickname: 'a',
      givenName: 'Ana',
      familyName: 'B',
      picture: 'https://p.example/',
      username: 'ana',
      phoneNumber: '+447700900123',
      phoneVerified: false,
      passwordChangedAt: 1000,
      identities: [identity, { ...identity, userId: '2', profileData: { email: 'x' } }],
      appMetadata: { a: 1 },
      userMetadata: { b: 2 },
    };
    expect(event({ user }).user).toEqual({
      user_id: 'auth0|1',
      email: 'ana@example.com',
      email_verified: true,
      name: 'Ana',
      nickname: 'a',
      given_name: 'Ana',
      family_name: 'B',
      picture: 'https://p.example/',
      username: 'ana',
      phone_number: '+447700900123',
      phone_verified: false,
      last_password_reset: iso(1000),
      created_at: iso(0),
      updated_at: iso(0),
      app_metadata: { a: 1 },
      user_metadata: { b: 2 },
      identities: [
        { connection: 'db', provider: 'auth0', user_id: '1', userId: '1', isSocial: false },
        {
          connection: 'db',
          provider: 'auth0',
          user_id: '2',
          userId: '2',
          isSocial: false,
          profileData: { email: 'x' },
        },
      ],
      enrolledFactors: [{ type: 'otp' }, { type: 'email' }],
      multifactor: ['guardian'],
    });
  });

  test('e-mail alone is no multifactor', () => {
    expect(event({ world: { authenticators: [] } }).user).toMatchObject({
      enrolledFactors: [{ type: 'email' }],
      multifactor: [],
    });
  });

  test('upstream attributes stand beside what is known', () => {
    expect(event({ user: { attributes: { groups: ['staff'], department: null } } }).user).toMatchObject({
      groups: ['staff'],
      department: null,
    });
  });

  const KNOWN = {
    user_id: 'x',
    email: 'x',
    email_verified: 'x',
    created_at: 'x',
    updated_at: 'x',
    app_metadata: { admin: true },
    user_metadata: { admin: true },
    identities: ['x'],
    enrolledFactors: [],
    multifactor: ['x'],
  };
  const UNKNOWN_HERE = {
    name: 'x',
    nickname: 'x',
    username: 'x',
    phone_number: 'x',
    phone_verified: true,
    last_password_reset: 'x',
  };
  test('upstream attributes never stand for what is known', () => {
    expect(event({ user: { attributes: KNOWN } }).user).toEqual(event().user);
  });
  test('nor for what a profile has a place for and does not have', () => {
    expect(event({ user: { attributes: UNKNOWN_HERE } }).user).toEqual(event().user);
  });
});

describe('the session', () => {
  const HOUR = 3_600_000;
  const session: SessionRecord = {
    tenantId: 't',
    id: 'session-1',
    userId: 'auth0|1',
    methods: [],
    clients: ['client-0'],
    device: { initialIp: '198.51.100.1' },
    metadata: { kept: 'x' },
    createdAt: NOW - 3 * HOUR,
    updatedAt: NOW - HOUR,
    authenticatedAt: NOW - 2 * HOUR,
    expiresAt: NOW + HOUR,
    idleExpiresAt: NOW + 2 * HOUR,
  };

  test('that will be begins with the login', () => {
    const { session: shown } = event({ caller: { ip: '::1', method: 'GET', userAgent: 'Firefox', asn: '1' } });
    const lifetime = person.tenant.session.lifetimeSeconds * 1000;
    expect(shown).toMatchObject({
      id: 'session-1',
      user_id: 'auth0|1',
      created_at: iso(NOW),
      expires_at: iso(NOW + lifetime),
      clients: [{ client_id: 'client-1' }],
      cookie: { mode: 'persistent' },
      metadata: {},
      device: {
        initial_ip: '::1',
        initial_asn: '1',
        initial_user_agent: 'Firefox',
        last_ip: '::1',
        last_asn: '1',
        last_user_agent: 'Firefox',
      },
    });
  });

  test('that there is keeps its times; it never idles beyond its end', () => {
    expect(event({ world: { session } }).session).toMatchObject({
      created_at: iso(NOW - 3 * HOUR),
      updated_at: iso(NOW - HOUR),
      authenticated_at: iso(NOW - 2 * HOUR),
      expires_at: iso(NOW + HOUR),
      idle_expires_at: iso(NOW + HOUR),
      clients: [{ client_id: 'client-0' }, { client_id: 'client-1' }],
      device: { initial_ip: '198.51.100.1', last_ip: '203.0.113.7' },
      metadata: { kept: 'x' },
    });
  });

  test('shows what earlier Actions of this login changed', () => {
    const outcome = anOutcome({
      session: { metadata: { kept: null, a: '1' }, cookieMode: 'non-persistent', recordedMethods: [] },
    });
    expect(event({ world: { session }, tx: { outcome } }).session).toMatchObject({
      metadata: { a: '1' },
      cookie: { mode: 'non-persistent' },
    });
    const evicted = anOutcome({ session: { metadata: {}, evicted: true, recordedMethods: [] } });
    expect(event({ world: { session }, tx: { outcome: evicted } }).session?.metadata).toEqual({});
  });
});
