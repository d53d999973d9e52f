// One-time codes: which are taken, and what is never taken twice. Masks beside them, because both meet strangers.
import { createGuardrails, generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import { CODE_LIFETIME_MS, newCode } from '#runtime/factors/one-time-code.ts';
import { otp } from '#runtime/factors/otp.ts';
import { phone, toE164 } from '#runtime/factors/phone.ts';
import { newRecoveryCode, recoveryCode, recoveryCodeMac } from '#runtime/factors/recovery-code.ts';
import type { Mac } from '#runtime/ports.ts';
import { createRandom } from '#runtime/random.ts';
import { openKeyring } from '#storage/keyring.ts';
import { aChallenge, NOW } from '../transaction/sample.ts';
import { aPerson } from './person.ts';

const mac: Mac = openKeyring([Buffer.alloc(32, 7).toString('base64url')]);
const ports = { mac, random: createRandom() };
const person = aPerson(['otp', 'sms', 'email'], ['otp', 'phone', 'email']);

describe('a sent code', () => {
  const [authenticator] = phone.enrolled(person);
  const { code, codeMac } = newCode('challenge-1', ports.random, mac);
  const challenge = aChallenge({ codeMac, expiresAt: NOW + CODE_LIFETIME_MS });
  const verify = (given: string, at = NOW, of = challenge) => phone.verify!(of, given, authenticator!, ports, at).ok;

  test('has six digits and is taken', () => {
    expect(code).toMatch(/^\d{6}$/);
    expect(verify(code)).toBe(true);
  });
  test.each([
    ['another code', () => verify(code === '000000' ? '000001' : '000000')],
    ['the same code for another challenge', () => verify(code, NOW, { ...challenge, id: 'challenge-2' })],
    ['after five minutes', () => verify(code, NOW + 5 * 60_000)],
    ['an empty code', () => verify('')],
    [
      'a challenge that sent nothing',
      () => phone.verify!(aChallenge({ codeMac: 'x' }), code, authenticator!, ports, NOW).ok,
    ],
  ])('is not taken: %s', (_name, attempt) => expect(attempt()).toBe(false));
  test('is still taken one millisecond before it expires', () => expect(verify(code, NOW + 5 * 60_000 - 1)).toBe(true));
});

describe('a TOTP code', () => {
  const [authenticator] = otp.enrolled(person);
  const at = (ms: number) => generateSync({ secret: authenticator!.secret!, epoch: Math.floor(ms / 1000) });
  const step = Math.floor(NOW / 30_000);
  const verify = (code: string, totpStep?: number) =>
    otp.verify!(
      aChallenge(),
      code,
      totpStep === undefined ? authenticator! : { ...authenticator!, totpStep },
      ports,
      NOW,
    );

  test.each([
    ['the present step', 0, true],
    ['the former step', -30_000, true],
    ['the next step', 30_000, true],
    ['two steps ago', -60_000, false],
    ['two steps ahead', 60_000, false],
  ])('%s: %#', (_name, offset, ok) => expect(verify(at(NOW + offset)).ok).toBe(ok));

  test('guards its step, so that it is spent once', () => {
    expect(verify(at(NOW))).toMatchObject({ changes: [{ kind: 'authenticator.accept-step', id: 'dev_otp', step }] });
  });
  test('is not taken at or below the last accepted step', () => {
    expect(verify(at(NOW), step).ok).toBe(false);
    expect(verify(at(NOW - 30_000), step).ok).toBe(false);
    expect(verify(at(NOW + 30_000), step).ok).toBe(true);
  });
  test('of a key of 80 bits, as older apps have, is taken', () => {
    const secret = 'JBSWY3DPEHPK3PXP';
    const code = generateSync({ secret, epoch: NOW / 1000, guardrails: createGuardrails({ MIN_SECRET_BYTES: 10 }) });
    expect(otp.verify!(aChallenge(), code, { ...authenticator!, secret }, ports, NOW).ok).toBe(true);
  });
  test('of a damaged key is none', () => {
    expect(otp.verify!(aChallenge(), '123456', { ...authenticator!, secret: '!' }, ports, NOW).ok).toBe(false);
  });
});

test.each([
  ['chuck334@example.com', 'chuc****@exam*******'],
  ['foo@example.com', '****@exam*******'],
  ['a@b.c', '****@b.c'],
])('%s is shown as %s', (email, masked) => expect(maskEmail(email)).toBe(masked));
test('a number keeps its last four digits', () => expect(maskPhone('+44207183875044')).toBe('XXXXXXXXXXX5044'));
test.each([
  ['+44 7700 900123', '+447700900123'],
  ['not a number', 'not a number'],
])('%s goes out as %s', (number, sent) => expect(toE164(number)).toBe(sent));

describe('a recovery code', () => {
  const code = newRecoveryCode(ports.random);
  const record = { ...aPerson([], ['otp']).authenticators[0]!, id: 'dev_rec', type: 'recovery-code' as const };
  const authenticator = { id: 'dev_rec', secret: recoveryCodeMac(mac, 'dev_rec', code), record };
  const verify = (given: string, of = authenticator) => recoveryCode.verify!(aChallenge(), given, of, ports, NOW);
  const grouped = code.match(/.{4}/g)!.join(' ').toLowerCase();

  test.each([
    ['as it was shown', code],
    ['in groups, in small letters', grouped],
    ['with dashes', grouped.replaceAll(' ', '-')],
  ])('is taken %s', (_name, given) => expect(verify(given).ok).toBe(true));
  test.each([
    ['another one', () => verify(newRecoveryCode(ports.random))],
    ['a part of it', () => verify(code.slice(1))],
    ['nothing', () => verify('')],
    ['that of another person', () => verify(code, { ...authenticator, id: 'dev_other' })],
  ])('is not taken: %s', (_name, attempt) => expect(attempt().ok).toBe(false));
  test('is replaced by the same write that spends it, by one that nobody has seen', () => {
    const verdict = verify(code);
    if (!verdict.ok) throw new Error('not taken');
    const next = verdict.recoveryCode ?? '';
    expect(next).toMatch(/^[A-Z0-9]{24}$/);
    expect(next).not.toBe(code);
    const to = recoveryCodeMac(mac, 'dev_rec', next);
    expect(verdict.changes).toMatchObject([
      { kind: 'authenticator.replace-secret', id: 'dev_rec', from: authenticator.secret, to },
    ]);
    expect(JSON.stringify(verdict.changes)).not.toContain(next);
  });
});
