// A remembered browser, rule by rule with its times at the edges (actions-api, section 3.5).
import { describe, expect, test } from 'vitest';
import { type Remembered, rememberableFor, rememberedChanges, standsIn } from '#runtime/factors/remembered-browser.ts';
import type { FactorAsk, LoginTransaction, MfaProgress, PolicyAsk } from '#runtime/transaction/transaction.ts';
import type { RememberedBrowserRecord } from '#storage/records.ts';
import { anAsk, aTransaction, NOW } from '../transaction/sample.ts';
import { ALL, aPerson } from './person.ts';

const DAY = 24 * 60 * 60_000;
const PAPE = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
const AUDIENCE = 'http://localhost:3000/mfa/';
const record: RememberedBrowserRecord = {
  tenantId: 'tenant-1',
  userId: 'auth0|1',
  device: 'hash',
  renewedAt: NOW,
  seenAt: NOW,
};
const browser = (more: Partial<Remembered> = {}): Remembered => ({
  record,
  risky: false,
  mfaAudience: AUDIENCE,
  ...more,
});
const { request } = aTransaction();
const enable = (provider: PolicyAsk['provider'], allowRememberBrowser: boolean): { mfa: MfaProgress } => ({
  mfa: { commanded: 0, enable: { provider, allowRememberBrowser } },
});
const challenge: FactorAsk = anAsk();
const enroll: FactorAsk = { ...anAsk(), kind: 'enroll' };
const policy = (adaptive = false): FactorAsk => {
  return { kind: 'challenge-or-enroll', ordinal: 1, provider: 'any', adaptive };
};

describe('the box to tick', () => {
  test.each<[string, FactorAsk, Partial<LoginTransaction>, Partial<Remembered>, string]>([
    ['a command', challenge, {}, {}, 'offered'],
    ['a command after enable without remembering', anAsk({ shownAnew: true }), enable('any', false), {}, 'never'],
    ['a command before it', challenge, enable('any', false), {}, 'offered'],
    ['a command after enable with remembering', challenge, enable('google-authenticator', true), {}, 'offered'],
    ['an enrollment', enroll, {}, {}, 'never'],
    ['the policy', policy(), {}, {}, 'offered'],
    ['the adaptive policy', policy(true), {}, {}, 'never'],
    ['enable without remembering', policy(), enable('guardian', false), {}, 'never'],
    ['enable with remembering: any', policy(), enable('any', true), {}, 'offered'],
    ['enable with remembering: guardian', policy(), enable('guardian', true), {}, 'offered'],
    ['enable with remembering: google-authenticator', policy(), enable('google-authenticator', true), {}, 'always'],
    ['enable with remembering: duo', policy(), enable('duo', true), {}, 'always'],
    ['a command in a risky login', challenge, {}, { risky: true }, 'never'],
    ['the policy in a risky login', policy(), {}, { risky: true }, 'never'],
    ['the multi-factor policy of PAPE', challenge, { request: { ...request, acrValues: ['x', PAPE] } }, {}, 'never'],
    ['another acr', challenge, { request: { ...request, acrValues: ['urn:x'] } }, {}, 'offered'],
    ['the audience of the MFA API', policy(), { request: { ...request, audience: AUDIENCE } }, {}, 'never'],
    ['another audience', policy(), { request: { ...request, audience: 'https://api.example/' } }, {}, 'offered'],
  ])('%s', (_name, ask, more, known, expected) => {
    expect(rememberableFor(browser(known), aTransaction(more), ask)).toBe(expected);
  });
});

describe('standing in', () => {
  const stands = (
    known: Partial<Remembered>,
    has: ('otp' | 'phone' | 'email')[] = ['otp'],
    more: Partial<LoginTransaction> = {},
  ) => standsIn(browser(known), aTransaction(more), challenge, aPerson([...ALL], has), NOW);
  const seen = (seenAgo: number, renewedAgo: number) => ({
    record: { ...record, seenAt: NOW - seenAgo, renewedAt: NOW - renewedAgo },
  });

  test.each([
    ['just now', 0, 0, true],
    ['last seen a moment less than seven days ago', 7 * DAY - 1, 7 * DAY, true],
    ['last seen seven days ago', 7 * DAY, 7 * DAY, false],
    ['renewed a moment less than thirty days ago', DAY, 30 * DAY - 1, true],
    ['renewed thirty days ago', DAY, 30 * DAY, false],
  ])('%s', (_name, seenAgo, renewedAgo, expected) => expect(stands(seen(seenAgo, renewedAgo))).toBe(expected));

  test('never without a record', () => {
    expect(
      standsIn({ risky: false, mfaAudience: AUDIENCE }, aTransaction(), challenge, aPerson([...ALL], ['otp']), NOW),
    ).toBe(false);
  });
  test('never for a person who has only a mailbox, or nothing', () => {
    expect(stands({}, ['email'])).toBe(false);
    expect(stands({}, [])).toBe(false);
    expect(stands({}, ['email', 'phone'])).toBe(true);
  });
  test('never in a risky login, and never where the box could not be ticked', () => {
    expect(stands({ risky: true })).toBe(false);
    expect(standsIn(browser(), aTransaction(), anAsk({ shownAnew: true }), aPerson([...ALL], ['otp']), NOW)).toBe(
      false,
    );
    expect(stands({}, ['otp'], { request: { ...request, acrValues: [PAPE] } })).toBe(false);
    expect(standsIn(browser(), aTransaction(), enroll, aPerson([...ALL], ['otp']), NOW)).toBe(false);
  });
});

describe('what a completed login writes down', () => {
  const changes = (mfa: Partial<MfaProgress>, former?: RememberedBrowserRecord) =>
    rememberedChanges(aTransaction({ mfa: { commanded: 0, ...mfa } }), 'hash', former, NOW);
  const written = (renewedAt: number, seenAt = NOW) => [
    { kind: 'browser.remember', browser: { ...record, renewedAt, seenAt } },
  ];
  const former = { ...record, seenAt: NOW - 3 * DAY, renewedAt: NOW - 10 * DAY };

  test('the box was ticked: both times start anew, whatever was known', () => {
    expect(changes({ remember: true, called: true })).toEqual(written(NOW));
    expect(changes({ remember: true, called: true }, former)).toEqual(written(NOW));
  });
  test('a factor was called for: renewed', () => expect(changes({ called: true }, former)).toEqual(written(NOW)));
  test('none was called for: seen, not renewed', () => expect(changes({}, former)).toEqual(written(NOW - 10 * DAY)));
  test('not known and not ticked: nothing', () => expect(changes({ called: true })).toEqual([]));
  test.each([
    ['seen a moment less than seven days ago', { seenAt: NOW - 7 * DAY + 1, renewedAt: NOW - 8 * DAY }, 1],
    ['seen seven days ago', { seenAt: NOW - 7 * DAY, renewedAt: NOW - 8 * DAY }, 0],
    ['renewed thirty days ago', { seenAt: NOW - DAY, renewedAt: NOW - 30 * DAY }, 0],
  ])('one that has run out stays so: %s', (_name, times, count) => {
    expect(changes({ called: true }, { ...record, ...times })).toHaveLength(count);
  });
  test("nothing for a login that is nobody's", () => {
    const tx = aTransaction({ subject: { kind: 'none' }, mfa: { commanded: 0, remember: true } });
    expect(rememberedChanges(tx, 'hash', undefined, NOW)).toEqual([]);
  });
});
