// A login in the middle of things, for tests of the pure core.
import type { Ask, Challenge, LoginTransaction } from '#runtime/transaction/transaction.ts';

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
    failures: 0,
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
