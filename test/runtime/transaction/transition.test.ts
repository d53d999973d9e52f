// Every pair of state and input, enumerated from the types: the mapped type below does not compile with a pair missing.
// A pair that the table of arrows does not know is refused and leaves nothing behind.
// Longer than 300 lines because every pair is read beside what it leaves.
import { describe, expect, test } from 'vitest';
import type { Input } from '#runtime/transaction/input.ts';
import { INPUT_KINDS } from '#runtime/transaction/input.ts';
import { type LoginState, type LoginTransaction, STATE_KINDS } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import type { SessionRecord } from '#storage/records.ts';
import { anOutcome, aSuggestion, aTransaction, NOW, samples } from './sample.ts';

type StateName = LoginState['name'];
type InputKind = Input['kind'];

const { ask, challenge, challenging, offers, STATES } = samples();

const session = {
  tenantId: 't',
  id: 's',
  userId: 'auth0|1',
  methods: [],
  clients: [],
  device: {},
} as unknown as SessionRecord;
const registration = { password: 'secret', profile: {}, userMetadata: {}, extra: {} };
const INPUTS: { [Kind in InputKind]: Extract<Input, { kind: Kind }> } = {
  submitted: { kind: 'submitted', identifier: 'ana@example.com', password: 'secret' },
  presented: { kind: 'presented', connection: 'sms', address: '+447700900111', code: '123456' },
  registered: { kind: 'registered', registration },
  called: { kind: 'called', interaction: 'sms-authentication', body: { verification_code: '123456' } },
  authorized: { kind: 'authorized' },
  interacted: {
    kind: 'interacted',
    interaction: 'password-authentication',
    counted: { as: 'success', operation: 'AUTHENTICATION', method: 'password' },
    answer: { status: 200, body: { status: 'success' } },
    method: { name: 'pwd', at: NOW, in: 'transaction' },
    changes: [],
    deliver: [],
    logs: [],
  },
  opened: { kind: 'opened', withheld: [], changes: [], logs: [] },
  unopened: { kind: 'unopened', answer: { status: 400, body: {} }, offers, changes: [], logs: [] },
  chosen: { kind: 'chosen', factor: 'otp' },
  responded: { kind: 'responded', code: '123456' },
  addressed: { kind: 'addressed', address: '+447700900111', connection: 'sms' },
  asserted: { kind: 'asserted', response: { id: 'key' } },
  polled: { kind: 'polled' },
  detected: { kind: 'detected', capabilities: { webauthn: true, platform: false, passkeys: false } },
  acknowledged: { kind: 'acknowledged' },
  named: { kind: 'named', name: 'Blue key' },
  skipped: { kind: 'skipped' },
  continued: { kind: 'continued', visit: { kind: 'redirect', query: {}, body: {} } },
  resent: { kind: 'resent' },
  reconsidered: { kind: 'reconsidered' },
  consented: { kind: 'consented', allowed: true },
  renewed: { kind: 'renewed', password: 'another secret' },
  returned: { kind: 'returned' },
  taken: { kind: 'taken' },
  verified: {
    kind: 'verified',
    method: { name: 'mfa', type: 'phone', at: NOW, in: 'transaction' },
    changes: [],
    logs: [],
  },
  sent: { kind: 'sent', connection: 'sms', strategy: 'sms', address: '+447700900111', changes: [], logs: [] },
  rejected: { kind: 'rejected', notice: { key: 'invalid-code' }, logs: [] },
  throttled: { kind: 'throttled', retryAfterSeconds: 60, logs: [] },
  attested: { kind: 'attested', changes: [], logs: [] },
  declined: { kind: 'declined', logs: [] },
  withdrawn: { kind: 'withdrawn' },
  ran: { kind: 'ran', action: { name: 'script' }, commands: [], logs: [] },
  failed: { kind: 'failed', reason: 'boom', logs: [] },
  prepared: { kind: 'prepared', result: 'offered', to: 'challenge', offers, rememberable: 'offered', logs: [] },
  demanded: { kind: 'demanded', provider: 'any', adaptive: false },
  suggested: { kind: 'suggested', suggestion: aSuggestion() },
  unconsented: { kind: 'unconsented', scope: ['read:all'] },
  cleared: { kind: 'cleared' },
  replaced: { kind: 'replaced', changes: [], logs: [] },
  settled: { kind: 'settled', session, changes: [], logs: [] },
  undelivered: { kind: 'undelivered', logs: [] },
  barred: { kind: 'barred', code: 'unauthorized', reason: 'user is blocked', logs: [] },
};

/** Where each pair leads from the sample login (one Action left, one ask in the queue); null: refused. */
const ARROWS: { [Name in StateName]: { [Kind in InputKind]: StateName | null } } = {
  identifying: row({
    submitted: 'verifying',
    presented: 'verifying',
    registered: 'verifying',
    addressed: 'sending',
    barred: 'denied',
  }),
  gated: row({
    called: 'interacting',
    submitted: 'interacting',
    registered: 'interacting',
    authorized: 'opening',
    barred: 'denied',
  }),
  interacting: row({ interacted: 'opening', barred: 'denied' }),
  opening: row({ opened: 'preparing', unopened: 'gated', barred: 'denied' }),
  expecting: row({
    responded: 'verifying',
    resent: 'sending',
    returned: 'identifying',
    undelivered: 'expecting',
    barred: 'denied',
  }),
  choosing: row({ chosen: 'preparing', detected: 'preparing', returned: 'challenging', barred: 'denied' }),
  challenging: row({
    responded: 'verifying',
    resent: 'preparing',
    reconsidered: 'choosing',
    detected: 'preparing',
    undelivered: 'challenging',
    barred: 'denied',
  }),
  enrolling: row({
    responded: 'verifying',
    addressed: 'preparing',
    resent: 'preparing',
    reconsidered: 'choosing',
    detected: 'preparing',
    returned: 'enrolling',
    undelivered: 'enrolling',
    barred: 'denied',
  }),
  redirected: row({ continued: 'running', barred: 'denied' }),
  consenting: row({ consented: 'settling', barred: 'denied' }),
  suggesting: row({ asserted: 'verifying', skipped: 'preparing', barred: 'denied' }),
  informing: row({ acknowledged: 'informing', named: 'informing', barred: 'denied' }),
  resetting: row({ renewed: 'verifying', barred: 'denied' }),
  sending: row({ sent: 'expecting', rejected: 'identifying', barred: 'denied' }),
  verifying: row({
    verified: 'running',
    rejected: 'challenging',
    throttled: 'challenging',
    declined: 'challenging',
    withdrawn: 'preparing',
    barred: 'denied',
  }),
  running: row({ ran: 'preparing', failed: 'denied', barred: 'denied' }),
  preparing: row({ prepared: 'choosing', barred: 'denied' }),
  settling: row({
    demanded: 'preparing',
    suggested: 'suggesting',
    unconsented: 'consenting',
    settled: 'completed',
    barred: 'denied',
  }),
  completed: row({ taken: 'completed' }),
  denied: row({}),
};

function row(arrows: Partial<Record<InputKind, StateName>>): Record<InputKind, StateName | null> {
  const kinds = Object.keys(INPUT_KINDS) as InputKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, arrows[kind] ?? null])) as Record<InputKind, StateName | null>;
}

const sample = (state: LoginState, more: Partial<LoginTransaction> = {}) =>
  aTransaction({ state, queue: [ask], challenges: [challenge], asked: 1, ask: 1, ...more });

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

const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};
const refused = (tx: LoginTransaction, input: Input) => expect(transition(tx, input, NOW)).toEqual({ ok: false });

describe('a password reset', () => {
  const judging = {
    name: 'verifying',
    submission: { method: 'new-password', password: 'x' },
    from: STATES.resetting,
  } as const;
  test.each<[string, LoginState, InputKind, StateName | null]>([
    ['settling', STATES.settling, 'cleared', 'resetting'],
    ['judging the new password', judging, 'replaced', 'completed'],
    ['judging the new password', judging, 'rejected', 'resetting'],
    ['judging the new password', judging, 'throttled', 'resetting'],
    ['judging the new password', judging, 'verified', null],
    ['judging the new password', judging, 'withdrawn', null],
    ['judging a code', STATES.verifying, 'replaced', null],
  ])('%s: %# %s leads on', (_name, state, kind, expected) => {
    const step = transition(sample(state, { purpose: 'password-reset', queue: [] }), INPUTS[kind], NOW);
    expect(step.ok ? step.tx.state.name : null).toBe(expected);
  });
});

describe('what a pair leaves', () => {
  const from = { name: 'identifying' } as const;
  const submission = { method: 'password', identifier: 'a', password: 'b' } as const;

  test('a verified password opens the gate: the first Action runs, the person is known', () => {
    const subject = { kind: 'user', userId: 'u', connectionId: 'con_1', connection: 'db', strategy: 'auth0' } as const;
    const tx = aTransaction({ subject: { kind: 'none' }, state: { name: 'verifying', submission, from } });
    const step = moved(tx, { ...INPUTS.verified, method: { name: 'pwd', at: NOW, in: 'transaction' }, subject });
    expect(step.tx).toMatchObject({ state: { name: 'running' }, subject, methods: [{ name: 'pwd' }] });
  });

  test('with no Action bound a verified password settles', () => {
    const tx = aTransaction({ plan: [], state: { name: 'verifying', submission, from } });
    expect(moved(tx, INPUTS.verified).tx.state.name).toBe('settling');
  });

  test('there is no challenge to withdraw while nobody is known', () => {
    refused(aTransaction({ state: { name: 'verifying', submission, from } }), INPUTS.withdrawn);
  });

  test('a right code meets its ask and closes every challenge that was open', () => {
    const open = [challenge, { ...challenge, id: 'other' }];
    expect(moved(sample(STATES.verifying, { challenges: open }), INPUTS.verified).tx).toMatchObject({
      queue: [],
      challenges: [],
    });
  });

  test('a proved enrollment meets its ask and is a method of this transaction', () => {
    const state = {
      name: 'verifying',
      submission: { method: 'enrollment', code: '1' },
      from: STATES.enrolling,
    } as const;
    const step = moved(sample(state), { ...INPUTS.verified, changes: [] });
    expect(step.tx).toMatchObject({ queue: [], methods: [{ name: 'mfa', type: 'phone', in: 'transaction' }] });
  });

  test('a wrong code is told, and leaves the challenge open', () => {
    expect(moved(sample(STATES.verifying), INPUTS.rejected)).toMatchObject({
      notice: { key: 'invalid-code' },
      tx: { challenges: [challenge], queue: [ask] },
    });
  });

  test('an empty bucket says how long', () => {
    const notice = { key: 'too-many-failures', retryAfterSeconds: 60 };
    expect(moved(sample(STATES.verifying), INPUTS.throttled)).toMatchObject({ notice, tx: { queue: [ask] } });
  });

  test('a failed run drops what earlier Actions left pending', () => {
    const tx = aTransaction({ state: { name: 'running' }, outcome: anOutcome({ appMetadata: { a: 1 } }) });
    const step = moved(tx, INPUTS.failed);
    expect(step.changes).toEqual([]);
    expect(step.tx.state).toEqual({ name: 'denied', code: 'access_denied', reason: 'boom' });
  });

  test('who is barred leaves nothing pending behind', () => {
    const tx = sample(challenging, { outcome: anOutcome({ appMetadata: { a: 1 } }) });
    expect(moved(tx, INPUTS.barred)).toMatchObject({ changes: [], tx: { queue: [], challenges: [] } });
  });

  test('an ask with nothing usable ends the login; what scripts recorded before is kept', () => {
    const tx = sample(STATES.preparing, { outcome: anOutcome({ userMetadata: { seen: true } }) });
    const step = moved(tx, { kind: 'prepared', result: 'unusable', reason: 'why', logs: [] });
    expect(step.tx.state).toEqual({ name: 'denied', code: 'access_denied', reason: 'why' });
    expect(step.changes).toMatchObject([{ kind: 'user.merge-metadata', user: { seen: true } }]);
  });

  test('only what was offered can be chosen', () =>
    refused(sample(STATES.choosing), { kind: 'chosen', factor: 'email' }));
  test('a picker that nothing came before has nowhere to go back to', () => {
    const { back: _none, ...fresh } = STATES.choosing;
    refused(sample(fresh), INPUTS.returned);
  });
  test('another method needs another method', () => {
    const lonely = offers.slice(0, 1);
    refused(sample({ ...challenging, offers: lonely }), INPUTS.reconsidered);
    refused(sample({ ...STATES.enrolling, offers: lonely }), INPUTS.reconsidered);
  });
  test('what was never sent cannot be sent again', () => {
    const { sentTo: _nowhere, ...quiet } = challenge;
    refused(sample(challenging, { challenges: [quiet] }), INPUTS.resent);
  });
  test('a message that cannot be delivered is said of its own challenge only', () => {
    const other = { ...challenge, id: 'other', authenticatorId: 'dev_other' };
    const step = moved(sample(challenging, { challenges: [other, challenge] }), INPUTS.undelivered);
    expect(step.tx.challenges).toEqual([other, { ...challenge, undelivered: true }]);
  });
  test('a completed login is taken once', () => {
    const once = moved(sample(STATES.completed), INPUTS.taken);
    expect(once.tx.state).toEqual({ name: 'completed', taken: true });
    refused(once.tx, INPUTS.taken);
  });
});

describe('the end', () => {
  const settled = (more: Partial<LoginTransaction>, input: Partial<typeof INPUTS.settled> = {}) =>
    moved(sample(STATES.settling, { queue: [], ...more }), { ...INPUTS.settled, ...input });

  test('writes the session and the log, and makes older handles stale', () => {
    const step = settled({});
    expect(step.changes).toEqual([{ kind: 'session.put', session }]);
    expect(step.logs).toMatchObject([{ type: 's' }]);
    expect(step.tx).toMatchObject({ ask: 2, challenges: [] });
  });
  test('writes what scripts left pending first, then the session, then what is known of the browser', () => {
    const change = { kind: 'attempt.refund', tenantId: 't', key: 'k', refillSeconds: 1 } as const;
    const step = settled({ outcome: anOutcome({ appMetadata: { a: 1 } }) }, { changes: [change] });
    expect(step.changes.map(({ kind }) => kind)).toEqual(['user.merge-metadata', 'session.put', 'attempt.refund']);
  });
  test('of a login by a session renews that session', () => {
    expect(settled({ origin: { kind: 'session', sessionId: 's' } }).changes).toEqual([
      { kind: 'session.put', session, renews: true },
    ]);
  });
  test('of a login that was handed over names the account it was', () => {
    expect(settled({}, { formerUserId: 'auth0|0' }).changes).toMatchObject([{ formerUserId: 'auth0|0' }]);
  });
  test('waits for a factor that is still owed, as an ask of nobody', () => {
    const step = moved(sample(STATES.settling, { queue: [], cursor: 1, asked: 3 }), {
      kind: 'demanded',
      provider: 'guardian',
      adaptive: true,
    });
    const owed = {
      kind: 'challenge-or-enroll',
      ordinal: 4,
      provider: 'guardian',
      adaptive: true,
    };
    expect(step.tx).toMatchObject({ asked: 4, queue: [owed], state: { name: 'preparing', ask: owed } });
    // Only commands of scripts count against their limit.
    expect(step.tx.mfa.commanded).toBe(0);
  });
});
