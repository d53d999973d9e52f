// An authenticator in the making: what a person may do while it is enrolled, and what each thing voids.
import { describe, expect, test } from 'vitest';
import type { Input } from '#runtime/transaction/input.ts';
import type { LoginState, LoginTransaction } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anEnrollment, aTransaction, NOW, samples } from './sample.ts';

const { ask, challenge, STATES } = samples();
const ADDRESSED: Input = { kind: 'addressed', address: '+447700900111' };
const RESPONDED: Input = { kind: 'responded', code: '123456' };
const UNDELIVERED: Input = { kind: 'undelivered', logs: [] };

const sample = (state: LoginState) => aTransaction({ state, queue: [ask], challenges: [challenge], asked: 1, ask: 1 });
const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};
const refused = (tx: LoginTransaction, input: Input) => expect(transition(tx, input, NOW)).toEqual({ ok: false });

describe('an enrollment', () => {
  const enrolling = (enrollment: ReturnType<typeof anEnrollment>) => sample({ ...STATES.enrolling, enrollment });
  const { sent: _unsent, ...addressed } = anEnrollment();
  const { phoneNumber: _none, ...blank } = addressed;
  const app = { factor: 'otp', authenticatorId: 'dev_app', secret: 'KEY', createdAt: NOW } as const;
  const ofApp = sample({ ...STATES.enrolling, enrollment: app });

  test('of a phone takes no code before one was sent', () => {
    refused(enrolling(blank), RESPONDED);
    refused(enrolling(addressed), RESPONDED);
  });
  test('of a phone has nothing to send again, and nowhere to go back to, before it was sent', () => {
    refused(enrolling(blank), { kind: 'resent' });
    refused(enrolling(blank), { kind: 'returned' });
    refused(enrolling(blank), UNDELIVERED);
  });
  test('with another number voids the code that is out', () => {
    const { state } = moved(enrolling(anEnrollment()), ADDRESSED).tx;
    expect(state).toMatchObject({ name: 'preparing', chosen: 'phone', enrollment: { phoneNumber: '+447700900111' } });
    expect(state).not.toHaveProperty('enrollment.sent');
    expect(state).not.toHaveProperty('resend');
  });
  test('goes back to the number, and the code that was sent is void', () => {
    const { state } = moved(enrolling(anEnrollment()), { kind: 'returned' }).tx;
    expect(state).toMatchObject({ name: 'enrolling', enrollment: addressed });
    expect(state).not.toHaveProperty('enrollment.sent');
  });
  test('sends again what is out', () => {
    const { state } = moved(enrolling(anEnrollment()), { kind: 'resent' }).tx;
    expect(state).toMatchObject({ name: 'preparing', resend: true, chosen: 'phone', enrollment: anEnrollment() });
  });
  test('says that its message could not be delivered', () => {
    const { state } = moved(enrolling(anEnrollment()), UNDELIVERED).tx;
    expect(state).toMatchObject({ enrollment: { sent: { undelivered: true, codeMac: 'mac' } } });
  });
  test('of an app has neither number nor message', () => {
    for (const input of [ADDRESSED, { kind: 'resent' }, { kind: 'returned' }, UNDELIVERED] as const)
      refused(ofApp, input);
    expect(moved(ofApp, RESPONDED).tx.state).toMatchObject({
      name: 'verifying',
      submission: { code: '123456' },
    });
  });
  test('becomes another one by way of the picker, which leads to enrollment', () => {
    const picker = moved(ofApp, { kind: 'reconsidered' }).tx;
    expect(picker.state).toMatchObject({ name: 'choosing', to: 'enroll' });
    refused(picker, { kind: 'returned' });
    expect(moved(picker, { kind: 'chosen', factor: 'phone' }).tx.state).toMatchObject({
      name: 'preparing',
      chosen: 'phone',
    });
  });
});
