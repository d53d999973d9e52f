// The gate of a policy over the pure core: what programs and pages do in front of it, and where that leads.
import { describe, expect, test } from 'vitest';
import type { DoorInput, Input, Interacted } from '#runtime/transaction/input.ts';
import type { LoginState, LoginTransaction, Offer, PosedCode } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anAsk, aTransaction, NOW } from './sample.ts';

const PHONE: Offer = { factor: 'phone', authenticators: [] };
const EMAIL: Offer = { factor: 'email', authenticators: [] };
type Gated = Extract<LoginState, { name: 'gated' }>;
const gated = (more: Partial<Gated> = {}): Gated => ({ name: 'gated', offers: [], ...more });

const aCode = (more: Partial<PosedCode> = {}): PosedCode => ({
  id: 'code-1',
  to: '+819012345678',
  sentAt: NOW,
  expiresAt: NOW + 300_000,
  tries: 0,
  mostTries: 5,
  resends: 0,
  ...more,
});

const at = (state: LoginState, more: Partial<LoginTransaction> = {}): LoginTransaction =>
  aTransaction({ gate: { kind: 'policy', policies: [] }, door: 'json', state, ...more });
const nobody: Partial<LoginTransaction> = { subject: { kind: 'none' } };
const program: Partial<LoginTransaction> = { selection: 'client' };

const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};

describe('what a page does becomes an interaction', () => {
  const rows: [string, DoorInput, Gated, string, object][] = [
    [
      'a password',
      { kind: 'submitted', identifier: 'ana', password: 'x' },
      gated(),
      'password-authentication',
      { username: 'ana', password: 'x' },
    ],
    [
      'a new account',
      {
        kind: 'registered',
        registration: {
          email: 'a@b.example',
          phoneNumber: '+819012345678',
          password: 'x',
          profile: { name: 'Ana', givenName: 'A', familyName: 'B' },
          userMetadata: {},
          extra: {},
        },
      },
      gated(),
      'initial-registration',
      {
        email: 'a@b.example',
        phone_number: '+819012345678',
        password: 'x',
        name: 'Ana',
        given_name: 'A',
        family_name: 'B',
      },
    ],
    [
      'a code',
      { kind: 'responded', code: '123456' },
      gated({ factor: 'email' }),
      'email-authentication',
      { verification_code: '123456' },
    ],
    ['another code', { kind: 'resent' }, gated({ factor: 'phone' }), 'sms-authentication-challenge', {}],
  ];
  test.each(rows)('%s', (_what, input, state, interaction, body) => {
    const { tx } = moved(at(state), input);
    expect(tx.state).toMatchObject({ name: 'interacting', request: { interaction, body } });
  });

  const refused: [string, DoorInput, Gated][] = [
    ['a code that nobody waits for', { kind: 'responded', code: '123456' }, gated({ offers: [PHONE] })],
    ['a row that is not there', { kind: 'chosen', factor: 'email' }, gated({ offers: [PHONE] })],
    ['another factor', { kind: 'chosen', factor: 'otp' }, gated({ offers: [{ factor: 'otp', authenticators: [] }] })],
    ['another code where none went out', { kind: 'resent' }, gated({ offers: [PHONE] })],
    ['back to a picker of one', { kind: 'reconsidered' }, gated({ offers: [PHONE], factor: 'phone' })],
    ['through, while a script still asks', { kind: 'authorized' }, gated({ ask: anAsk(), offers: [PHONE] })],
  ];
  test.each(refused)('refused: %s', (_what, input, state) => {
    expect(transition(at(state), input, NOW).ok).toBe(false);
  });
});

describe('a code that is out already is not sent again by choosing its row', () => {
  test.each([
    ['good', aCode(), 'gated'],
    ['expired', aCode({ expiresAt: NOW }), 'interacting'],
    ['not delivered', aCode({ undelivered: true }), 'interacting'],
    ['tried too often', aCode({ tries: 5 }), 'interacting'],
  ])('%s', (_what, sms, name) => {
    const { tx, deliver } = moved(at(gated({ offers: [PHONE, EMAIL] }), { posed: { sms } }), {
      kind: 'chosen',
      factor: 'phone',
    });
    expect(tx.state).toMatchObject(name === 'gated' ? { name, factor: 'phone' } : { name });
    expect(deliver).toEqual([]);
  });
});

describe('what an interaction found out', () => {
  const fact = (interaction: string, as: 'success' | 'failure', more: Partial<Interacted> = {}): Interacted => ({
    kind: 'interacted',
    interaction,
    counted: { as, operation: 'AUTHENTICATION', method: 'any' },
    answer: { status: as === 'success' ? 200 : 400, body: {} },
    changes: [],
    deliver: [],
    logs: [],
    ...more,
  });
  const following = (
    interaction: string,
    as: 'success' | 'failure',
    from: Gated = gated(),
    more: Partial<LoginTransaction> = {},
  ) => moved(at({ name: 'interacting', request: { interaction, body: {} }, from }, more), fact(interaction, as)).tx;

  const rows: [string, LoginTransaction, object][] = [
    ['a page asks to be let through', following('password-authentication', 'success'), { name: 'opening' }],
    ['a program does not', following('password-authentication', 'success', gated(), program), gated()],
    ['nobody is let through unknown', following('external', 'success', gated(), nobody), gated()],
    [
      'a page waits for what it asked for',
      following('sms-authentication-challenge', 'success'),
      gated({ factor: 'phone' }),
    ],
    [
      'nothing went out: the page says so',
      following('sms-authentication-challenge', 'failure', gated({ offers: [PHONE] })),
      gated({ offers: [PHONE], unsent: 'phone' }),
    ],
    [
      'nothing went out: the former code stays what it waits for',
      following('sms-authentication-challenge', 'failure', gated({ factor: 'phone' })),
      gated({ factor: 'phone' }),
    ],
    [
      'it went out the second time',
      following('email-authentication-challenge', 'success', gated({ offers: [EMAIL], unsent: 'email' })),
      gated({ offers: [EMAIL], factor: 'email' }),
    ],
    [
      'a wrong code leaves the page',
      following('sms-authentication', 'failure', gated({ factor: 'phone' })),
      gated({ factor: 'phone' }),
    ],
  ];
  test.each(rows)('%s', (_what, tx, state) => {
    expect(tx.state).toMatchObject(state);
    expect(Object.keys(tx.state)).not.toContain(JSON.stringify(state).includes('unsent') ? 'factor' : 'unsent');
  });

  test('what a script asked for is met by what proves that factor, and by nothing else', () => {
    const ask = anAsk();
    const from = gated({ ask, offers: [PHONE], factor: 'phone' });
    const proven = (type: 'phone' | 'email') =>
      moved(
        at({ name: 'interacting', request: { interaction: 'sms-authentication', body: {} }, from }, { queue: [ask] }),
        fact('sms-authentication', 'success', { method: { name: 'mfa', type, at: NOW, in: 'transaction' } }),
      ).tx;
    expect(proven('phone')).toMatchObject({ state: { name: 'running' }, queue: [] });
    expect(proven('email')).toMatchObject({ state: { name: 'gated' }, queue: [ask] });
  });

  test('counts every call, and nothing that was refused before it ran', () => {
    const twice = following('password-authentication', 'failure', gated(), {
      interactions: {
        'password-authentication': {
          operation: 'AUTHENTICATION',
          method: 'password',
          calls: 1,
          successes: 1,
          failures: 0,
          at: NOW - 1,
        },
      },
    });
    expect(twice.interactions['password-authentication']).toMatchObject({
      calls: 2,
      successes: 1,
      failures: 1,
      at: NOW,
    });
    const { counted: _none, ...uncounted } = fact('unknown', 'failure');
    const state = { name: 'interacting', request: { interaction: 'unknown', body: {} }, from: gated() } as const;
    expect(moved(at(state), uncounted).tx.interactions).toEqual({});
  });
});

describe('not let through', () => {
  const unopened = (offers: Offer[], status = 400, more: Partial<LoginTransaction> = {}) =>
    moved(at({ name: 'opening', from: gated() }, more), {
      kind: 'unopened',
      answer: { status, body: { error_description: 'The authentication is locked.' } },
      offers,
      changes: [],
      logs: [],
    });

  test('a program is told, and stays', () => {
    for (const status of [400, 403]) {
      expect(unopened([PHONE], status, program)).toMatchObject({ tx: { state: gated() }, answer: { status } });
    }
  });
  test('a page asks at once for the one thing there is', () => {
    const { tx } = unopened([PHONE]);
    expect(tx.state).toMatchObject({ name: 'interacting', request: { interaction: 'sms-authentication-challenge' } });
  });
  test('a page that comes back to a code that is out sends no other', () => {
    expect(unopened([PHONE], 400, { posed: { sms: aCode() } }).tx.state).toMatchObject({
      name: 'gated',
      factor: 'phone',
    });
  });
  test('a page shows what there is to choose', () => {
    expect(unopened([PHONE, EMAIL]).tx.state).toEqual(gated({ offers: [PHONE, EMAIL] }));
  });
  test('a page that has nothing to show says that it did not work', () => {
    expect(unopened([])).toMatchObject({ tx: { state: gated() }, notice: { key: 'authenticator-error' } });
  });
  test('where it can never open, the login is over on a page', () => {
    expect(unopened([PHONE], 403).tx.state).toEqual({
      name: 'denied',
      code: 'access_denied',
      reason: 'The authentication is locked.',
    });
  });
});
