// From an ask to what a person sees: what is sent, what is warned about and when, what a resend voids.
import { describe, expect, test } from 'vitest';
import type { Person } from '#runtime/factors/factor.ts';
import { CODE_LIFETIME_MS } from '#runtime/factors/one-time-code.ts';
import type { Ask, MessageType } from '#runtime/transaction/transaction.ts';
import { aChallenge, anEnrollment, aTransaction, NOW } from '../transaction/sample.ts';
import { ALL, aPerson } from './person.ts';
import { asks, browser, enroll, first, type Given, nobody, prepared } from './prepared.ts';

const record = { tenantId: 't', userId: 'auth0|1', device: 'hash', renewedAt: NOW, seenAt: NOW };
const BOTH: MessageType[] = ['sms', 'voice'];

describe('a challenge', () => {
  test.each<[string, Ask, string]>([
    ['any of two: a picker', asks('phone', 'otp'), 'offered'],
    ['any of two, one usable: at once', asks('email', 'otp'), 'challenged'],
    ['the first of two: at once', first('phone', 'otp'), 'challenged'],
    ['nothing usable', asks('email'), 'unusable'],
  ])('%s', (_name, ask, result) => expect(prepared({ ask }).result).toBe(result));

  test('by the first usable when the default is not', () => {
    expect(prepared({ ask: first('email', 'otp') })).toMatchObject({
      challenge: { factor: 'otp' },
      logs: [{ type: 'w' }],
    });
  });

  test('by SMS is a message of the same write, to the number in full; its page sees four digits', () => {
    const fact = prepared({ ask: asks('phone') });
    if (fact.result !== 'challenged') throw new Error(fact.result);
    const [change] = fact.changes;
    if (change?.kind !== 'message.insert') throw new Error('no message');
    expect(fact.deliver).toEqual([change.message.id]);
    expect(change.message).toMatchObject({
      channel: 'sms',
      to: '+447700900123',
      code: expect.stringMatching(/^\d{6}$/),
    });
    expect(fact.challenge).toMatchObject({ sentTo: 'XXXXXXXXX0123', expiresAt: NOW + CODE_LIFETIME_MS });
    // The code itself is in the message alone.
    expect(JSON.stringify(fact.challenge)).not.toContain(change.message.code);
  });

  test('by an app sends nothing and lasts as long as the login', () => {
    const fact = prepared({ ask: asks('otp') });
    expect(fact).toMatchObject({ changes: [], deliver: [], challenge: { expiresAt: aTransaction().expiresAt } });
    expect(fact).not.toHaveProperty('challenge.sentTo');
  });

  const open = { challenges: [aChallenge()] };
  test.each<[string, Given, boolean]>([
    ['come back to: the code that is out stays good', { tx: open }, false],
    ['sent again on demand', { tx: open, resend: true }, true],
    ['whose code has run out', { tx: open, at: NOW + 300_000 }, true],
    ['whose message was never delivered', { tx: { challenges: [aChallenge({ undelivered: true })] } }, true],
    ['of another authenticator', { tx: { challenges: [aChallenge({ authenticatorId: 'dev_old' })] } }, true],
  ])('%s', (_name, given, sends) => {
    const fact = prepared({ ask: asks('phone'), chosen: 'phone', ...given });
    if (fact.result !== 'challenged') throw new Error(fact.result);
    expect(fact.deliver).toHaveLength(sends ? 1 : 0);
    expect(fact.challenge.id === 'challenge-1').toBe(!sends);
  });

  test('by a factor that is gone since it was chosen is by another', () => {
    expect(prepared({ ask: asks('otp', 'phone'), chosen: 'email' }).result).toBe('offered');
    expect(prepared({ ask: first('otp', 'phone'), chosen: 'email' })).toMatchObject({ challenge: { factor: 'otp' } });
  });
});

describe('what is told', () => {
  const ask = asks('email', 'otp', 'pigeon');
  test('one warning for each unusable factor, naming the Action', () => {
    const { logs } = prepared({ ask });
    expect(logs.map(({ type, details }) => [type, details])).toEqual(Array(2).fill(['w', { action_name: 'first' }]));
  });
  test('once for an ask, not when the person comes back to it', () => {
    expect(prepared({ ask, chosen: 'otp' }).logs).toEqual([]);
    expect(prepared({ ask, tx: { ask: 1 } }).logs).toEqual([]);
    expect(prepared({ ask: { ...ask, ordinal: 2 }, tx: { ask: 1 } }).logs).toHaveLength(2);
  });
  test('why a login cannot go on, in words that name the Action; a policy has none', () => {
    expect(prepared({ ask: asks('email') }).logs).toMatchObject([{ type: 'mfar', details: { action_name: 'first' } }]);
    const policy: Ask = {
      kind: 'challenge-or-enroll',
      ordinal: 1,
      provider: 'duo',
      adaptive: false,
    };
    const [line] = prepared({ ask: policy }).logs;
    expect(line).toMatchObject({ type: 'mfar' });
    expect(line).not.toHaveProperty('details');
  });
});

describe('nobody there to ask', () => {
  const tx = { selection: 'nobody' } as const;
  const redirect: Ask = { kind: 'redirect', ordinal: 1, askedBy: { name: 'first' }, url: 'https://away.example/' };
  const passed = { name: 'mfa', type: 'otp', at: NOW, in: 'transaction' } as const;
  test.each<[string, Given, string]>([
    ['a challenge', { ask: asks('phone') }, 'unattended'],
    ['an enrollment', { ask: enroll('otp'), who: nobody }, 'unattended'],
    ['a redirect', { ask: redirect }, 'unattended'],
    ['what is passed already', { ask: asks('otp'), tx: { methods: [passed] } }, 'satisfied'],
    ['a remembered browser', { ask: asks('otp'), known: { ...browser, record } }, 'satisfied'],
    ['what nobody could answer', { ask: asks('email') }, 'unusable'],
  ])('%s', (_name, { tx: more, ...given }, result) => {
    const fact = prepared({ ...given, tx: { ...tx, ...more } });
    expect(fact.result).toBe(result);
    expect(fact).not.toHaveProperty('deliver');
  });
});

describe('a remembered browser', () => {
  const known = { ...browser, record };
  test('meets a challenge', () => {
    expect(prepared({ ask: asks('otp'), known })).toMatchObject({ result: 'satisfied', by: 'remembered' });
  });
  test('but what is unusable is unusable there too, and what is wrong is told', () => {
    expect(prepared({ ask: asks('email'), known }).result).toBe('unusable');
    expect(prepared({ ask: asks('email', 'otp'), known }).logs).toMatchObject([{ type: 'w' }]);
  });
  test('meets no enrollment', () => {
    expect(prepared({ ask: enroll('phone'), who: aPerson([...ALL], ['email']), known }).result).toBe('enrolling');
  });
});

describe('an enrollment', () => {
  const phone = (more: Given) => prepared({ ask: enroll('phone'), who: nobody, chosen: 'phone', ...more });
  const { sent: _unsent, ...addressed } = anEnrollment();

  test('of an app begins with a key of 160 bits, new each time', () => {
    const keys = [1, 2].map(() => {
      const fact = prepared({ ask: enroll('otp'), who: nobody });
      if (fact.result !== 'enrolling' || fact.enrollment.factor !== 'otp') throw new Error(fact.result);
      expect(fact).toMatchObject({ changes: [], deliver: [], logs: [{ type: 'gd_start_enroll' }] });
      return fact.enrollment.secret;
    });
    expect(keys[0]).toMatch(/^[A-Z2-7]{32}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('of a phone begins without a number', () => {
    expect(phone({})).toMatchObject({ enrollment: { factor: 'phone' }, deliver: [] });
  });

  test('sends the code to the number that was given, and keeps only its hash', () => {
    const fact = phone({ enrollment: { ...addressed, phoneNumber: '+44 7700 900999' } });
    if (fact.result !== 'enrolling') throw new Error(fact.result);
    const [change] = fact.changes;
    if (change?.kind !== 'message.insert') throw new Error('no message');
    expect(change.message).toMatchObject({ channel: 'sms', to: '+447700900999' });
    expect(fact.enrollment).toMatchObject({ phoneNumber: '+447700900999', sent: { to: 'XXXXXXXXX0999' } });
    expect(JSON.stringify(fact.enrollment)).not.toContain(change.message.code);
  });

  test.each<[MessageType[], MessageType | undefined, MessageType]>([
    [['sms'], undefined, 'sms'],
    [['voice'], undefined, 'voice'],
    [['voice'], 'sms', 'voice'],
    [BOTH, undefined, 'sms'],
    [BOTH, 'voice', 'voice'],
  ])('with %j on and %s said: by %s', (messageTypes, via, expected) => {
    const who = { ...nobody, tenant: { ...nobody.tenant, messageTypes } };
    const fact = phone({ who, enrollment: { ...addressed, ...(via === undefined ? {} : { via }) } });
    if (fact.result !== 'enrolling') throw new Error(fact.result);
    expect(fact.changes).toMatchObject([{ message: { channel: expected } }]);
    expect(fact).toMatchObject({ enrollment: { sent: { via: expected } } });
  });

  test('with the first factor of a tenant that has recovery codes comes one; with a further one none', () => {
    const on = aPerson([...ALL, 'recovery-code'], []);
    const begun = (who: Person, ask = enroll('otp')) => prepared({ ask, who });
    expect(begun(on)).toHaveProperty('enrollment.recoveryCode', expect.stringMatching(/^[A-Z0-9]{24}$/));
    expect(begun(nobody)).not.toHaveProperty('enrollment.recoveryCode');
    const vouched = { ...enroll('phone'), vouched: true } as Ask;
    const further = begun(aPerson([...ALL, 'recovery-code'], ['otp']), vouched);
    expect(further).toMatchObject({ enrollment: { factor: 'phone' } });
    expect(further).not.toHaveProperty('enrollment.recoveryCode');
  });

  test('of a recovery code alone begins with the code to write down, for who has a factor', () => {
    const vouched = { ...enroll('recovery-code'), vouched: true } as Ask;
    const fact = prepared({ ask: vouched, who: aPerson([...ALL, 'recovery-code'], ['otp']) });
    expect(fact).toMatchObject({
      enrollment: { factor: 'recovery-code', code: expect.stringMatching(/^[A-Z0-9]{24}$/) },
    });
    expect(prepared({ ask: vouched, who: aPerson([...ALL, 'recovery-code'], []) }).result).toBe('unusable');
    expect(prepared({ ask: vouched, who: aPerson([...ALL], ['otp']) }).result).toBe('unusable');
  });

  test.each(['', 'abc', '12', '07700 900999', '+1'])('%j is no number of anybody', (phoneNumber) => {
    const fact = phone({ enrollment: { ...addressed, phoneNumber } });
    expect(fact).toMatchObject({ result: 'enrolling', notice: { key: 'invalid-phone' }, changes: [], deliver: [] });
    expect(fact).not.toHaveProperty('enrollment.phoneNumber');
  });

  test('sends again on demand, with another code', () => {
    const fact = phone({ enrollment: anEnrollment(), resend: true });
    expect(fact).toMatchObject({ deliver: [expect.any(String)] });
    expect(fact).not.toHaveProperty('enrollment.sent.codeMac', 'mac');
  });
});
