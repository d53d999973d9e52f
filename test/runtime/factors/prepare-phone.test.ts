// How a phone is reached, row by row: what the tenant has on, what the person and the script say (actions-api, §3.1).
import { describe, expect, test } from 'vitest';
import type { Person } from '#runtime/factors/factor.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import { aChallenge, anAsk } from '../transaction/sample.ts';
import { ALL, aPerson } from './person.ts';
import { asks, first, type Given, prepared } from './prepared.ts';

/** Somebody at a tenant that reaches phones in these ways; `has` phones, by ids. */
function aCaller(messageTypes: MessageType[], has = ['dev_phone'], preferredMethod?: MessageType): Person {
  const { tenant, user, authenticators } = aPerson([...ALL], ['phone', 'otp']);
  const [app] = authenticators;
  const phones = has.map((id, index) => ({
    ...authenticators[1]!,
    id,
    phoneNumber: `+44770090012${index}`,
    ...(preferredMethod === undefined ? {} : { preferredMethod }),
  }));
  return { user, tenant: { ...tenant, messageTypes }, authenticators: [app!, ...phones] };
}

const BOTH: MessageType[] = ['sms', 'voice'];
const prefers = (method: string) =>
  anAsk({ prefer: 'first', factors: [{ type: 'phone', options: { preferredMethod: method } }, { type: 'otp' }] });

describe('how a phone is reached', () => {
  const called = { challenges: [aChallenge({ via: 'voice' })] };
  test.each<[string, Given, string]>([
    ['text messages alone are on', { who: aCaller(['sms']) }, 'sms'],
    ['calls alone are on', { who: aCaller(['voice']) }, 'voice'],
    ['one way on: no script changes it', { who: aCaller(['voice']), ask: prefers('sms') }, 'voice'],
    ['one way on: there is nothing to choose', { who: aCaller(['sms']), ask: prefers('both') }, 'sms'],
    ['one way on: nobody asks for another', { who: aCaller(['sms']), via: 'voice' }, 'sms'],
    ['both, nobody says', { who: aCaller(BOTH) }, 'sms'],
    ['both, the person likes calls', { who: aCaller(BOTH, ['dev_phone'], 'voice') }, 'voice'],
    ['both, the script likes calls', { who: aCaller(BOTH), ask: prefers('voice') }, 'voice'],
    ['the script before the person', { who: aCaller(BOTH, ['dev_phone'], 'voice'), ask: prefers('sms') }, 'sms'],
    ['the person is to say', { who: aCaller(BOTH), ask: prefers('both') }, 'channel'],
    ['the person said a call', { who: aCaller(BOTH), ask: prefers('both'), via: 'voice' }, 'voice'],
    [
      'what they say now before what the script likes',
      { who: aCaller(BOTH), ask: prefers('sms'), via: 'voice' },
      'voice',
    ],
    ['a method that does not exist', { who: aCaller(BOTH), ask: prefers('pigeon') }, 'sms'],
    ['back to a call that was made', { who: aCaller(BOTH), ask: prefers('both'), tx: called }, 'voice'],
    ['a client is asked by no page', { who: aCaller(BOTH), ask: prefers('both'), tx: { selection: 'client' } }, 'sms'],
  ])('%s', (_name, given, expected) => {
    const fact = prepared({ ask: first('phone', 'otp'), chosen: 'phone', ...given });
    if (fact.result === 'offered') return expect(fact.within?.by).toBe(expected);
    if (fact.result !== 'challenged') throw new Error(fact.result);
    expect(fact.challenge.via).toBe(expected);
    for (const change of fact.changes) expect(change).toMatchObject({ message: { channel: expected } });
  });

  test('a choice of the way sends nothing, and keeps the whole picker behind it', () => {
    const fact = prepared({ ask: prefers('both'), who: aCaller(BOTH) });
    expect(fact).toMatchObject({ result: 'offered', within: { authenticatorId: 'dev_phone' }, to: 'challenge' });
    expect(fact).toMatchObject({ offers: [{ factor: 'phone' }, { factor: 'otp' }] });
    expect(fact).not.toHaveProperty('deliver');
  });
  test('the other way voids the code that is out, the same way does not', () => {
    const tx = { challenges: [aChallenge({ via: 'sms' })] };
    const ids = BOTH.map((via) => {
      const fact = prepared({ ask: asks('phone'), who: aCaller(BOTH), chosen: 'phone', via, tx });
      return fact.result === 'challenged' ? [fact.challenge.id === 'challenge-1', fact.deliver.length] : fact.result;
    });
    expect(ids).toEqual([
      [true, 0],
      [false, 1],
    ]);
  });
  test('of several numbers the first, or the one that was chosen', () => {
    const who = aCaller(['sms'], ['dev_one', 'dev_two']);
    const to = (more: Given) => prepared({ ask: asks('phone'), chosen: 'phone', who, ...more });
    expect(to({})).toMatchObject({ challenge: { authenticatorId: 'dev_one', sentTo: 'XXXXXXXXX0120' } });
    expect(to({ authenticatorId: 'dev_two' })).toMatchObject({ challenge: { authenticatorId: 'dev_two' } });
    // Removed while its row was on the screen.
    expect(to({ authenticatorId: 'dev_gone' })).toMatchObject({ challenge: { authenticatorId: 'dev_one' } });
  });
  test.each(BOTH)('over the limit of messages it is said of %s, and the code that is out stays', (via) => {
    const tx = { messages: 10, challenges: [aChallenge({ via })] };
    const fact = prepared({ ask: asks('phone'), who: aCaller(BOTH), chosen: 'phone', via, resend: true, tx });
    expect(fact).toMatchObject({ notice: { key: `too-many-${via}` }, challenge: { id: 'challenge-1' }, deliver: [] });
  });
});
