// What the suite of logins would catch: each promise is shown to be one that can be broken.
import { describe, expect, test } from 'vitest';
import { LONGEST_MS, playCases } from './property.ts';
import { demandsOf, isBlind, type Proof, unmetDemand } from './safety.ts';
import { openWorld } from './world.ts';

const tenant = {
  otp: true,
  sms: true,
  email: true,
  messageTypes: ['sms' as const],
  policies: [],
  customizeMfa: true,
};
const person = { otp: 'confirmed', phone: 'none', mailbox: 'none', emailVerified: false, roles: [] } as const;
const world = openWorld(tenant, { ...person, roles: [] }, 0);

const ask = (name: string, ...args: unknown[]) => ({ commands: [{ name, args }] });
const OTP = ask('authentication.challengeWith', { type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
const PHONE = ask('authentication.challengeWithAny', [{ type: 'phone' }]);
const ENROLL = ask('authentication.enrollWith', { type: 'phone' });
const ENABLE = ask('multifactor.enable', 'any', {});

const shown = (...factors: string[]): Proof[] => factors.map((factor) => ({ factor, by: 'challenge' }));

describe('tokens', () => {
  test.each([
    ['nothing was asked', [], [], undefined],
    ['the default was shown', [OTP], shown('otp'), undefined],
    ['another that would do was shown', [OTP], shown('email'), undefined],
    ['another factor was shown', [OTP], shown('phone'), 'challenge one of otp,email'],
    ['one of two was shown', [OTP, PHONE], shown('otp'), 'challenge one of phone'],
    ['nothing was enrolled', [ENROLL], shown('otp'), 'enroll one of phone'],
    ['what was enabled was not asked', [ENABLE], [], 'any second factor'],
    ['it was taken back', [ENABLE, ask('multifactor.enable', 'none', {})], [], undefined],
    ['a script denied', [OTP, ask('access.deny', 'no')], shown('otp'), 'no tokens: access.deny'],
  ])('%s', (_name, runs, proofs, unmet) => {
    expect(unmetDemand(demandsOf(runs), { proofs, tenant, remembered: false, world })).toBe(unmet);
  });

  test('nothing stands in for a factor where what opens the others was asked for', () => {
    const facts = { tenant, remembered: true, opens: true, world };
    expect(unmetDemand(demandsOf([]), { ...facts, proofs: [] })).toBe('a factor of the account');
    expect(unmetDemand(demandsOf([]), { ...facts, proofs: shown('otp') })).toBe(undefined);
  });

  test('a remembered browser stands in for a challenge, not for an enrollment', () => {
    const facts = { proofs: [], tenant, remembered: true, world };
    expect(unmetDemand(demandsOf([OTP]), facts)).toBe(undefined);
    expect(unmetDemand(demandsOf([ENROLL]), facts)).toBe('enroll one of phone');
  });
});

test('a factor that was enrolled first is blind where the account had one', () => {
  const enrolled: Proof[] = [{ factor: 'phone', by: 'enrollment' }];
  expect([isBlind(enrolled, true), isBlind(enrolled, false), isBlind([...shown('otp'), ...enrolled], true)]).toEqual([
    true,
    false,
    false,
  ]);
});

test(
  'a product that takes any password is found out, and told by the smallest visit',
  async () => {
    const passwords = { hash: async (text: string) => text, verify: async () => ({ ok: true }) };
    await expect(playCases(1, 200, passwords)).rejects.toThrow(
      /the product is not what the model says.*visit 1: .*wrong.*on….*should be .*"identifying".*but is {4}/s,
    );
  },
  LONGEST_MS,
);
