// The session that a completed login leaves: whose, how long, and what scripts changed of it.
import { describe, expect, test } from 'vitest';
import type { Caller } from '#runtime/ports.ts';
import { completeSession, fromSession, isAlive } from '#runtime/sessions/session.ts';
import type { LoginTransaction, SessionChanges } from '#runtime/transaction/transaction.ts';
import type { SessionRecord } from '#storage/records.ts';
import { aPerson } from '../factors/person.ts';
import { anOutcome, aTransaction, NOW } from '../transaction/sample.ts';

const { tenant } = aPerson([], []);
const LIFETIME = tenant.session.lifetimeSeconds * 1000;
const IDLE = tenant.session.idleLifetimeSeconds * 1000;
const HOUR = 3_600_000;
const caller: Caller = { ip: '203.0.113.7', method: 'POST', userAgent: 'now' };

const former: SessionRecord = {
  tenantId: 'tenant-1',
  id: 'session-1',
  userId: 'auth0|1',
  methods: [{ name: 'pwd', at: NOW - 2 * HOUR }],
  clients: ['client-0'],
  device: { initialIp: '198.51.100.1', initialUserAgent: 'then', lastIp: '198.51.100.2', lastUserAgent: 'later' },
  metadata: { kept: 'x', gone: 'y' },
  cookieMode: 'non-persistent',
  createdAt: NOW - 2 * HOUR,
  updatedAt: NOW - HOUR,
  authenticatedAt: NOW - 2 * HOUR,
  expiresAt: NOW - 2 * HOUR + LIFETIME,
  idleExpiresAt: NOW - HOUR + IDLE,
};

const complete = (changes: Partial<SessionChanges>, of?: SessionRecord, more: Partial<LoginTransaction> = {}) => {
  const session = { metadata: {}, recordedMethods: [], ...changes };
  return completeSession(aTransaction({ outcome: anOutcome({ session }), ...more }), tenant, of, caller, NOW);
};

describe('a new session', () => {
  test('is made of the login', () => {
    const methods: LoginTransaction['methods'] = [{ name: 'pwd', at: NOW - 1, in: 'transaction' }];
    expect(complete({}, undefined, { methods })).toEqual({
      logs: [],
      session: {
        tenantId: 'tenant-1',
        id: 'session-1',
        userId: 'auth0|1',
        methods: [{ name: 'pwd', at: NOW - 1 }],
        clients: ['client-1'],
        device: { initialIp: caller.ip, initialUserAgent: 'now', lastIp: caller.ip, lastUserAgent: 'now' },
        createdAt: NOW,
        updatedAt: NOW,
        authenticatedAt: NOW,
        expiresAt: NOW + LIFETIME,
        idleExpiresAt: NOW + IDLE,
      },
    });
  });
  test("is nobody's without a user", () => {
    expect(() => complete({}, undefined, { subject: { kind: 'none' } })).toThrow('user');
  });
});

describe('a session that is used again', () => {
  test('keeps its beginning and its end, and is seen here and now', () => {
    const { session } = complete({}, former);
    expect(session).toMatchObject({
      createdAt: former.createdAt,
      authenticatedAt: former.authenticatedAt,
      expiresAt: former.expiresAt,
      idleExpiresAt: NOW + IDLE,
      updatedAt: NOW,
      clients: ['client-0', 'client-1'],
      cookieMode: 'non-persistent',
      metadata: { kept: 'x', gone: 'y' },
      device: { initialIp: '198.51.100.1', initialUserAgent: 'then', lastIp: caller.ip, lastUserAgent: 'now' },
    });
  });
  test('is authenticated anew only by a password of this login', () => {
    const session: LoginTransaction['methods'] = [{ name: 'pwd', at: 1, in: 'session' }];
    const anew: LoginTransaction['methods'] = [{ name: 'pwd', at: NOW, in: 'transaction' }];
    expect(complete({}, former, { methods: session }).session.authenticatedAt).toBe(former.authenticatedAt);
    expect(complete({}, former, { methods: anew }).session.authenticatedAt).toBe(NOW);
  });
  test('belongs to whom the login was handed over to', () => {
    const subject = {
      kind: 'user',
      userId: 'auth0|9',
      connectionId: 'c',
      connection: 'db',
      strategy: 'auth0',
    } as const;
    expect(complete({}, former, { subject }).session.userId).toBe('auth0|9');
  });
  test('never outlives its absolute end by being used', () => {
    const { session } = complete({}, { ...former, expiresAt: NOW + 5 });
    expect(session).toMatchObject({ expiresAt: NOW + 5, idleExpiresAt: NOW + 5 });
  });
});

describe('limits that scripts set', () => {
  test.each<
    [string, Partial<SessionChanges>, SessionRecord | undefined, { expiresAt: number; idleExpiresAt: number }, number]
  >([
    [
      'shorter, absolute',
      { expiresAt: NOW + HOUR },
      undefined,
      { expiresAt: NOW + HOUR, idleExpiresAt: NOW + HOUR },
      0,
    ],
    [
      'shorter, idle',
      { idleExpiresAt: NOW + HOUR },
      undefined,
      { expiresAt: NOW + LIFETIME, idleExpiresAt: NOW + HOUR },
      0,
    ],
    [
      'just the most',
      { expiresAt: NOW + LIFETIME, idleExpiresAt: NOW + IDLE },
      undefined,
      { expiresAt: NOW + LIFETIME, idleExpiresAt: NOW + IDLE },
      0,
    ],
    [
      'absolute, beyond',
      { expiresAt: NOW + LIFETIME + 1 },
      undefined,
      { expiresAt: NOW + LIFETIME, idleExpiresAt: NOW + IDLE },
      1,
    ],
    [
      'idle, beyond',
      { idleExpiresAt: NOW + IDLE + 1 },
      undefined,
      { expiresAt: NOW + LIFETIME, idleExpiresAt: NOW + IDLE },
      1,
    ],
    [
      'both, beyond',
      { expiresAt: NOW + 9 * LIFETIME, idleExpiresAt: NOW + 9 * IDLE },
      undefined,
      { expiresAt: NOW + LIFETIME, idleExpiresAt: NOW + IDLE },
      2,
    ],
    [
      'idle, beyond the absolute one',
      { expiresAt: NOW + HOUR, idleExpiresAt: NOW + 2 * HOUR },
      undefined,
      { expiresAt: NOW + HOUR, idleExpiresAt: NOW + HOUR },
      0,
    ],
    [
      'counted from when the session began',
      { expiresAt: NOW + LIFETIME },
      former,
      { expiresAt: former.expiresAt, idleExpiresAt: NOW + IDLE },
      1,
    ],
    [
      'longer than an earlier script left it',
      { expiresAt: NOW + 2 * HOUR },
      { ...former, expiresAt: NOW + HOUR },
      { expiresAt: NOW + 2 * HOUR, idleExpiresAt: NOW + 2 * HOUR },
      0,
    ],
    ['in the past', { expiresAt: NOW - 1 }, undefined, { expiresAt: NOW - 1, idleExpiresAt: NOW - 1 }, 0],
  ])('%s', (_name, changes, of, expected, warnings) => {
    const { session, logs } = complete(changes, of);
    expect(session).toMatchObject(expected);
    expect(logs.map(({ type }) => type)).toEqual(Array(warnings).fill('w'));
  });
});

describe('what scripts change', () => {
  test.each<[string, Partial<SessionChanges>, Record<string, string> | undefined]>([
    ['nothing', {}, { kept: 'x', gone: 'y' }],
    ['a key set and a key removed', { metadata: { a: '1', gone: null } }, { kept: 'x', a: '1' }],
    ['a key replaced', { metadata: { kept: 'z' } }, { kept: 'z', gone: 'y' }],
    ['evicted', { evicted: true }, undefined],
    ['evicted, then set', { evicted: true, metadata: { a: '1' } }, { a: '1' }],
    ['the last key removed', { metadata: { kept: null, gone: null } }, undefined],
  ])('metadata: %s', (_name, changes, metadata) =>
    expect(complete(changes, former).session.metadata).toEqual(metadata),
  );

  test('the mode of its cookie', () => {
    expect(complete({ cookieMode: 'persistent' }, former).session.cookieMode).toBe('persistent');
    expect(complete({}).session).not.toHaveProperty('cookieMode');
  });

  test('recorded methods, for later logins of the session', () => {
    const { session } = complete({ recordedMethods: ['https://proof.example/'] }, former, {
      methods: fromSession(former),
    });
    expect(session.methods).toEqual([
      { name: 'pwd', at: NOW - 2 * HOUR },
      { name: 'https://proof.example/', at: NOW },
    ]);
    expect(fromSession(session).every((method) => method.in === 'session')).toBe(true);
  });

  test('of each method the newest proof is kept', () => {
    const methods: LoginTransaction['methods'] = [
      { name: 'mfa', type: 'otp', authenticatorId: 'dev_1', at: 1, in: 'session' },
      { name: 'mfa', type: 'phone', at: 2, in: 'session' },
      { name: 'mfa', type: 'otp', authenticatorId: 'dev_2', at: 3, in: 'transaction' },
    ];
    expect(complete({}, former, { methods }).session.methods).toEqual([
      { name: 'mfa', type: 'phone', at: 2 },
      { name: 'mfa', type: 'otp', authenticatorId: 'dev_2', at: 3 },
    ]);
  });
});

test.each([
  ['before both', 1, 1, true],
  ['at its absolute end', 0, 1, false],
  ['at its idle end', 1, 0, false],
])('a session is alive %s: %#', (_name, expires, idle, alive) => {
  expect(isAlive({ ...former, expiresAt: NOW + expires, idleExpiresAt: NOW + idle }, NOW)).toBe(alive);
});
