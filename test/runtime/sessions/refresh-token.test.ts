// Refresh tokens as values: how long a client's live, what a login is given, which key opens one, and what an exchange
// makes of it (wire reference, section 1.3; RFC 9700, section 4.14).
import { describe, expect, test } from 'vitest';
import type { Caller } from '#runtime/ports.ts';
import { createRandom } from '#runtime/random.ts';
import {
  exchangeChanges,
  judgeKey,
  keyChange,
  newRefreshToken,
  type RefreshTokenPolicy,
  refreshTokenPolicy,
} from '#runtime/sessions/refresh-token.ts';
import type { LoginTransaction, RefreshTokenChanges } from '#runtime/transaction/transaction.ts';
import type { ClientRecord, JsonObject, RefreshTokenRecord } from '#storage/records.ts';
import { anOutcome, aTransaction, NOW } from '../transaction/sample.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const THIRTY = 2_592_000;
const FIFTEEN = 1_296_000;
const caller: Caller = { ip: '203.0.113.7', method: 'POST', userAgent: 'now' };

function aClient(settings: JsonObject = {}, authMethod: ClientRecord['authMethod'] = 'client_secret_post') {
  return { id: 'client-1', authMethod, settings: { refresh_token: settings } } as unknown as ClientRecord;
}
const ROTATING = aClient({ rotation_type: 'rotating', expiration_type: 'expiring' });

describe('how they live', () => {
  const limited = { lifetimeSeconds: THIRTY, idleLifetimeSeconds: FIFTEEN };
  test.each<[string, JsonObject, ClientRecord['authMethod'], RefreshTokenPolicy]>([
    ['a client with a secret', {}, 'client_secret_post', { rotating: false, leewaySeconds: 0 }],
    ['a client that can keep none', {}, 'none', { rotating: true, leewaySeconds: 0, ...limited }],
    ['rotating', { rotation_type: 'rotating' }, 'client_secret_post', { rotating: true, leewaySeconds: 0, ...limited }],
    [
      'not rotating, against the rule',
      { rotation_type: 'non-rotating' },
      'none',
      { rotating: false, leewaySeconds: 0 },
    ],
    [
      'expiring without rotation',
      { expiration_type: 'expiring' },
      'client_secret_post',
      { rotating: false, leewaySeconds: 0, ...limited },
    ],
    [
      'rotating without end',
      { rotation_type: 'rotating', expiration_type: 'non-expiring' },
      'none',
      { rotating: true, leewaySeconds: 0 },
    ],
    [
      'as long as it says',
      { rotation_type: 'rotating', leeway: 3, token_lifetime: 100, idle_token_lifetime: 10 },
      'none',
      { rotating: true, leewaySeconds: 3, lifetimeSeconds: 100, idleLifetimeSeconds: 10 },
    ],
    [
      'without an absolute end',
      { infinite_token_lifetime: true },
      'none',
      { rotating: true, leewaySeconds: 0, idleLifetimeSeconds: FIFTEEN },
    ],
    [
      'however seldom used',
      { infinite_idle_token_lifetime: true },
      'none',
      { rotating: true, leewaySeconds: 0, lifetimeSeconds: THIRTY },
    ],
  ])('%s', (_name, settings, authMethod, policy) => {
    expect(refreshTokenPolicy(aClient(settings, authMethod))).toEqual(policy);
  });

  test.each([[undefined], ['never'], [[1]], [null]])('settings that are %j are none', (refresh_token) => {
    const client = { authMethod: 'none', settings: { refresh_token } } as unknown as ClientRecord;
    expect(refreshTokenPolicy(client)).toEqual({ rotating: true, leewaySeconds: 0, ...limited });
  });
});

const given = (
  changes: Partial<RefreshTokenChanges> = {},
  { client = ROTATING, ...more }: Partial<LoginTransaction> & { client?: ClientRecord } = {},
): RefreshTokenRecord => {
  const outcome = anOutcome({ refreshToken: { metadata: {}, ...changes } });
  const methods: LoginTransaction['methods'] = [
    { name: 'pwd', at: NOW - 20, in: 'transaction' },
    { name: 'mfa', type: 'otp', authenticatorId: 'dev_1', at: NOW - 10, in: 'transaction' },
  ];
  const login = aTransaction({ outcome, methods, ...more });
  return newRefreshToken(createRandom(), { login, client, scope: ['openid', 'offline_access'], caller }, NOW);
};

describe('a new one', () => {
  test('is made of the login', () => {
    expect(given()).toEqual({
      tenantId: 'tenant-1',
      id: expect.stringMatching(/^rt_[A-Za-z0-9]{24}$/),
      userId: 'auth0|1',
      clientId: 'client-1',
      sessionId: 'session-1',
      connectionId: 'con_1',
      connection: 'db',
      strategy: 'auth0',
      scope: ['openid', 'offline_access'],
      methods: [
        { name: 'pwd', at: NOW - 20 },
        { name: 'mfa', type: 'otp', authenticatorId: 'dev_1', at: NOW - 10 },
      ],
      authenticatedAt: NOW - 10,
      rotating: true,
      generation: 1,
      rotatedAt: NOW,
      device: { initialIp: caller.ip, lastIp: caller.ip, initialUserAgent: 'now', lastUserAgent: 'now' },
      createdAt: NOW,
      updatedAt: NOW,
      expiresAt: NOW + THIRTY * SECOND,
      idleExpiresAt: NOW + FIFTEEN * SECOND,
    });
  });
  test('of a login without a browser has no session', () => {
    const { binding: _none, ...login } = aTransaction();
    const made = newRefreshToken(createRandom(), { login, client: ROTATING, scope: [], caller }, NOW);
    expect(made).not.toHaveProperty('sessionId');
  });
  test('of a login that proved nothing is as old as itself', () => {
    expect(given({}, { methods: [] }).authenticatedAt).toBe(NOW);
  });
  test('keeps what it was asked for', () => {
    const request = { ...aTransaction().request, audience: 'https://api.example/', organizationId: 'org_1' };
    expect(given({}, { request })).toMatchObject({ audience: 'https://api.example/', organizationId: 'org_1' });
  });
  test('holds what scripts left for it, and nothing that they took back', () => {
    expect(given({ metadata: { a: 'x', b: null } }).metadata).toEqual({ a: 'x' });
    expect(given({ metadata: { b: null } })).not.toHaveProperty('metadata');
  });
  test.each<[string, Partial<RefreshTokenChanges>, object]>([
    ['shorter', { expiresAt: NOW + 5, idleExpiresAt: NOW + 3 }, { expiresAt: NOW + 5, idleExpiresAt: NOW + 3 }],
    [
      'never longer',
      { expiresAt: NOW + 31 * DAY, idleExpiresAt: NOW + 16 * DAY },
      { expiresAt: NOW + 30 * DAY, idleExpiresAt: NOW + 15 * DAY },
    ],
  ])('a script makes its life %s', (_name, changes, times) => expect(given(changes)).toMatchObject(times));
  test('a script gives an end to one that has none', () => {
    const made = given({ expiresAt: NOW + 5 }, { client: aClient() });
    expect(made.expiresAt).toBe(NOW + 5);
    expect(made).not.toHaveProperty('idleExpiresAt');
  });
  test("is nobody's without a user", () => {
    expect(() => given({}, { subject: { kind: 'none' } })).toThrow('user');
  });
  test('its key carries the generation, and is kept as long as it may be of use', () => {
    const token = given();
    expect(keyChange(token, 'key')).toEqual({
      kind: 'handle.insert',
      handle: {
        tenantId: 'tenant-1',
        kind: 'refresh-token',
        key: 'key',
        targetId: token.id,
        ask: 1,
        expiresAt: NOW + 30 * DAY,
      },
    });
    const { expiresAt: _end, ...endless } = token;
    expect(keyChange(endless, 'key')).toMatchObject({ handle: { expiresAt: Number.MAX_SAFE_INTEGER } });
  });
});

describe('a key', () => {
  const token = { ...given(), generation: 3, rotatedAt: NOW };
  const LEEWAY = 10;
  test.each<[string, number, number, number, Partial<RefreshTokenRecord>, string]>([
    ['of the present generation', 3, 0, NOW, {}, 'good'],
    ['of the present generation, long after', 3, 0, NOW + 14 * DAY, {}, 'good'],
    ['of the former one', 2, 0, NOW, {}, 'spent'],
    ['of the former one, at once, within the leeway', 2, LEEWAY, NOW, {}, 'good'],
    ['of the former one, at the end of the leeway', 2, LEEWAY, NOW + LEEWAY * SECOND - 1, {}, 'good'],
    ['of the former one, after the leeway', 2, LEEWAY, NOW + LEEWAY * SECOND, {}, 'spent'],
    ['of the one before that', 1, LEEWAY, NOW, {}, 'spent'],
    ['of one that is not made yet', 4, LEEWAY, NOW, {}, 'spent'],
    ['a moment before its end', 3, 0, NOW + 5, { expiresAt: NOW + 6 }, 'good'],
    ['at its end', 3, 0, NOW + 6, { expiresAt: NOW + 6 }, 'expired'],
    ['not used for too long', 3, 0, NOW + 6, { idleExpiresAt: NOW + 6 }, 'expired'],
    ['of the former one, at its end', 2, 0, NOW + 6, { expiresAt: NOW + 6 }, 'expired'],
  ])('%s', (_name, generation, leeway, at, more, judged) => {
    expect(judgeKey({ ...token, ...more }, generation, leeway, at)).toBe(judged);
  });
});

describe('an exchange', () => {
  const LATER = NOW + DAY;
  const there: Caller = { ip: '198.51.100.9', method: 'POST', userAgent: 'then' };
  const exchanged = (
    token: RefreshTokenRecord,
    generation = token.generation,
    { client = ROTATING, changes = {}, at = LATER }: ExchangeOptions = {},
  ) => {
    const origin = { kind: 'refresh-token', tokenId: token.id, generation } as const;
    const outcome = anOutcome({ refreshToken: { metadata: {}, ...changes } });
    return exchangeChanges(aTransaction({ origin, outcome }), { refreshToken: token, client }, there, at);
  };
  type ExchangeOptions = { client?: ClientRecord; changes?: Partial<RefreshTokenChanges>; at?: number };
  const written = (...given: Parameters<typeof exchanged>): RefreshTokenRecord => {
    const answer = exchanged(...given);
    const [change] = answer === 'spent' ? [] : answer.changes;
    if (change?.kind !== 'refresh-token.replace') throw new Error('nothing was written');
    return change.token;
  };

  test('of a rotating one begins the next generation, if nobody else has', () => {
    const token = given();
    expect(exchanged(token)).toEqual({
      logs: [],
      changes: [
        {
          kind: 'refresh-token.replace',
          generation: 1,
          token: {
            ...token,
            generation: 2,
            rotatedAt: LATER,
            device: { ...token.device, lastIp: there.ip, lastUserAgent: 'then' },
            lastExchangedAt: LATER,
            updatedAt: LATER,
            idleExpiresAt: LATER + FIFTEEN * SECOND,
          },
        },
      ],
    });
  });
  test('of one that does not rotate leaves its key as it is', () => {
    const token = given({}, { client: aClient() });
    const next = written(token, 1, { client: aClient() });
    expect(next).toMatchObject({ generation: 1, rotatedAt: NOW, lastExchangedAt: LATER });
    expect(next).not.toHaveProperty('expiresAt');
  });
  test('by the former key within the leeway begins no further generation, nor a further leeway', () => {
    const client = aClient({ rotation_type: 'rotating', leeway: 10 });
    const token = { ...given({}, { client }), generation: 2, rotatedAt: LATER - 5 * SECOND };
    expect(written(token, 1, { client })).toMatchObject({ generation: 2, rotatedAt: LATER - 5 * SECOND });
  });
  test.each<[string, () => unknown]>([
    ['the former key', () => exchanged({ ...given(), generation: 2 }, 1)],
    ['one that has run out meanwhile', () => exchanged({ ...given(), expiresAt: LATER })],
  ])('by %s is none', (_name, attempt) => expect(attempt()).toBe('spent'));
  test('of a token that is gone is none', () => {
    const tx = aTransaction({ origin: { kind: 'refresh-token', tokenId: 'rt_1', generation: 1 } });
    expect(exchangeChanges(tx, { client: ROTATING }, there, LATER)).toBe('spent');
    expect(exchangeChanges(tx, { refreshToken: given() }, there, LATER)).toBe('spent');
  });
  test('is only of logins that came from a refresh token', () => {
    const nothing = { changes: [], logs: [] };
    expect(exchangeChanges(aTransaction(), { refreshToken: given(), client: ROTATING }, there, LATER)).toEqual(nothing);
  });

  test('keeps the absolute end, and moves the idle one', () => {
    const token = { ...given(), expiresAt: NOW + 20 * DAY };
    expect(written(token)).toMatchObject({ expiresAt: NOW + 20 * DAY, idleExpiresAt: NOW + 16 * DAY });
  });
  test.each<[string, Partial<RefreshTokenChanges>, Partial<RefreshTokenRecord>, number]>([
    [
      'shorter',
      { expiresAt: LATER + 5, idleExpiresAt: LATER + 3 },
      { expiresAt: LATER + 5, idleExpiresAt: LATER + 3 },
      0,
    ],
    ['never longer, and is told', { expiresAt: NOW + 31 * DAY }, { expiresAt: NOW + 30 * DAY }, 1],
    ['never idle for longer, and is told', { idleExpiresAt: NOW + 17 * DAY }, { idleExpiresAt: NOW + 16 * DAY }, 1],
  ])('a script makes its life %s', (_name, changes, times, told) => {
    const answer = exchanged(given(), 1, { changes });
    expect(written(given(), 1, { changes })).toMatchObject(times);
    expect(answer).toMatchObject({ logs: Array.from({ length: told }, () => ({ type: 'w' })) });
  });
  test('a script shortens what earlier ones left, and cannot give it back', () => {
    const short = { ...given(), expiresAt: LATER + 50 };
    expect(written(short, 1, { changes: { expiresAt: LATER + 100 } }).expiresAt).toBe(LATER + 50);
  });
  test('scripts set, take back and evict what is noted on it', () => {
    const noted = { ...given(), metadata: { a: 'x', b: 'y' } };
    expect(written(noted).metadata).toEqual({ a: 'x', b: 'y' });
    expect(written(noted, 1, { changes: { metadata: { b: null, c: 'z' } } }).metadata).toEqual({ a: 'x', c: 'z' });
    expect(written(noted, 1, { changes: { metadata: { c: 'z' }, evicted: true } }).metadata).toEqual({ c: 'z' });
    expect(written(noted, 1, { changes: { metadata: {}, evicted: true } })).not.toHaveProperty('metadata');
  });
  test('never gives the token another owner, scope or key', () => {
    const token = { ...given(), keyThumbprint: 'jkt' };
    const { userId, clientId, scope, methods, createdAt, id, keyThumbprint } = token;
    expect(written(token)).toMatchObject({ id, userId, clientId, scope, methods, createdAt, keyThumbprint });
  });
});
