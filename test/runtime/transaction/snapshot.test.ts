// A login survives being written down, and nothing else is ever read back as one.
import { describe, expect, test } from 'vitest';
import { decode, encode, SNAPSHOT_LIMIT_BYTES, SnapshotTooLargeError } from '#runtime/transaction/snapshot.ts';
import { begin, type LoginState, type LoginTransaction } from '#runtime/transaction/transaction.ts';
import { aChallenge, anAsk, aTransaction, NOW } from './sample.ts';

const ask = anAsk({ factors: [{ type: 'phone', options: { preferredMethod: 'sms' } }] });
const offers: Extract<LoginState, { name: 'choosing' }>['offers'] = [{ factor: 'phone', authenticators: ['dev_1'] }];
const STATES: LoginState[] = [
  { name: 'identifying' },
  { name: 'choosing', ask, offers },
  { name: 'choosing', ask, offers, back: 'c' },
  { name: 'challenging', ask, offers, challengeId: 'challenge-1' },
  { name: 'completed', taken: true },
  { name: 'denied', code: 'access_denied', reason: 'No.' },
];

describe('snapshot', () => {
  test.each(STATES)('$name comes back as it went in', (state) => {
    const tx = aTransaction({
      state,
      queue: [ask],
      challenges: [aChallenge({ undelivered: true })],
      methods: [{ name: 'mfa', type: 'otp', authenticatorId: 'dev_1', at: NOW, in: 'session' }],
      origin: { kind: 'session', sessionId: 's' },
    });
    expect(decode(encode(tx))).toEqual(tx);
  });

  test('keys such as __proto__ in claims come back as keys', () => {
    const idTokenClaims = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
    const back = decode(encode(aTransaction({ outcome: { ...aTransaction().outcome, idTokenClaims } })));
    expect(Object.keys(back.outcome.idTokenClaims)).toEqual(['__proto__', 'constructor']);
  });

  test('a busy login is never stored', () => {
    expect(() => encode(aTransaction({ state: { name: 'running' } }))).toThrow('never stored');
  });

  test('a login over 256 KiB is refused by name', () => {
    const big = { ...aTransaction().outcome, appMetadata: { text: 'x'.repeat(SNAPSHOT_LIMIT_BYTES) } };
    expect(() => encode(aTransaction({ outcome: big }))).toThrow(SnapshotTooLargeError);
  });

  test.each([
    ['no JSON', 'hello'],
    ['another version', JSON.stringify({ v: 2, login: aTransaction() })],
    ['a busy state', JSON.stringify({ v: 1, login: aTransaction({ state: { name: 'running' } }) })],
    ['a missing part', JSON.stringify({ v: 1, login: { ...aTransaction(), queue: undefined } })],
    [
      'an unknown factor',
      JSON.stringify({ v: 1, login: aTransaction({ challenges: [{ ...aChallenge(), factor: 'x' as never }] }) }),
    ],
  ])('%s is no login', (_name, text) => expect(() => decode(text)).toThrow());
});

describe('begin', () => {
  const { state: _state, ...beginning } = aTransaction();
  const start = (more: Partial<LoginTransaction>) => begin({ ...beginning, ...more }, NOW).state.name;
  test('asks who is there', () => expect(start({ subject: { kind: 'none' } })).toBe('identifying'));
  test('runs the scripts at once for a known person', () => expect(start({})).toBe('running'));
  test('settles a known person when nothing is bound', () => expect(start({ plan: [] })).toBe('settling'));
});
