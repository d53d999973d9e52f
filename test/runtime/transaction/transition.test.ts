// Every pair of state and input, enumerated from the types: the mapped type below does not compile with a pair missing.
// A pair that the table of arrows does not know is refused and leaves nothing behind.
import { describe, expect, test } from 'vitest';
import type { Input } from '#runtime/transaction/input.ts';
import { INPUT_KINDS } from '#runtime/transaction/input.ts';
import { type LoginState, type LoginTransaction, STATE_KINDS } from '#runtime/transaction/transaction.ts';
import { MFA_COMMANDS_PER_LOGIN, transition } from '#runtime/transaction/transition.ts';
import { aTransaction, NOW, samples } from './sample.ts';

type StateName = LoginState['name'];
type InputKind = Input['kind'];

const { ask, challenge, challenging, STATES } = samples();

const session = { tenantId: 't', id: 's', userId: 'auth0|1', methods: [], clients: [], device: {} } as never;
const INPUTS: { [Kind in InputKind]: Extract<Input, { kind: Kind }> } = {
  submitted: { kind: 'submitted', identifier: 'ana@example.com', password: 'secret' },
  chosen: { kind: 'chosen', factor: 'otp' },
  responded: { kind: 'responded', code: '123456' },
  resent: { kind: 'resent' },
  reconsidered: { kind: 'reconsidered' },
  returned: { kind: 'returned' },
  taken: { kind: 'taken' },
  verified: {
    kind: 'verified',
    method: { name: 'mfa', type: 'phone', at: NOW, in: 'transaction' },
    changes: [],
    logs: [],
  },
  rejected: { kind: 'rejected', notice: { key: 'invalid-code' }, logs: [] },
  throttled: { kind: 'throttled', retryAfterSeconds: 60, logs: [] },
  withdrawn: { kind: 'withdrawn' },
  ran: { kind: 'ran', commands: [], logs: [] },
  failed: { kind: 'failed', reason: 'boom', logs: [] },
  prepared: { kind: 'prepared', result: 'offered', offers: challenging.offers, logs: [] },
  settled: { kind: 'settled', session },
  undelivered: { kind: 'undelivered', challengeId: challenge.id, logs: [] },
  barred: { kind: 'barred', code: 'unauthorized', reason: 'user is blocked', logs: [] },
};

/** Where each pair leads from the sample login (one Action left, one ask in the queue); null: refused. */
const ARROWS: { [Name in StateName]: { [Kind in InputKind]: StateName | null } } = {
  identifying: row({ submitted: 'verifying', barred: 'denied' }),
  choosing: row({ chosen: 'preparing', returned: 'challenging', barred: 'denied' }),
  challenging: row({
    responded: 'verifying',
    resent: 'preparing',
    reconsidered: 'choosing',
    undelivered: 'challenging',
    barred: 'denied',
  }),
  verifying: row({
    verified: 'running',
    rejected: 'challenging',
    throttled: 'challenging',
    withdrawn: 'preparing',
    barred: 'denied',
  }),
  running: row({ ran: 'preparing', failed: 'denied', barred: 'denied' }),
  preparing: row({ prepared: 'choosing', barred: 'denied' }),
  settling: row({ settled: 'completed', barred: 'denied' }),
  completed: row({ taken: 'completed' }),
  denied: row({}),
};

function row(arrows: Partial<Record<InputKind, StateName>>): Record<InputKind, StateName | null> {
  return Object.fromEntries(Object.keys(INPUT_KINDS).map((kind) => [kind, arrows[kind as InputKind] ?? null])) as never;
}

const sample = (state: LoginState, more: Partial<LoginTransaction> = {}) =>
  aTransaction({ state, queue: [ask], challenges: [challenge], ask: 1, ...more });

describe('every pair of state and input', () => {
  const pairs = (Object.keys(STATE_KINDS) as StateName[]).flatMap((name) =>
    (Object.keys(INPUT_KINDS) as InputKind[]).map((kind) => [name, kind, ARROWS[name][kind]] as const),
  );
  test('there are as many as the types say', () => {
    expect(pairs).toHaveLength(Object.keys(STATES).length * Object.keys(INPUTS).length);
  });
  test.each(pairs)('%s + %s → %s', (name, kind, expected) => {
    const tx = Object.freeze(sample(STATES[name]));
    const before = JSON.stringify(tx);
    const step = transition(tx, INPUTS[kind], NOW);
    expect(step.ok ? step.tx.state.name : null).toBe(expected);
    // Pure: the login that went in is as it was.
    expect(JSON.stringify(tx)).toBe(before);
  });
});

describe('what a pair leaves', () => {
  const moved = (tx: LoginTransaction, input: Input) => {
    const step = transition(tx, input, NOW);
    if (!step.ok) throw new Error('refused');
    return step;
  };

  test('a verified password opens the gate: the first Action runs, the person is known', () => {
    const subject = {
      kind: 'user',
      userId: 'auth0|1',
      connectionId: 'con_1',
      connection: 'db',
      strategy: 'auth0',
    } as const;
    const from = { name: 'identifying' } as const;
    const submission = { method: 'password', identifier: 'a', password: 'b' } as const;
    const tx = aTransaction({ subject: { kind: 'none' }, state: { name: 'verifying', submission, from } });
    const step = moved(tx, { ...INPUTS.verified, method: { name: 'pwd', at: NOW, in: 'transaction' }, subject });
    expect(step.tx).toMatchObject({ state: { name: 'running' }, subject, methods: [{ name: 'pwd' }] });
  });

  test('with no Action bound a verified password settles', () => {
    const from = { name: 'identifying' } as const;
    const submission = { method: 'password', identifier: 'a', password: 'b' } as const;
    const step = moved(aTransaction({ plan: [], state: { name: 'verifying', submission, from } }), INPUTS.verified);
    expect(step.tx.state.name).toBe('settling');
  });

  test('a right code meets its ask and closes every challenge that was open', () => {
    const step = moved(
      sample(STATES.verifying, { challenges: [challenge, { ...challenge, id: 'other' }] }),
      INPUTS.verified,
    );
    expect(step.tx).toMatchObject({ queue: [], challenges: [] });
  });

  test('a wrong code counts, is told, and leaves the challenge open', () => {
    const step = moved(sample(STATES.verifying), INPUTS.rejected);
    expect(step).toMatchObject({
      notice: { key: 'invalid-code' },
      tx: { challenges: [challenge], queue: [ask] },
    });
  });

  test('an empty bucket says how long, and counts no failure', () => {
    const step = moved(sample(STATES.verifying), INPUTS.throttled);
    expect(step).toMatchObject({ notice: { key: 'too-many-failures', retryAfterSeconds: 60 }, tx: { queue: [ask] } });
  });

  test('two challenges of one script are two asks, met in call order, then the next Action', () => {
    const commands = [
      { name: 'authentication.challengeWith', factor: { type: 'otp' }, additionalFactors: [] },
      { name: 'authentication.challengeWithAny', factors: [{ type: 'phone' }, { type: 'email' }] },
    ] as const;
    const step = moved(aTransaction({ state: { name: 'running' } }), {
      kind: 'ran',
      commands: structuredClone(commands) as never,
      logs: [],
    });
    expect(
      step.tx.queue.map(({ ordinal, prefer, factors }) => [ordinal, prefer, factors.map(({ type }) => type)]),
    ).toEqual([
      [1, 'first', ['otp']],
      [2, 'any', ['phone', 'email']],
    ]);
    expect(step.tx).toMatchObject({ cursor: 1, commanded: 2, state: { name: 'preparing', ask: { ordinal: 1 } } });
  });

  test('deny beats a challenge, keeps metadata, and drops the queue', () => {
    const step = moved(aTransaction({ state: { name: 'running' } }), {
      kind: 'ran',
      commands: [
        { name: 'authentication.challengeWith', factor: { type: 'otp' }, additionalFactors: [] },
        { name: 'user.setAppMetadata', key: 'seen', value: true },
        { name: 'access.deny', reason: 'Not today.' },
      ],
      logs: [],
    });
    expect(step.tx).toMatchObject({
      state: { name: 'denied', code: 'access_denied', reason: 'Not today.' },
      queue: [],
    });
    expect(step.changes).toMatchObject([{ kind: 'user.merge-metadata', app: { seen: true } }]);
    expect(step.logs).toMatchObject([{ type: 'f', description: 'Not today.' }]);
  });

  test('a failed run drops what earlier Actions left pending', () => {
    const outcome = { idTokenClaims: {}, accessTokenClaims: {}, appMetadata: { a: 1 }, userMetadata: {} };
    const step = moved(aTransaction({ state: { name: 'running' }, outcome }), INPUTS.failed);
    expect(step.changes).toEqual([]);
    expect(step.tx.state).toEqual({ name: 'denied', code: 'access_denied', reason: 'boom' });
  });

  test.each([
    [MFA_COMMANDS_PER_LOGIN - 1, 'preparing'],
    [MFA_COMMANDS_PER_LOGIN, 'denied'],
  ])('with %i challenges executed, one more leads to %s', (commanded, expected) => {
    const commands = [{ name: 'authentication.challengeWithAny', factors: [{ type: 'otp' }] }] as never;
    const step = moved(aTransaction({ state: { name: 'running' }, commanded }), { kind: 'ran', commands, logs: [] });
    expect(step.tx.state.name).toBe(expected);
    if (step.tx.state.name === 'denied') expect(step.tx.state.reason).toContain('four');
  });

  test.each([
    ['x'.repeat(100 * 1024)],
    // Counted in bytes: a third of the characters is enough here.
    ['門'.repeat(35 * 1024)],
  ])('custom claims over 100 KB end the login: %#', (value) => {
    const commands = [{ name: 'idToken.setCustomClaim', key: 'big', value }] as never;
    const step = moved(aTransaction({ state: { name: 'running' } }), { kind: 'ran', commands, logs: [] });
    expect(step.tx.state).toMatchObject({ name: 'denied', code: 'access_denied' });
  });

  test('a claim named __proto__ is a claim, not a prototype', () => {
    const commands = [{ name: 'idToken.setCustomClaim', key: '__proto__', value: { admin: true } }] as never;
    const step = moved(aTransaction({ state: { name: 'running' } }), { kind: 'ran', commands, logs: [] });
    expect(Object.keys(step.tx.outcome.idTokenClaims)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each([
    ['satisfied', 'running'],
    ['unusable', 'denied'],
    ['unattended', 'denied'],
    ['offered', 'choosing'],
    ['challenged', 'challenging'],
  ] as const)('prepared as %s → %s', (result, expected) => {
    const input = {
      kind: 'prepared',
      result,
      reason: 'why',
      offers: challenging.offers,
      challenge,
      changes: [],
      deliver: ['m'],
      logs: [],
    };
    const step = moved(sample(STATES.preparing), input as Input);
    expect(step.tx.state.name).toBe(expected);
    expect(step.deliver).toEqual(result === 'challenged' ? ['m'] : []);
    if (result === 'unattended') expect(step.tx.state).toMatchObject({ code: 'interaction_required' });
  });

  test('a new challenge of the same authenticator voids the former', () => {
    const renewed = { ...challenge, id: 'renewed', codeMac: 'other' };
    const input: Input = {
      kind: 'prepared',
      result: 'challenged',
      offers: challenging.offers,
      challenge: renewed,
      changes: [],
      deliver: [],
      logs: [],
    };
    expect(moved(sample(STATES.preparing), input).tx.challenges).toEqual([renewed]);
  });

  test('only what was offered can be chosen', () => {
    expect(transition(sample(STATES.choosing), { kind: 'chosen', factor: 'email' }, NOW).ok).toBe(false);
  });
  test('a picker that nothing came before has nowhere to go back to', () => {
    const { back: _none, ...fresh } = STATES.choosing;
    expect(transition(sample(fresh), { kind: 'returned' }, NOW).ok).toBe(false);
  });
  test('another method needs another method', () => {
    const lonely = { ...challenging, offers: challenging.offers.slice(0, 1) };
    expect(transition(sample(lonely), { kind: 'reconsidered' }, NOW).ok).toBe(false);
  });
  test('what was never sent cannot be sent again', () => {
    const { sentTo: _nowhere, ...quiet } = challenge;
    expect(transition(sample(challenging, { challenges: [quiet] }), { kind: 'resent' }, NOW).ok).toBe(false);
  });
  test('a completed login is taken once', () => {
    const once = moved(sample(STATES.completed), { kind: 'taken' });
    expect(once.tx.state).toEqual({ name: 'completed', taken: true });
    expect(transition(once.tx, { kind: 'taken' }, NOW).ok).toBe(false);
  });
  test('completing writes the session and the log, and makes older handles stale', () => {
    const step = moved(sample(STATES.settling), INPUTS.settled);
    expect(step.changes).toEqual([{ kind: 'session.put', session }]);
    expect(step.logs).toMatchObject([{ type: 's' }]);
    expect(step.tx.ask).toBe(2);
  });
});
