// A login survives being written down, and nothing else is ever read back as one.
// Longer than 300 lines because everything that can be stored has a row, in one table.
import { describe, expect, test } from 'vitest';
import { DENIAL_CODES } from '#runtime/codes.ts';
import { decode, encode, SNAPSHOT_LIMIT_BYTES, SnapshotTooLargeError } from '#runtime/transaction/snapshot.ts';
import {
  type Ask,
  begin,
  type FactorAsk,
  type LoginState,
  type LoginTransaction,
  type Offer,
  PROTOCOLS,
  type Reply,
  STATE_KINDS,
} from '#runtime/transaction/transaction.ts';
import type { JsonObject } from '#storage/records.ts';
import { aChallenge, anAsk, anEnrollment, anOutcome, aSuggestion, aTransaction, NOW, samples } from './sample.ts';

const VERSION = 5;
const ask = anAsk({ shownAnew: true, factors: [{ type: 'phone', options: { preferredMethod: 'sms' } }] });
const enroll: FactorAsk = { ...anAsk(), kind: 'enroll', prefer: 'first' };
const policy: FactorAsk = {
  kind: 'challenge-or-enroll',
  ordinal: 2,
  provider: 'guardian',
  adaptive: true,
};
const redirect: Ask = { kind: 'redirect', ordinal: 3, askedBy: { name: 'first' }, url: 'https://away.example/?a=1' };
const form: Ask = {
  kind: 'form',
  ordinal: 4,
  askedBy: { name: 'first' },
  formId: 'ap_1',
  fields: { a: [1] },
  vars: { b: null },
};
const offers: Offer[] = [{ factor: 'phone', authenticators: ['dev_1'] }];
const { sent, ...addressed } = anEnrollment();
const { phoneNumber: _none, ...blank } = addressed;

const suggestion = aSuggestion();
const { ceremony, userHandle } = suggestion;

const STATES: LoginState[] = [
  { name: 'identifying' },
  { name: 'choosing', ask, to: 'challenge', offers },
  { name: 'choosing', ask: enroll, to: 'enroll', offers },
  { name: 'choosing', ask: policy, to: 'challenge', offers, back: 'c' },
  { name: 'challenging', ask, offers, challengeId: 'challenge-1' },
  { name: 'challenging', ask: policy, offers, challengeId: 'challenge-1' },
  { name: 'enrolling', ask: enroll, offers, enrollment: blank },
  { name: 'enrolling', ask: enroll, offers, enrollment: addressed },
  { name: 'enrolling', ask: policy, offers, enrollment: { ...addressed, sent: { ...sent!, undelivered: true } } },
  {
    name: 'enrolling',
    ask: enroll,
    offers,
    enrollment: { factor: 'otp', authenticatorId: 'dev_2', secret: 'KEY', createdAt: NOW },
  },
  { name: 'redirected', ask: redirect },
  { name: 'redirected', ask: form },
  {
    name: 'enrolling',
    ask: enroll,
    offers,
    enrollment: { factor: 'otp', authenticatorId: 'dev_2', secret: 'KEY', createdAt: NOW, recoveryCode: 'ABC' },
  },
  { name: 'enrolling', ask: enroll, offers, enrollment: { factor: 'email', authenticatorId: 'dev_3', createdAt: NOW } },
  {
    name: 'enrolling',
    ask: enroll,
    offers,
    enrollment: {
      factor: 'email',
      authenticatorId: 'dev_3',
      createdAt: NOW,
      address: 'ana@example.com',
      sent: sent!,
      recoveryCode: 'ABC',
    },
  },
  {
    name: 'choosing',
    ask,
    to: 'challenge',
    offers,
    within: { factor: 'phone', by: 'channel', authenticatorId: 'dev_1' },
  },
  { name: 'choosing', ask, to: 'challenge', offers, within: { factor: 'email', by: 'authenticator' }, back: 'c' },
  {
    name: 'enrolling',
    ask: enroll,
    offers,
    enrollment: { ...addressed, via: 'voice', sent: { ...sent!, via: 'voice' } },
  },
  {
    name: 'enrolling',
    ask: enroll,
    offers,
    enrollment: {
      factor: 'push-notification',
      authenticatorId: 'dev_4',
      createdAt: NOW,
      key: 'k',
      secret: 'KEY',
      expiresAt: NOW + 1,
    },
  },
  ...(['webauthn-roaming', 'webauthn-platform'] as const).map(
    (factor): LoginState => ({
      name: 'enrolling',
      ask: enroll,
      offers,
      enrollment: { factor, authenticatorId: 'dev_5', createdAt: NOW, ceremony, userHandle },
    }),
  ),
  {
    name: 'enrolling',
    ask: enroll,
    offers,
    enrollment: { factor: 'recovery-code', authenticatorId: 'dev_6', createdAt: NOW, code: 'ABC' },
  },
  { name: 'consenting', scope: ['openid', 'read:all'] },
  { name: 'suggesting', suggestion },
  { name: 'suggesting', suggestion: { ...suggestion, factor: 'webauthn-platform' } },
  {
    name: 'informing',
    notes: [
      { kind: 'naming', factor: 'webauthn-roaming', authenticatorId: 'dev_5', name: 'Blue key' },
      { kind: 'enrolled', factor: 'webauthn-roaming', name: 'Blue key' },
      { kind: 'recovery-code', because: 'enrolled', code: 'ABC' },
    ],
  },
  { name: 'informing', notes: [{ kind: 'recovery-code', because: 'used', code: 'ABC' }] },
  { name: 'informing', notes: [{ kind: 'enrolled', factor: 'passkey' }] },
  { name: 'resetting' },
  { name: 'completed', taken: true },
  ...DENIAL_CODES.map((code): LoginState => ({ name: 'denied', code, reason: 'No.' })),
  {
    name: 'expecting',
    connection: 'sms',
    strategy: 'sms',
    address: '+447700900111',
    messageId: 'm',
    undelivered: true,
  },
  { name: 'expecting', connection: 'mail', strategy: 'email', address: 'ana@example.com', unconfirmed: true },
  { name: 'gated', offers: [] },
  { name: 'gated', ask, offers, factor: 'phone' },
];

/** Every part there can be. */
const FULL: Partial<LoginTransaction> = {
  queue: [ask, enroll, policy, redirect, form],
  challenges: [
    aChallenge({ undelivered: true, overLimit: true, via: 'voice' }),
    aChallenge({ id: 'challenge-2', factor: 'webauthn-roaming', ceremony }),
    aChallenge({ id: 'challenge-3', factor: 'push-notification', number: '42', refused: true }),
  ],
  methods: [
    { name: 'mfa', type: 'otp', authenticatorId: 'dev_1', at: NOW, in: 'session' },
    { name: 'https://proof.example/', at: NOW, in: 'session' },
  ],
  origin: { kind: 'session', sessionId: 's' },
  subject: {
    kind: 'user',
    userId: 'auth0|1',
    connectionId: 'con_1',
    connection: 'db',
    strategy: 'auth0',
    formerUserId: 'auth0|2',
  },
  mfa: {
    commanded: 3,
    enable: { provider: 'google-authenticator', allowRememberBrowser: true },
    called: true,
    remembered: true,
    remember: true,
    rememberable: 'always',
  },
  asked: 4,
  redirects: 2,
  metadata: { text: 'x', number: 1.5, yes: true },
  executions: ['e1', 'e2'],
  outcome: anOutcome({
    scopes: [{ scope: 'read:all', granted: false }],
    session: {
      expiresAt: 1,
      idleExpiresAt: 2,
      cookieMode: 'non-persistent',
      metadata: { a: 'x', b: null },
      evicted: true,
      recordedMethods: ['https://proof.example/'],
    },
    refreshToken: { expiresAt: 1, idleExpiresAt: 2, metadata: { a: null }, evicted: true },
    resultUrl: 'https://app.example/done',
  }),
  consented: true,
  capabilities: { webauthn: true, platform: false, passkeys: true },
  passkeyChallenge: 'Y2hhbGxlbmdl',
  wants: 'passkey',
  suggested: true,
};

/** What a request may carry, and how its client may hear of the end. */
const REQUEST: LoginTransaction['request'] = {
  ...aTransaction().request,
  nonce: 'n',
  audience: 'https://api.example/',
  codeChallenge: 'c',
  maxAge: 0,
  loginHint: 'ana',
  organizationId: 'org_1',
  connection: 'db',
  keyThumbprint: 'jkt',
  actor: { sub: 'agent|1', act: { sub: 'agent|2' } },
  invitationId: 'uinv_1',
  query: { a: '1' },
  body: { b: '2' },
};
const REPLIES: Reply[] = [
  {
    by: 'redirect',
    redirectUri: 'https://a/',
    responseTypes: ['code', 'id_token', 'token'],
    responseMode: 'form_post',
    state: 's',
  },
  { by: 'token' },
  { by: 'device', ticketId: 'tic_1' },
  { by: 'page' },
  { by: 'page', ticketId: 'a ticket', resultUrl: 'https://after.example/', state: 's' },
];

const back = (tx: LoginTransaction) => {
  const decoded = decode(encode(tx));
  if (!decoded) throw new Error('not read back');
  return decoded;
};

describe('snapshot', () => {
  test.each(STATES.map((state, index) => [state.name, index, state] as const))(
    '%s (%i) comes back as it went in',
    (...row) => {
      const tx = aTransaction({ ...FULL, state: row[2] });
      expect(back(tx)).toEqual(tx);
    },
  );

  test.each(REPLIES.map((reply) => [reply.by, reply] as const))('a login answered by %s', (_by, reply) => {
    const tx = aTransaction({ ...FULL, request: { ...REQUEST, reply } });
    expect(back(tx)).toEqual(tx);
  });
  test.each(PROTOCOLS)('a login by %s', (protocol) => {
    const tx = aTransaction({ request: { ...REQUEST, protocol } });
    expect(back(tx)).toEqual(tx);
  });
  test('a login without a browser, from a refresh token, comes back as it went in', () => {
    const { binding: _none, ...tx } = aTransaction({
      door: 'token',
      selection: 'client',
      origin: { kind: 'refresh-token', tokenId: 'rt_1', generation: 3 },
    });
    expect(back(tx)).toEqual(tx);
    expect(back(tx)).not.toHaveProperty('binding');
  });

  test('there is a row for every state that is stored', () => {
    const stored = Object.entries(STATE_KINDS).flatMap(([name, kind]) => (kind === 'busy' ? [] : [name]));
    expect(new Set(STATES.map(({ name }) => name))).toEqual(new Set(stored));
  });

  test('a login with nothing optional comes back as it went in', () =>
    expect(back(aTransaction())).toEqual(aTransaction()));

  test('keys such as __proto__ come back as keys, wherever scripts may write one', () => {
    const text = '{"__proto__":{"admin":true},"constructor":1}';
    const strange = () => JSON.parse(text) as JsonObject;
    const outcome = anOutcome({ idTokenClaims: strange(), appMetadata: strange(), userMetadata: strange() });
    const fields: Ask = { ...form, fields: strange(), vars: strange() };
    const read = back(aTransaction({ outcome, metadata: JSON.parse('{"__proto__":1}'), queue: [fields] }));
    expect(JSON.stringify(read.outcome.idTokenClaims)).toBe(text);
    expect(JSON.stringify(read.outcome.userMetadata)).toBe(text);
    expect(JSON.stringify(read.queue)).toContain(text);
    expect(Object.keys(read.metadata)).toEqual(['__proto__']);
  });

  test.each(Object.entries(samples().STATES).filter(([name]) => STATE_KINDS[name as LoginState['name']] === 'busy'))(
    'a login that is %s is never stored',
    (_name, state) => expect(() => encode(aTransaction({ state }))).toThrow('never stored'),
  );

  test('a login over 256 KiB is refused by name', () => {
    const big = anOutcome({ appMetadata: { text: 'x'.repeat(SNAPSHOT_LIMIT_BYTES) } });
    expect(() => encode(aTransaction({ outcome: big }))).toThrow(SnapshotTooLargeError);
  });

  test.each([0, 1, 2, 3, 4])('a login of an earlier release, version %i, cannot go on', (v) => {
    expect(decode(JSON.stringify({ v, login: { anything: true } }))).toBeUndefined();
  });

  const MAILBOX_CHANNEL = { factor: 'email', by: 'channel', authenticatorId: 'dev_1' };
  const written = (login: object) => JSON.stringify({ v: VERSION, login });
  test.each([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no version', JSON.stringify({ login: aTransaction() })],
    ['a version as text', JSON.stringify({ v: '1', login: aTransaction() })],
    ['a later version', JSON.stringify({ v: VERSION + 1, login: aTransaction() })],
    ['a busy state', written(aTransaction({ state: { name: 'running' } }))],
    ['a missing part', written({ ...aTransaction(), queue: undefined })],
    ['an unknown factor', written({ ...aTransaction(), challenges: [{ ...aChallenge(), factor: 'x' }] })],
    ['a redirect that is challenged', written({ ...aTransaction(), state: { ...STATES[4], ask: redirect } })],
    ['a challenge that somebody is away for', written({ ...aTransaction(), state: { name: 'redirected', ask } })],
    ['information of nothing', written({ ...aTransaction(), state: { name: 'informing', notes: [] } })],
    ['a channel of a mailbox', written({ ...aTransaction(), state: { ...STATES[1], within: MAILBOX_CHANNEL } })],
    ['metadata that is a list', written({ ...aTransaction(), metadata: [] })],
  ])('%s is no login', (_name, text) => expect(() => decode(text)).toThrow());
});

describe('begin', () => {
  const { state: _state, ...beginning } = aTransaction();
  const start = (more: Partial<LoginTransaction>) => begin({ ...beginning, ...more }, NOW).state.name;
  test('asks who is there', () => expect(start({ subject: { kind: 'none' } })).toBe('identifying'));
  test('runs the scripts at once for a known person', () => expect(start({})).toBe('running'));
  test('settles a known person when nothing is bound', () => expect(start({ plan: [] })).toBe('settling'));
  test('shares nothing with another login', () => {
    const [one, two] = [begin(beginning, NOW), begin(beginning, NOW)];
    one.outcome.session.metadata.a = 'x';
    expect(two.outcome.session.metadata).toEqual({});
  });
});
