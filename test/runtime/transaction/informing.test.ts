// What a person reads before a login goes on, and what they may have if they like: which notes come of what, in which
// order, and that reading is all there is to do.
import { describe, expect, test } from 'vitest';
import type { Input } from '#runtime/transaction/input.ts';
import type {
  Enrollment,
  Information,
  LoginState,
  LoginTransaction,
  Submission,
} from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anEnrollment, aSuggestion, aTransaction, NOW, samples } from './sample.ts';

const { ask, challenge, challenging, STATES } = samples();
const { ceremony, userHandle } = aSuggestion();
const VERIFIED = {
  kind: 'verified',
  method: { name: 'mfa', type: 'phone', at: NOW, in: 'transaction' },
  changes: [],
  logs: [],
} as const satisfies Input;
const draft = { authenticatorId: 'dev_new', createdAt: NOW };
const key = { ...draft, factor: 'webauthn-roaming', ceremony, userHandle } as const;
const device = { ...draft, factor: 'push-notification', key: 'k', secret: 'KEY', expiresAt: NOW + 1 } as const;
const kept: Information = { kind: 'recovery-code', because: 'enrolled', code: 'ABC' };
const code: Submission = { method: 'enrollment', code: '123456' };
const made: Submission = { method: 'attestation', response: {}, name: 'Blue key' };

const sample = (state: LoginState, more: Partial<LoginTransaction> = {}) =>
  aTransaction({ state, queue: [ask], challenges: [challenge], asked: 1, ask: 1, ...more });
const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};
const notesOf = ({ state }: LoginTransaction) => (state.name === 'informing' ? state.notes : state.name);

type Row = [name: string, enrollment: Enrollment, submission: Submission, expected: Information[] | string];
const PROVED: Row[] = [
  ['a phone', anEnrollment(), code, 'running'],
  ['a phone, with it a recovery code', { ...anEnrollment(), recoveryCode: 'ABC' }, code, [kept]],
  ['an app, with it a recovery code', { ...draft, factor: 'otp', secret: 'K', recoveryCode: 'ABC' }, code, [kept]],
  ['a recovery code that was written down', { ...draft, factor: 'recovery-code', code: 'ABC' }, code, 'running'],
  [
    'a security key',
    key,
    made,
    [
      { kind: 'naming', factor: 'webauthn-roaming', authenticatorId: 'dev_new', name: 'Blue key' },
      { kind: 'enrolled', factor: 'webauthn-roaming', name: 'Blue key' },
    ],
  ],
  [
    'this device',
    { ...key, factor: 'webauthn-platform', recoveryCode: 'ABC' },
    made,
    [{ kind: 'enrolled', factor: 'webauthn-platform', name: 'Blue key' }, kept],
  ],
  ['a phone that approves', device, { method: 'device' }, [{ kind: 'enrolled', factor: 'push-notification' }]],
];

describe('what an enrollment tells', () => {
  const judging = (enrollment: Enrollment, submission: Submission): LoginState => ({
    name: 'verifying',
    submission,
    from: { ...STATES.enrolling, enrollment },
  });
  test.each(PROVED)('%s', (_name, enrollment, submission, expected) => {
    const { tx } = moved(sample(judging(enrollment, submission)), VERIFIED);
    expect(notesOf(tx)).toEqual(expected);
    // The ask is met whatever is read.
    expect(tx).toMatchObject({ queue: [], challenges: [] });
  });
  test('is the client’s answer where a client asked', () => {
    const state = judging({ ...anEnrollment(), recoveryCode: 'ABC' }, code);
    expect(moved(sample(state, { selection: 'client' }), VERIFIED).tx.state.name).toBe('running');
  });
});

describe('a recovery code that was used', () => {
  const used = { ...VERIFIED, recoveryCode: 'NEW' };
  const judging = sample(STATES.verifying);
  test('its successor is shown, to a person on a page', () => {
    const step = moved(judging, used);
    expect(notesOf(step.tx)).toEqual([{ kind: 'recovery-code', because: 'used', code: 'NEW' }]);
    // It leaves by the page alone: whoever calls for the step is told nothing.
    expect(step).not.toHaveProperty('recoveryCode');
  });
  test('or told to the client', () => {
    const step = moved({ ...judging, selection: 'client' }, used);
    expect(step).toMatchObject({ recoveryCode: 'NEW', tx: { state: { name: 'running' } } });
  });
  test('the page before it leads nowhere any more', () => {
    expect(moved(judging, used).tx.ask).toBeGreaterThan(judging.ask);
  });
});

describe('reading', () => {
  const notes: Information[] = [
    { kind: 'naming', factor: 'webauthn-roaming', authenticatorId: 'dev_key', name: '' },
    { kind: 'enrolled', factor: 'webauthn-roaming' },
    kept,
  ];
  const informing = (shown: Information[], more: Partial<LoginTransaction> = {}) =>
    sample({ name: 'informing', notes: shown }, { queue: [], ...more });

  test('one note goes at a time, each with an address of its own, and then the login', () => {
    let tx = informing(notes);
    const seen: unknown[] = [];
    while (tx.state.name === 'informing') {
      const next = moved(tx, { kind: 'acknowledged' }).tx;
      if (next.state.name === 'informing') expect(next.ask).toBeGreaterThan(tx.ask);
      tx = next;
      seen.push(notesOf(tx));
    }
    expect(seen).toEqual([notes.slice(1), [kept], 'running']);
  });
  test.each<[string, Partial<LoginTransaction>, string]>([
    ['what is asked next', { queue: [ask] }, 'preparing'],
    ['the next Action', {}, 'running'],
    ['what follows the last', { cursor: 1 }, 'settling'],
  ])('leads to %s', (_name, more, expected) => {
    expect(moved(informing([kept], more), { kind: 'acknowledged' }).tx.state.name).toBe(expected);
  });
  test('a name is written, and the next note says it', () => {
    const step = moved(informing(notes), { kind: 'named', name: 'Red key' });
    expect(step.changes).toEqual([
      { kind: 'authenticator.name', tenantId: 'tenant-1', id: 'dev_key', name: 'Red key', ifThere: true },
    ]);
    expect(notesOf(step.tx)).toEqual([{ kind: 'enrolled', factor: 'webauthn-roaming', name: 'Red key' }, kept]);
  });
  test.each<[string, Input]>([
    ['a code', { kind: 'responded', code: '123456' }],
    ['a name where none is asked for', { kind: 'named', name: 'x' }],
    ['another method', { kind: 'reconsidered' }],
    ['a step back', { kind: 'returned' }],
    ['not now', { kind: 'skipped' }],
  ])('takes no %s', (_name, input) => expect(transition(informing([kept]), input, NOW)).toEqual({ ok: false }));
});

describe('what is only suggested', () => {
  const suggesting = sample(STATES.suggesting, { queue: [], cursor: 1, suggested: true });
  test('is suggested once, to somebody on a page', () => {
    const settling = sample(STATES.settling, { queue: [] });
    const input = { kind: 'suggested', suggestion: aSuggestion() } as const;
    expect(moved(settling, input).tx).toMatchObject({ state: { name: 'suggesting' }, suggested: true });
    expect(transition({ ...settling, selection: 'client' }, input, NOW)).toEqual({ ok: false });
  });
  test('may be left', () => expect(moved(suggesting, { kind: 'skipped' }).tx.state.name).toBe('settling'));
  test('is told once it is made, and proves nothing', () => {
    const judging = moved(suggesting, { kind: 'asserted', response: { id: 'x' }, name: 'Laptop' }).tx;
    expect(judging.state).toMatchObject({ name: 'verifying', submission: { method: 'attestation', name: 'Laptop' } });
    const { tx } = moved(judging, { kind: 'attested', changes: [], logs: [] });
    expect(notesOf(tx)).toEqual([{ kind: 'enrolled', factor: 'passkey', name: 'Laptop' }]);
    expect(tx.methods).toEqual([]);
  });
  test('is still there when what was made is not taken', () => {
    const judging = moved(suggesting, { kind: 'asserted', response: {} }).tx;
    const step = moved(judging, { kind: 'rejected', notice: { key: 'passkey-not-accepted' }, logs: [] });
    expect(step).toMatchObject({ tx: { state: STATES.suggesting }, notice: { key: 'passkey-not-accepted' } });
  });
});

describe('another device', () => {
  const open = { ...challenge, factor: 'push-notification', number: '42' } as const;
  const waiting = sample(challenging, { challenges: [open] });
  test('is asked about only where one was asked', () => {
    expect(moved(waiting, { kind: 'polled' }).tx.state).toMatchObject({ submission: { method: 'answer' } });
    expect(transition(sample(challenging), { kind: 'polled' }, NOW)).toEqual({ ok: false });
  });
  test('that said no leaves the login where it was, and says so', () => {
    const step = moved(moved(waiting, { kind: 'polled' }).tx, { kind: 'declined', logs: [] });
    expect(step).toMatchObject({ notice: { key: 'transaction-rejected' }, tx: { state: challenging, queue: [ask] } });
    expect(step.tx.challenges).toEqual([{ ...open, refused: true }]);
  });
  test('that said no is the one that was asked about, whatever else is shown', () => {
    const other = { ...open, id: 'another', authenticatorId: 'dev_other' } as const;
    const both = sample(challenging, { challenges: [open, other] });
    const step = moved(moved(both, { kind: 'polled', challengeId: 'another' }).tx, { kind: 'declined', logs: [] });
    expect(step.tx.challenges).toEqual([open, { ...other, refused: true }]);
  });
  test('is asked no more once the login is over', () => {
    const step = moved(waiting, { kind: 'barred', code: 'unauthorized', reason: 'user is blocked', logs: [] });
    expect(step.changes).toEqual([{ kind: 'push-request.withdraw', tenantId: 'tenant-1', id: open.id }]);
  });
  test('may be asked again', () => {
    expect(moved(waiting, { kind: 'resent' }).tx.state).toMatchObject({ name: 'preparing', resend: true });
  });
});
