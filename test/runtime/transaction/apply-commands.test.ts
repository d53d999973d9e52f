// What one run adds to a login, command by command: outcomes, and asks in call order (actions-api, section 2).
import { describe, expect, test } from 'vitest';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { LoginTransaction, Outcome } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anOutcome, aTransaction, NOW } from './sample.ts';

const plan = ['first', 'second'].map((name) => ({ bindingId: name, actionId: name, versionId: name, name }));
const ran = (commands: PostLoginCommand[], more: Partial<LoginTransaction> = {}) => {
  const tx = aTransaction({ plan, state: { name: 'running' }, ...more });
  const step = transition(tx, { kind: 'ran', action: { name: 'script' }, commands, logs: [] }, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};

const CHALLENGE: PostLoginCommand = { name: 'authentication.challengeWithAny', factors: [{ type: 'otp' }] };
const ENROLL: PostLoginCommand = { name: 'authentication.enrollWith', factor: { type: 'otp' }, additionalFactors: [] };
const LEAVE: PostLoginCommand = { name: 'redirect.sendUserTo', url: 'https://away.example/' };
const FORM: PostLoginCommand = { name: 'prompt.render', formId: 'ap_1', fields: { a: 1 }, vars: { b: 2 } };

describe('what a command leaves in the outcome', () => {
  const set = (name: 'session' | 'refreshToken', key: string, value: string | null): PostLoginCommand =>
    ({ name: `${name}.setMetadata`, key, value }) as PostLoginCommand;
  const rows: [string, PostLoginCommand[], Partial<Outcome>][] = [
    [
      'claims: the last value of a key',
      [
        { name: 'idToken.setCustomClaim', key: 'a', value: 1 },
        { name: 'idToken.setCustomClaim', key: 'a', value: [2] },
        { name: 'accessToken.setCustomClaim', key: 'b', value: null },
      ],
      { idTokenClaims: { a: [2] }, accessTokenClaims: { b: null } },
    ],
    [
      'scopes: of several calls for one scope the last stands',
      [
        { name: 'accessToken.addScope', scope: 'a' },
        { name: 'accessToken.removeScope', scope: 'b' },
        { name: 'accessToken.removeScope', scope: 'a' },
        { name: 'accessToken.addScope', scope: 'b' },
      ],
      {
        scopes: [
          { scope: 'a', granted: false },
          { scope: 'b', granted: true },
        ],
      },
    ],
    [
      'metadata: null is kept, for it removes',
      [
        { name: 'user.setUserMetadata', key: 'a', value: null },
        { name: 'user.setAppMetadata', key: 'b', value: { c: 1 } },
      ],
      { userMetadata: { a: null }, appMetadata: { b: { c: 1 } } },
    ],
    [
      'session limits: of several the earliest',
      [
        { name: 'session.setExpiresAt', at: 3 },
        { name: 'session.setExpiresAt', at: 1 },
        { name: 'session.setExpiresAt', at: 2 },
        { name: 'session.setIdleExpiresAt', at: 9 },
      ],
      { session: { metadata: {}, recordedMethods: [], expiresAt: 1, idleExpiresAt: 9 } },
    ],
    [
      'refresh token limits: of several the earliest',
      [
        { name: 'refreshToken.setIdleExpiresAt', at: 3 },
        { name: 'refreshToken.setIdleExpiresAt', at: 2 },
        { name: 'refreshToken.setExpiresAt', at: 5 },
      ],
      { refreshToken: { metadata: {}, expiresAt: 5, idleExpiresAt: 2 } },
    ],
    [
      'cookie mode: the last',
      [
        { name: 'session.setCookieMode', mode: 'persistent' },
        { name: 'session.setCookieMode', mode: 'non-persistent' },
      ],
      { session: { metadata: {}, recordedMethods: [], cookieMode: 'non-persistent' } },
    ],
    [
      'session metadata: set, removed, and evicted with what came before',
      [
        set('session', 'a', '1'),
        { name: 'session.evictMetadata' },
        set('session', 'b', '2'),
        set('session', 'c', null),
        { name: 'session.deleteMetadata', key: 'd' },
      ],
      { session: { metadata: { b: '2', c: null, d: null }, evicted: true, recordedMethods: [] } },
    ],
    [
      'refresh token metadata: the same',
      [
        set('refreshToken', 'a', '1'),
        { name: 'refreshToken.evictMetadata' },
        set('refreshToken', 'b', '2'),
        { name: 'refreshToken.deleteMetadata', key: 'b' },
      ],
      { refreshToken: { metadata: { b: null }, evicted: true } },
    ],
    [
      'recorded methods',
      [{ name: 'authentication.recordMethod', url: 'https://proof.example/' }],
      { session: { metadata: {}, recordedMethods: ['https://proof.example/'] } },
    ],
    [
      'nothing, of the cache and of SAML',
      [
        { name: 'cache.set', key: 'k', value: 'v', expiresAt: 1 },
        { name: 'cache.delete', key: 'k' },
        { name: 'samlResponse.setAudience', args: ['urn:x'] },
      ],
      {},
    ],
  ];
  test.each(rows)('%s', (_name, commands, outcome) => expect(ran(commands).tx.outcome).toEqual(anOutcome(outcome)));

  test('a key named __proto__ is a key, not a prototype', () => {
    const { tx } = ran([
      { name: 'idToken.setCustomClaim', key: '__proto__', value: { admin: true } },
      { name: 'transaction.setMetadata', key: '__proto__', value: 'x' },
    ]);
    expect(Object.keys(tx.outcome.idTokenClaims)).toEqual(['__proto__']);
    expect(Object.keys(tx.metadata)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test("transaction metadata is the next Action's at once; null removes", () => {
    const metadata = { old: 1, gone: true };
    const { tx } = ran(
      [
        { name: 'transaction.setMetadata', key: 'a', value: 'x' },
        { name: 'transaction.setMetadata', key: 'gone', value: null },
      ],
      { metadata },
    );
    expect(tx.metadata).toEqual({ old: 1, a: 'x' });
    expect(metadata).toEqual({ old: 1, gone: true });
  });

  test('multifactor.enable: the last call, also of an earlier Action, until there is another', () => {
    const guardian: PostLoginCommand = { name: 'multifactor.enable', provider: 'guardian', allowRememberBrowser: true };
    const none: PostLoginCommand = { name: 'multifactor.enable', provider: 'none', allowRememberBrowser: false };
    expect(ran([guardian, none]).tx.mfa.enable).toEqual({ provider: 'none', allowRememberBrowser: false });
    const mfa = { commanded: 0, enable: { provider: 'any', allowRememberBrowser: false } } as const;
    expect(ran([], { mfa }).tx.mfa.enable).toEqual(mfa.enable);
  });
});

describe('asks', () => {
  test('stand in call order, and the next Action waits for them', () => {
    const { tx } = ran(
      [
        { name: 'authentication.challengeWith', factor: { type: 'otp' }, additionalFactors: [{ type: 'email' }] },
        { name: 'authentication.enrollWithAny', factors: [{ type: 'phone' }] },
        ENROLL,
        CHALLENGE,
      ],
      { asked: 2 },
    );
    expect(tx.queue.map((ask) => [ask.kind, ask.ordinal, ask.askedBy, 'prefer' in ask && ask.prefer])).toEqual([
      ['challenge', 3, { name: 'script' }, 'first'],
      ['enroll', 4, { name: 'script' }, 'any'],
      ['enroll', 5, { name: 'script' }, 'first'],
      ['challenge', 6, { name: 'script' }, 'any'],
    ]);
    expect(tx.queue[0]).toMatchObject({ factors: [{ type: 'otp' }, { type: 'email' }] });
    expect(tx).toMatchObject({ cursor: 1, asked: 6, mfa: { commanded: 4 }, state: { name: 'preparing' } });
  });

  const enable = (allowRememberBrowser: boolean): PostLoginCommand => {
    return { name: 'multifactor.enable', provider: 'any', allowRememberBrowser };
  };
  test.each<[string, PostLoginCommand[], Partial<LoginTransaction>, boolean]>([
    ['before it in the same Action', [enable(false), CHALLENGE], {}, true],
    ['after it in the same Action', [CHALLENGE, enable(false)], {}, false],
    [
      'in an earlier Action',
      [CHALLENGE],
      { mfa: { commanded: 0, enable: { provider: 'any', allowRememberBrowser: false } } },
      true,
    ],
    ['before it, with remembering allowed', [enable(true), CHALLENGE], {}, false],
    ['before it, and allowed since', [enable(false), enable(true), CHALLENGE], {}, false],
  ])('a challenge is for no remembered browser when one was enabled without: %s', (_name, commands, more, anew) => {
    const [ask] = ran(commands, more).tx.queue;
    expect(ask && 'shownAnew' in ask).toBe(anew);
  });

  test.each([
    ['a redirect', LEAVE, { kind: 'redirect', url: 'https://away.example/' }],
    ['a form', FORM, { kind: 'form', formId: 'ap_1', fields: { a: 1 }, vars: { b: 2 } }],
  ])('%s comes after the factors of the same Action, which is not over', (_name, command, last) => {
    const { tx } = ran([command, CHALLENGE]);
    expect(tx.queue).toMatchObject([
      { kind: 'challenge', ordinal: 1 },
      { ...last, ordinal: 2 },
    ]);
    expect(tx).toMatchObject({ cursor: 0, redirects: 1, mfa: { commanded: 1 }, state: { name: 'preparing' } });
  });

  test('without one the next Action runs, and after the last one the login settles', () => {
    expect(ran([]).tx).toMatchObject({ cursor: 1, state: { name: 'running' } });
    expect(ran([], { cursor: 1 }).tx).toMatchObject({ cursor: 2, state: { name: 'settling' } });
    expect(ran([], { state: { name: 'running', visit: { kind: 'redirect', query: {}, body: {} } } }).tx.state).toEqual({
      name: 'running',
    });
  });
});
