// Lists within one factor: which of several numbers or mailboxes, and how a phone is reached.
import { describe, expect, test } from 'vitest';
import type { Input } from '#runtime/transaction/input.ts';
import type { LoginState, LoginTransaction, Offer } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { aChallenge, anEnrollment, aTransaction, NOW, samples } from './sample.ts';

const { ask, challenge, challenging, STATES } = samples();
const several: Offer[] = [
  { factor: 'phone', authenticators: ['dev_phone', 'dev_other'] },
  { factor: 'otp', authenticators: ['dev_otp'] },
];
const sample = (state: LoginState, more: Partial<LoginTransaction> = {}) =>
  aTransaction({ state, queue: [ask], challenges: [challenge], asked: 1, ask: 1, ...more });
const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};
const refused = (tx: LoginTransaction, input: Input) => expect(transition(tx, input, NOW)).toEqual({ ok: false });
const WITHIN: Input = { kind: 'reconsidered', within: true };

describe('several of one factor', () => {
  const one = sample({ ...challenging, offers: several });
  const list = moved(one, WITHIN).tx;

  test('are listed from the page of one of them, with a way back', () => {
    expect(list.state).toEqual({
      name: 'choosing',
      ask,
      to: 'challenge',
      offers: several,
      back: challenge.id,
      within: { factor: 'phone', by: 'authenticator' },
    });
    expect(moved(list, { kind: 'returned' }).tx.state).toEqual(one.state);
  });
  test('the same state leads to every method, while there is another', () => {
    expect(moved(list, { kind: 'reconsidered' }).tx.state).not.toHaveProperty('within');
    const alone = sample({
      ...STATES.choosing,
      offers: several.slice(0, 1),
      within: { factor: 'phone', by: 'authenticator' },
    });
    refused(alone, { kind: 'reconsidered' });
  });
  test('one that was listed is chosen, no other', () => {
    const chosen = (authenticatorId: string): Input => ({ kind: 'chosen', factor: 'phone', authenticatorId });
    expect(moved(list, chosen('dev_other')).tx.state).toEqual({
      name: 'preparing',
      ask,
      chosen: 'phone',
      authenticatorId: 'dev_other',
    });
    refused(list, chosen('dev_somebody-else'));
    refused(list, { kind: 'chosen', factor: 'email' });
  });
  test('one alone is no list', () => refused(sample(challenging), WITHIN));
  test('nobody is asked which while nothing is sent', () => refused(sample(STATES.identifying), WITHIN));
});

describe('how a phone is reached', () => {
  const asked = sample({
    ...STATES.choosing,
    within: { factor: 'phone', by: 'channel', authenticatorId: 'dev_phone' },
  });
  test.each(['sms', 'voice'] as const)('by %s', (via) => {
    const input = { kind: 'chosen', factor: 'phone', authenticatorId: 'dev_phone', via } as const;
    expect(moved(asked, input).tx.state).toMatchObject({ name: 'preparing', via, authenticatorId: 'dev_phone' });
  });

  test('of several phones the person may say which, and is asked again how', () => {
    const twice = sample({ ...STATES.choosing, ...asked.state, offers: several } as LoginState);
    const list = moved(twice, WITHIN).tx;
    expect(list.state).toMatchObject({ name: 'choosing', within: { factor: 'phone', by: 'authenticator' } });
    const { state } = moved(list, { kind: 'chosen', factor: 'phone', authenticatorId: 'dev_other' }).tx;
    expect(state).toMatchObject({ name: 'preparing', authenticatorId: 'dev_other' });
    expect(state).not.toHaveProperty('via');
    refused(asked, WITHIN);
    refused(list, WITHIN);
  });

  type Row = [sentBy: 'sms' | 'voice' | undefined, wanted: 'sms' | 'voice' | undefined, expected: string | undefined];
  test.each<Row>([
    ['sms', undefined, 'sms'],
    ['voice', undefined, 'voice'],
    ['sms', 'voice', 'voice'],
    ['voice', 'sms', 'sms'],
    [undefined, undefined, undefined],
  ])('sent by %s, again by %s: by %s', (via, wanted, expected) => {
    const open = aChallenge(via === undefined ? {} : { via });
    const input: Input = { kind: 'resent', ...(wanted === undefined ? {} : { via: wanted }) };
    const { state } = moved(sample(challenging, { challenges: [open] }), input).tx;
    expect(state).toMatchObject({ name: 'preparing', resend: true, authenticatorId: 'dev_phone' });
    expect('via' in state ? state.via : undefined).toBe(expected);
  });

  test('a number that is being enrolled, likewise', () => {
    const enrolling = sample(STATES.enrolling);
    const called = moved(enrolling, { kind: 'resent', via: 'voice' }).tx.state;
    expect(called).toMatchObject({ resend: true, enrollment: { ...anEnrollment(), via: 'voice' } });
    const given: Input = { kind: 'addressed', address: '+447700900111', via: 'voice' };
    const { state } = moved(enrolling, given).tx;
    expect(state).toMatchObject({ enrollment: { via: 'voice', phoneNumber: '+447700900111' } });
    expect(state).not.toHaveProperty('enrollment.sent');
  });
});
