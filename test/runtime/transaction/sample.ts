// A login in the middle of things, for tests of the pure core.
import type {
  Challenge,
  ChallengeAsk,
  Enrollment,
  LoginState,
  LoginTransaction,
  Offer,
  Outcome,
  Suggestion,
} from '#runtime/transaction/transaction.ts';
import { EMPTY_OUTCOME } from '#runtime/transaction/transaction.ts';

export const NOW = Date.UTC(2026, 0, 15, 12);

/** What scripts asked for, with the name of the Action and its place in the login filled in. */
export function anAsk(more: Partial<ChallengeAsk> = {}): ChallengeAsk {
  const factors = [{ type: 'phone' }, { type: 'otp' }];
  return { kind: 'challenge', ordinal: 1, prefer: 'any', factors, askedBy: { name: 'first' }, ...more };
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

/** A phone whose number was given and to which a code is out. */
export function anEnrollment(): Extract<Enrollment, { factor: 'phone' }> {
  return {
    factor: 'phone',
    authenticatorId: 'dev_new',
    createdAt: NOW,
    phoneNumber: '+447700900999',
    sent: { codeMac: 'mac', to: 'XXXXXXXXX0999', expiresAt: NOW + 300_000 },
  };
}

/** A passkey that this browser could have. */
export function aSuggestion(): Suggestion {
  return {
    factor: 'passkey',
    authenticatorId: 'dev_passkey',
    createdAt: NOW,
    ceremony: { challenge: 'Y2hhbGxlbmdl', relyingPartyId: 'login.example', userVerification: 'required' },
    userHandle: 'cGVyc29u',
  };
}

export function anOutcome(more: Partial<Outcome> = {}): Outcome {
  return { ...structuredClone(EMPTY_OUTCOME), ...more };
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
      reply: {
        by: 'redirect',
        redirectUri: 'https://app.example/callback',
        responseTypes: ['code'],
        responseMode: 'query',
      },
      protocol: 'oidc-basic-profile',
      scope: ['openid'],
      prompt: [],
      uiLocales: [],
      acrValues: [],
      locale: 'en',
      query: {},
      body: {},
    },
    gate: { kind: 'credential' },
    interactions: {},
    kept: {},
    posed: {},
    subject: { kind: 'user', userId: 'auth0|1', connectionId: 'con_1', connection: 'db', strategy: 'auth0' },
    methods: [],
    plan: [{ bindingId: 'b', actionId: 'a', versionId: 'v', name: 'first' }],
    cursor: 0,
    queue: [],
    challenges: [],
    mfa: { commanded: 0 },
    messages: 0,
    asked: 0,
    redirects: 0,
    metadata: {},
    ask: 0,
    outcome: anOutcome(),
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
  const offers: Offer[] = [
    { factor: 'phone', authenticators: ['dev_phone'] },
    { factor: 'otp', authenticators: ['dev_otp'] },
  ];
  const challenging: Extract<LoginState, { name: 'challenging' }> = {
    name: 'challenging',
    ask,
    offers,
    challengeId: challenge.id,
  };

  const STATES: { [Name in LoginState['name']]: Extract<LoginState, { name: Name }> } = {
    identifying: { name: 'identifying' },
    gated: { name: 'gated', offers },
    interacting: {
      name: 'interacting',
      request: { interaction: 'sms-authentication', body: { verification_code: '123456' } },
      from: { name: 'gated', offers },
    },
    opening: { name: 'opening', from: { name: 'gated', offers } },
    expecting: { name: 'expecting', connection: 'sms', strategy: 'sms', address: '+447700900111' },
    sending: { name: 'sending', connection: 'sms', address: '+447700900111', from: { name: 'identifying' } },
    choosing: { name: 'choosing', ask, to: 'challenge', offers, back: challenge.id },
    challenging,
    enrolling: { name: 'enrolling', ask, offers, enrollment: anEnrollment() },
    redirected: {
      name: 'redirected',
      ask: { kind: 'redirect', ordinal: 1, askedBy: { name: 'first' }, url: 'https://away.example/' },
    },
    consenting: { name: 'consenting', scope: ['openid', 'read:all'] },
    suggesting: { name: 'suggesting', suggestion: aSuggestion() },
    informing: {
      name: 'informing',
      notes: [
        { kind: 'naming', factor: 'webauthn-roaming', authenticatorId: 'dev_key', name: '' },
        { kind: 'enrolled', factor: 'webauthn-roaming' },
      ],
    },
    resetting: { name: 'resetting' },
    verifying: {
      name: 'verifying',
      submission: { method: 'code', challengeId: challenge.id, code: '123456', remember: false },
      from: challenging,
    },
    running: { name: 'running' },
    preparing: { name: 'preparing', ask },
    settling: { name: 'settling' },
    completed: { name: 'completed', taken: false },
    denied: { name: 'denied', code: 'access_denied', reason: 'No.' },
  };
  return { ask, challenge, challenging, offers, STATES };
}
