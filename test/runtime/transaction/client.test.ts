// A login that a client leads by the MFA API: it is told what there is, and says itself what is sent, as often as it likes.
// And one without a browser: what it does not leave behind.
import { describe, expect, test } from 'vitest';
import type { Input } from '#runtime/transaction/input.ts';
import {
  type Beginning,
  begin,
  type Challenge,
  handleKindOf,
  type LoginState,
  type LoginTransaction,
  type Selection,
} from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import type { Change } from '#storage/store.ts';
import { aChallenge, anEnrollment, aTransaction, NOW, samples } from './sample.ts';

const { ask, challenge, challenging, offers, STATES } = samples();
const other: Challenge = aChallenge({ id: 'challenge-2', factor: 'otp', authenticatorId: 'dev_otp' });

const sample = (selection: Selection, state: LoginState, more: Partial<LoginTransaction> = {}) =>
  aTransaction({ selection, state, queue: [ask], challenges: [challenge, other], asked: 1, ask: 1, ...more });
const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};
const isRefused = (tx: LoginTransaction, input: Input) => !transition(tx, input, NOW).ok;

describe('a choice', () => {
  const CHOSEN: Input = { kind: 'chosen', factor: 'otp' };
  // Whoever shows pages shows the picker first; nobody else may move what is open.
  test.each<[LoginState['name'], Selection, boolean]>([
    ['choosing', 'client', true],
    ['choosing', 'server', true],
    ['challenging', 'client', true],
    ['challenging', 'server', false],
    ['challenging', 'nobody', false],
    ['enrolling', 'client', true],
    ['enrolling', 'server', false],
    ['identifying', 'client', false],
    ['redirected', 'client', false],
    ['consenting', 'client', false],
    ['resetting', 'client', false],
    ['completed', 'client', false],
    ['denied', 'client', false],
  ])('while %s, by %s: taken %s', (name, selection, taken) => {
    const tx = sample(selection, STATES[name]);
    if (taken) expect(moved(tx, CHOSEN).tx.state).toMatchObject({ name: 'preparing', ask, chosen: 'otp' });
    else expect(isRefused(tx, CHOSEN)).toBe(true);
  });

  test.each<[string, Extract<Input, { kind: 'chosen' }>, boolean]>([
    ['what is offered', { kind: 'chosen', factor: 'phone' }, true],
    ['an authenticator that is offered', { kind: 'chosen', factor: 'phone', authenticatorId: 'dev_phone' }, true],
    ['an authenticator of another factor', { kind: 'chosen', factor: 'phone', authenticatorId: 'dev_otp' }, false],
    ["somebody else's authenticator", { kind: 'chosen', factor: 'phone', authenticatorId: 'dev_x' }, false],
    ['a factor that is not offered', { kind: 'chosen', factor: 'email' }, false],
    ['a recovery code where none is offered', { kind: 'chosen', factor: 'recovery-code' }, false],
  ])('of %s', (_name, input, taken) => {
    for (const state of [STATES.choosing, challenging]) {
      const tx = sample('client', state);
      expect(isRefused(tx, input)).toBe(!taken);
      if (!taken || input.authenticatorId === undefined) continue;
      expect(moved(tx, input).tx.state).toMatchObject({ authenticatorId: input.authenticatorId });
    }
  });

  test('leaves what is open open, until another challenge is made for the same authenticator', () => {
    const asked = moved(sample('client', challenging), { kind: 'chosen', factor: 'otp' }).tx;
    expect(asked.challenges).toEqual([challenge, other]);
    const again = { ...other, id: 'challenge-3' };
    const next = moved(asked, {
      kind: 'prepared',
      result: 'challenged',
      offers,
      challenge: again,
      rememberable: 'never',
      changes: [],
      deliver: [],
      logs: [],
    }).tx;
    expect(next.challenges).toEqual([challenge, again]);
    expect(next.state).toMatchObject({ name: 'challenging', challengeId: 'challenge-3' });
  });
});

describe('an answer', () => {
  const answered = (challengeId?: string): Input => ({
    kind: 'responded',
    code: '123456',
    ...(challengeId === undefined ? {} : { challengeId }),
  });
  test.each([
    ['is for the last challenge where it does not say', undefined, 'challenge-1'],
    ['is for the challenge that it names', 'challenge-2', 'challenge-2'],
  ])('%s', (_name, named, judged) => {
    const { state } = moved(sample('client', challenging), answered(named)).tx;
    expect(state).toMatchObject({ name: 'verifying', submission: { challengeId: judged, code: '123456' } });
  });
  test('to a challenge that is not open is not judged', () => {
    expect(isRefused(sample('client', challenging), answered('challenge-3'))).toBe(true);
    expect(isRefused(sample('client', challenging, { challenges: [] }), answered())).toBe(true);
  });
  test('meets the ask and closes the other challenges', () => {
    const method = { name: 'mfa', type: 'otp', at: NOW, in: 'transaction' } as const;
    const judged = moved(sample('client', challenging), answered('challenge-2')).tx;
    const met = moved(judged, { kind: 'verified', method, changes: [], logs: [] }).tx;
    expect(met).toMatchObject({ challenges: [], queue: [] });
  });
  test('hands on the recovery code that replaces the one used, and keeps it nowhere', () => {
    const method = { name: 'mfa', type: 'recovery-code', at: NOW, in: 'transaction' } as const;
    const judged = moved(sample('client', challenging), answered()).tx;
    const step = moved(judged, { kind: 'verified', method, changes: [], logs: [], recoveryCode: 'NEXT' });
    expect(step.recoveryCode).toBe('NEXT');
    expect(JSON.stringify(step.tx)).not.toContain('NEXT');
  });
});

describe('an enrollment of a mailbox', () => {
  const blank = { factor: 'email', authenticatorId: 'dev_new', createdAt: NOW } as const;
  const sent = { codeMac: 'mac', to: 'an***', expiresAt: NOW + 1 };
  const enrolling = (enrollment: Extract<LoginState, { name: 'enrolling' }>['enrollment']) =>
    sample('client', { ...STATES.enrolling, enrollment });
  const RESPONDED: Input = { kind: 'responded', code: '123456' };

  test('takes no code before one was sent', () => {
    expect(isRefused(enrolling(blank), RESPONDED)).toBe(true);
    expect(isRefused(enrolling({ ...blank, address: 'a@example.com' }), RESPONDED)).toBe(true);
    expect(isRefused(enrolling({ ...blank, address: 'a@example.com', sent }), RESPONDED)).toBe(false);
  });
  test('with another address voids the code that is out, and leaves the recovery code', () => {
    const tx = enrolling({ ...blank, address: 'a@example.com', sent, recoveryCode: 'CODE' });
    const { state } = moved(tx, { kind: 'addressed', address: 'b@example.com' }).tx;
    expect(state).toMatchObject({
      name: 'preparing',
      chosen: 'email',
      enrollment: { factor: 'email', address: 'b@example.com', recoveryCode: 'CODE' },
    });
    expect(state).not.toHaveProperty('enrollment.sent');
    expect(state).not.toHaveProperty('enrollment.phoneNumber');
  });
  test('that could not be written to says so', () => {
    const tx = enrolling({ ...blank, address: 'a@example.com', sent });
    expect(moved(tx, { kind: 'undelivered', logs: [] }).tx.state).toMatchObject({
      enrollment: { sent: { ...sent, undelivered: true } },
    });
    expect(isRefused(enrolling(blank), { kind: 'undelivered', logs: [] })).toBe(true);
  });
  test('becomes one of a phone at once', () => {
    const tx = sample('client', { ...STATES.enrolling, enrollment: { ...blank, sent, address: 'a@example.com' } });
    const { state } = moved(tx, { kind: 'chosen', factor: 'phone' }).tx;
    expect(state).toEqual({ name: 'preparing', ask, chosen: 'phone' });
  });
  test('of a phone sends again what is out', () => {
    expect(moved(enrolling(anEnrollment()), { kind: 'resent' }).tx.state).toMatchObject({ resend: true });
  });
});

describe('consent', () => {
  const scope = ['openid', 'read:all'];
  const settling = (selection: Selection) => sample(selection, { name: 'settling' }, { queue: [], asked: 3 });

  test('on pages is waited for, under a key of its own', () => {
    expect(moved(settling('server'), { kind: 'unconsented', scope }).tx).toMatchObject({
      state: { name: 'consenting', scope },
      asked: 4,
      ask: 4,
    });
  });
  test.each<Selection>(['client', 'nobody'])('by %s ends the login: nobody can be asked there', (selection) => {
    const step = moved(settling(selection), { kind: 'unconsented', scope });
    expect(step.tx.state).toEqual({ name: 'denied', code: 'consent_required', reason: 'Consent required' });
  });
  test('given goes on to the end, where it is written down', () => {
    expect(moved(sample('server', STATES.consenting), { kind: 'consented', allowed: true }).tx).toMatchObject({
      consented: true,
      state: { name: 'settling' },
    });
  });
  test('refused ends the login, and leaves nothing of a session', () => {
    const step = moved(sample('server', STATES.consenting), { kind: 'consented', allowed: false });
    expect(step.tx.state).toMatchObject({ name: 'denied', code: 'access_denied' });
    expect(step.logs).toMatchObject([{ type: 'f' }]);
    expect(step.changes).toEqual([]);
    expect(step.tx).not.toHaveProperty('consented');
  });
});

describe('a new password', () => {
  const resetting = sample('server', STATES.resetting, { purpose: 'password-reset', queue: [] });
  const judged = moved(resetting, { kind: 'renewed', password: 'a new one' }).tx;

  test('is waited for under a key of its own', () => {
    const tx = sample('server', { name: 'settling' }, { purpose: 'password-reset', queue: [], asked: 2 });
    expect(moved(tx, { kind: 'cleared' }).tx).toMatchObject({ state: { name: 'resetting' }, asked: 3, ask: 3 });
  });
  test('is judged and kept nowhere', () => {
    expect(judged.state).toMatchObject({ name: 'verifying', submission: { method: 'new-password' } });
    const back = moved(judged, { kind: 'rejected', notice: { key: 'password-too-weak' }, logs: [] });
    expect(back).toMatchObject({ notice: { key: 'password-too-weak' }, tx: { state: { name: 'resetting' } } });
    expect(JSON.stringify(back.tx)).not.toContain('a new one');
  });
  test('ends the reset: there is nothing to fetch', () => {
    const change: Change = { kind: 'login-block.lift', tenantId: 't', identifiers: [] };
    const step = moved(judged, { kind: 'replaced', changes: [change], logs: [{ type: 'scp', description: 'x' }] });
    expect(step).toMatchObject({ changes: [change], logs: [{ type: 'scp' }] });
    expect(step.tx).toMatchObject({ state: { name: 'completed', taken: true }, ask: resetting.ask + 1 });
  });
  test('there is no challenge to withdraw while one is judged', () => {
    expect(isRefused(judged, { kind: 'withdrawn' })).toBe(true);
  });
});

describe('without a browser', () => {
  const { binding: _none, ...unbound } = sample('client', { name: 'settling' }, { queue: [] });
  const end = moved(unbound, { kind: 'settled', changes: [], logs: [] });

  test('a login that is over has left already, without a session', () => {
    expect(end.tx.state).toEqual({ name: 'completed', taken: true });
    expect(end.changes).toEqual([]);
    expect(end.logs).toEqual([]);
    expect(isRefused(end.tx, { kind: 'taken' })).toBe(true);
  });
  test('it is found by a key that opens no page, for ten minutes', () => {
    const { state: _state, expiresAt: _end, ...beginning } = unbound;
    expect(begin(beginning, NOW).expiresAt).toBe(NOW + 10 * 60_000);
    expect(begin({ ...beginning, selection: 'server' }, NOW).expiresAt).toBe(NOW + 60 * 60_000);
    expect([
      handleKindOf({ door: 'token', selection: 'client' }),
      handleKindOf({ door: 'hosted', selection: 'server' }),
    ]).toEqual(['mfa-token', 'state']);
    const json: Beginning = { ...beginning, door: 'json', gate: { kind: 'policy', policies: [] } };
    expect(begin(json, NOW)).toMatchObject({ state: { name: 'gated' }, expiresAt: NOW + 30 * 60_000 });
    expect(handleKindOf({ door: 'json', selection: 'client' })).toBe('authorization');
  });
  test('what is asked before anything else has a place in the order of asks', () => {
    const { state: _state, ...beginning } = unbound;
    const tx = begin({ ...beginning, queue: [ask] }, NOW);
    expect(tx).toMatchObject({ asked: 1, ask: 0, queue: [ask], state: { name: 'preparing', ask } });
  });
});
