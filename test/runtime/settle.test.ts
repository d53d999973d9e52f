// What is still owed after the last Action, and what a login that owes nothing leaves behind.
import { describe, expect, test } from 'vitest';
import type { Caller } from '#runtime/ports.ts';
import { createRandom } from '#runtime/random.ts';
import { assessRisk, type Confidence } from '#runtime/risk/risk.ts';
import { noUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import { isRisky, settle } from '#runtime/settle.ts';
import type { LoginTransaction, MfaProgress, ProvenMethod } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import { aPerson, passed } from './factors/person.ts';
import { aTransaction, NOW } from './transaction/sample.ts';

const person = aPerson(['otp'], ['otp']);
const random = createRandom();
const caller: Caller = { ip: '203.0.113.7', method: 'POST', userAgent: 'test' };
const place = { latitude: 1, longitude: 2, countryCode: 'JP', isAnonymousProxy: false };
const risk = (confidence: Confidence) => ({
  ...assessRisk({
    now: NOW,
    device: 'hash',
    ip: caller.ip,
    history: [],
    loginsCount: 1,
    untrusted: noUntrustedAddresses,
    hasGeography: false,
    isKnownAddress: false,
    isAnonymousProxy: false,
  }),
  confidence,
});

type Policies = TenantRecord['policies'];
type Row = {
  name: string;
  policies?: Policies;
  confidence?: Confidence;
  mfa?: Partial<MfaProgress>;
  methods?: ProvenMethod[];
  owed?: { provider: string; adaptive: boolean };
};
const enabled = (provider: NonNullable<MfaProgress['enable']>['provider']) => ({
  enable: { provider, allowRememberBrowser: false },
});
const ALWAYS: Policies = ['all-applications'];
const ADAPTIVE: Policies = ['confidence-score'];
const ANY = { provider: 'any', adaptive: false };

const settled = (
  { policies = [], confidence = 'high', mfa = {}, methods = [] }: Row,
  more: Partial<LoginTransaction> = {},
) =>
  settle(
    { now: () => NOW, random },
    aTransaction({ state: { name: 'settling' }, mfa: { commanded: 0, ...mfa }, methods, ...more }),
    { tenant: { ...person.tenant, policies }, authenticators: [], isMember: false, roles: [], devices: [] },
    { risk: risk(confidence), place },
    caller,
  );

const ROWS: Row[] = [
  { name: 'nothing asks for anything' },
  { name: 'always', policies: ALWAYS, owed: ANY },
  { name: 'always, met by a factor of this login', policies: ALWAYS, methods: [passed('otp')] },
  { name: 'always, not met by one of the session', policies: ALWAYS, methods: [passed('otp', 'session')], owed: ANY },
  { name: 'always, met by a remembered browser', policies: ALWAYS, mfa: { remembered: true } },
  { name: 'always, lifted by none', policies: ALWAYS, mfa: enabled('none') },
  { name: 'adaptive, sure', policies: ADAPTIVE, confidence: 'high' },
  { name: 'adaptive, fairly sure', policies: ADAPTIVE, confidence: 'medium' },
  { name: 'adaptive, not known', policies: ADAPTIVE, confidence: 'neutral' },
  { name: 'adaptive, risky', policies: ADAPTIVE, confidence: 'low', owed: { provider: 'any', adaptive: true } },
  { name: 'adaptive, risky, met', policies: ADAPTIVE, confidence: 'low', methods: [passed('email')] },
  { name: 'adaptive, risky, lifted by none', policies: ADAPTIVE, confidence: 'low', mfa: enabled('none') },
  {
    name: 'adaptive, risky, a browser remembered earlier does not count',
    policies: ADAPTIVE,
    confidence: 'low',
    mfa: { remembered: true },
    owed: { provider: 'any', adaptive: true },
  },
  { name: 'both policies, risky', policies: [...ALWAYS, ...ADAPTIVE], confidence: 'low', owed: ANY },
  { name: 'a risky login without that policy', confidence: 'low' },
  { name: 'enabled', mfa: enabled('guardian'), owed: { provider: 'guardian', adaptive: false } },
  {
    name: 'enabled, over the policy',
    policies: ALWAYS,
    mfa: enabled('google-authenticator'),
    owed: { provider: 'google-authenticator', adaptive: false },
  },
  {
    name: 'enabled, in a risky login',
    policies: ADAPTIVE,
    confidence: 'low',
    mfa: enabled('duo'),
    owed: { provider: 'duo', adaptive: false },
  },
  {
    name: 'enabled, met by any factor of this login',
    mfa: enabled('google-authenticator'),
    methods: [passed('phone')],
  },
  { name: 'enabled, met by a remembered browser', mfa: { ...enabled('any'), remembered: true } },
  {
    name: 'enabled, and only asked to enroll what there was: still owed',
    mfa: { ...enabled('any'), commanded: 1 },
    owed: ANY,
  },
  {
    name: 'a custom method is no factor',
    policies: ALWAYS,
    methods: [{ name: 'https://x/', at: 0, in: 'transaction' }],
    owed: ANY,
  },
];

describe('owed after the last Action', () => {
  test.each(ROWS)('$name', (row) => {
    const fact = settled(row);
    expect(fact).toMatchObject(row.owed ? { kind: 'demanded', ...row.owed } : { kind: 'settled' });
  });
});

test.each<[Policies, Confidence, boolean]>([
  [ADAPTIVE, 'low', true],
  [ADAPTIVE, 'medium', false],
  [ADAPTIVE, 'neutral', false],
  [ALWAYS, 'low', false],
  [[], 'low', false],
])('policies %j with confidence %s: risky %s', (policies, confidence, expected) => {
  expect(isRisky({ ...person.tenant, policies }, { risk: risk(confidence), place })).toBe(expected);
});

describe('a login that owes nothing', () => {
  test('leaves its session, and this browser for the next assessment', () => {
    const fact = settled({ name: '' });
    expect(fact).toMatchObject({
      kind: 'settled',
      session: { id: 'session-1' },
      changes: [
        {
          kind: 'device.seen',
          device: {
            tenantId: 'tenant-1',
            userId: 'auth0|1',
            device: 'hash',
            userAgent: 'test',
            ip: caller.ip,
            seenAt: NOW,
            location: { latitude: 1, longitude: 2, countryCode: 'JP' },
          },
        },
      ],
    });
    expect(fact).not.toHaveProperty('formerUserId');
  });
  test('remembers the browser where that was asked for', () => {
    const fact = settled({ name: '', mfa: { called: true, remember: true }, methods: [passed('otp')] });
    expect(fact).toMatchObject({ changes: [{ kind: 'device.seen' }, { kind: 'browser.remember' }] });
  });
  test('names the account it was handed over from', () => {
    const { subject } = aTransaction();
    if (subject.kind !== 'user') throw new Error('no user');
    const fact = settled({ name: '' }, { subject: { ...subject, formerUserId: 'auth0|0' } });
    expect(fact).toMatchObject({ formerUserId: 'auth0|0', session: { userId: 'auth0|1' } });
  });
});
