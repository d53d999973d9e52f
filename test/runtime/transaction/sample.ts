// A login in the middle of things, for tests of the pure core.
import type { Ask, Challenge, LoginState, LoginTransaction } from '#runtime/transaction/transaction.ts';

export const NOW = Date.UTC(2026, 0, 15, 12);

export function anAsk(more: Partial<Ask> = {}): Ask {
  const factors = [{ type: 'phone' }, { type: 'otp' }];
  return { kind: 'challenge', ordinal: 1, source: 'command', prefer: 'any', factors, askedBy: 'first', ...more };
}

export function aChallenge(more: Partial<Challenge> = {}): Challenge {
  return {
    id: 'challenge-1',
    factor: 'phone',
    authenticatorId: 'dev_phone',
    codeMac: 'mac',
    sentTo: 'XXXXXXXX1234',
    createdAt: NOW,
    expiresAt: NOW + 300_000,
    ...more,
  };
}

export function aTransaction(more: Partial<LoginTransaction> = {}): LoginTransaction {
  return {
    id: 'login-1',
    tenantId: 'tenant-1',
    purpose: 'login',
    door: 'hosted',
    selection: 'server',
    origin: { kind: 'fresh' },
    request: {
      clientId: 'client-1',
      redirectUri: 'https://app.example/callback',
      responseType: 'code',
      responseMode: 'query',
      scope: ['openid'],
      prompt: [],
      uiLocales: [],
      acrValues: [],
      locale: 'en',
      query: {},
    },
    gate: { kind: 'credential' },
    subject: { kind: 'user', userId: 'auth0|1', connectionId: 'con_1', connection: 'db', strategy: 'auth0' },
    methods: [],
    plan: [{ bindingId: 'b', actionId: 'a', versionId: 'v', name: 'first' }],
    cursor: 0,
    queue: [],
    challenges: [],
    commanded: 0,
    ask: 0,
    outcome: { idTokenClaims: {}, accessTokenClaims: {}, appMetadata: {}, userMetadata: {} },
    binding: 'hash',
    sessionId: 'session-1',
    state: { name: 'identifying' },
    createdAt: NOW,
    expiresAt: NOW + 3_600_000,
    ...more,
  };
}

/** One login state of each name, around one ask with an open challenge. */
export function samples() {
  const ask = anAsk();
  const challenge = aChallenge();
  const offers = [
    { factor: 'phone', authenticators: ['dev_phone'] },
    { factor: 'otp', authenticators: ['dev_otp'] },
  ] as const;
  const challenging = {
    name: 'challenging',
    ask,
    offers: structuredClone(offers),
    challengeId: challenge.id,
  } as unknown as Extract<LoginState, { name: 'challenging' }>;

  const STATES: { [Name in LoginState['name']]: Extract<LoginState, { name: Name }> } = {
    identifying: { name: 'identifying' },
    choosing: { name: 'choosing', ask, offers: challenging.offers, back: challenge.id },
    challenging,
    verifying: {
      name: 'verifying',
      submission: { method: 'code', challengeId: challenge.id, code: '123456' },
      from: challenging,
    },
    running: { name: 'running' },
    preparing: { name: 'preparing', ask },
    settling: { name: 'settling' },
    completed: { name: 'completed', taken: false },
    denied: { name: 'denied', code: 'access_denied', reason: 'No.' },
  };
  return { ask, challenge, challenging, STATES };
}
