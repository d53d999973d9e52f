// Random walks through the pure core: whatever facts arrive in whatever order, these things stay true.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { Input, LogDraft } from '#runtime/transaction/input.ts';
import { decode, encode } from '#runtime/transaction/snapshot.ts';
import { isBusy, type LoginTransaction } from '#runtime/transaction/transaction.ts';
import { MFA_COMMANDS_PER_LOGIN, transition } from '#runtime/transaction/transition.ts';
import { count } from '#test/kit/counts.ts';
import { aChallenge, aTransaction, NOW } from './sample.ts';

const factor = fc.constantFrom('phone' as const, 'otp' as const, 'email' as const);
const offers = fc
  .uniqueArray(factor, { minLength: 1, maxLength: 3 })
  .map((types) => types.map((type) => ({ factor: type, authenticators: [`dev_${type}`] })));
const logs: fc.Arbitrary<LogDraft[]> = fc.constant([]);
const command: fc.Arbitrary<PostLoginCommand> = fc.oneof(
  fc.record({
    name: fc.constant('authentication.challengeWithAny' as const),
    factors: fc.array(
      factor.map((type) => ({ type })),
      { maxLength: 3 },
    ),
  }),
  fc.record({ name: fc.constant('user.setAppMetadata' as const), key: fc.string(), value: fc.jsonValue() }),
  fc.record({ name: fc.constant('access.deny' as const), reason: fc.string() }),
);
const input: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    { kind: 'submitted', identifier: 'a', password: 'b' },
    { kind: 'responded', code: '123456' },
    { kind: 'resent' },
    { kind: 'reconsidered' },
    { kind: 'returned' },
    { kind: 'taken' },
    { kind: 'withdrawn' },
    { kind: 'failed', reason: 'boom', logs: [] },
    { kind: 'rejected', notice: { key: 'invalid-code' }, logs: [] },
    { kind: 'throttled', retryAfterSeconds: 1, logs: [] },
    { kind: 'settled', session: { id: 's' } as never },
  ),
  factor.map((type): Input => ({ kind: 'chosen', factor: type })),
  factor.map(
    (type): Input => ({
      kind: 'verified',
      method: { name: 'mfa', type, at: NOW, in: 'transaction' },
      changes: [],
      logs: [],
    }),
  ),
  fc.record({ kind: fc.constant('ran' as const), commands: fc.array(command, { maxLength: 3 }), logs }),
  fc.record({
    kind: fc.constant('prepared' as const),
    result: fc.constantFrom('satisfied' as const, 'unusable' as const, 'unattended' as const),
    reason: fc.constant('why'),
    logs,
  }),
  fc.record({ kind: fc.constant('prepared' as const), result: fc.constant('offered' as const), offers, logs }),
  fc.record({ all: offers, id: fc.uuid() }).map(({ all, id }): Input => {
    const [{ factor: type } = { factor: 'otp' as const }] = all;
    const challenge = aChallenge({ id, factor: type, authenticatorId: `dev_${type}` });
    return { kind: 'prepared', result: 'challenged', offers: all, challenge, changes: [], deliver: [], logs: [] };
  }),
);

function holds(before: LoginTransaction, tx: LoginTransaction): void {
  const { state } = tx;
  expect(tx.cursor).toBeGreaterThanOrEqual(before.cursor);
  expect(tx.cursor).toBeLessThanOrEqual(tx.plan.length);
  expect(tx.ask).toBeGreaterThanOrEqual(before.ask);
  expect(tx.methods.slice(0, before.methods.length)).toEqual(before.methods);
  expect(new Set(tx.challenges.map(({ authenticatorId }) => authenticatorId)).size).toBe(tx.challenges.length);
  if (state.name === 'challenging') expect(tx.challenges.map(({ id }) => id)).toContain(state.challengeId);
  if (state.name === 'completed') {
    // Every Action ran, every ask was met, nothing is open.
    expect(tx).toMatchObject({ cursor: tx.plan.length, queue: [], challenges: [] });
    expect(tx.commanded).toBeLessThanOrEqual(MFA_COMMANDS_PER_LOGIN);
  }
  // What is over stays over.
  if (before.state.name === 'denied') expect(tx.state).toEqual(before.state);
  if (before.state.name === 'completed') expect(tx.state.name).toBe('completed');
  if (!isBusy(state)) expect(decode(encode(tx))).toEqual(tx);
}

/** The fact that most often comes next, so that walks get somewhere. */
function usual(tx: LoginTransaction): Input {
  const offer = { factor: 'otp' as const, authenticators: ['dev_otp'] };
  const challenge = aChallenge({ id: `c${tx.methods.length}`, factor: 'otp', authenticatorId: 'dev_otp' });
  switch (tx.state.name) {
    case 'choosing':
      return { kind: 'chosen', factor: tx.state.offers[0]?.factor ?? 'otp' };
    case 'challenging':
      return { kind: 'responded', code: '123456' };
    case 'verifying':
      return {
        kind: 'verified',
        method: { name: 'mfa', type: 'otp', at: NOW, in: 'transaction' },
        changes: [],
        logs: [],
      };
    case 'running':
      return {
        kind: 'ran',
        commands: [{ name: 'authentication.challengeWithAny', factors: [{ type: 'otp' }] }],
        logs: [],
      };
    case 'preparing':
      return { kind: 'prepared', result: 'challenged', offers: [offer], challenge, changes: [], deliver: [], logs: [] };
    case 'settling':
      return { kind: 'settled', session: { id: 's' } as never };
    default:
      return { kind: 'taken' };
  }
}

test('any walk keeps its promises, and only answers meet asks', () => {
  const plan = ['first', 'second'].map((name) => ({ bindingId: name, actionId: name, versionId: name, name }));
  let completed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant('usual' as const) }, { weight: 1, arbitrary: input }), {
        minLength: 30,
        maxLength: 80,
      }),
      (facts) => {
        let tx: LoginTransaction = aTransaction({ plan, state: { name: 'running' } });
        let met = 0;
        for (const next of facts) {
          const fact = next === 'usual' ? usual(tx) : next;
          const step = transition(tx, fact, NOW);
          if (!step.ok) continue;
          holds(tx, step.tx);
          if (fact.kind === 'verified' || (fact.kind === 'prepared' && fact.result === 'satisfied')) met++;
          ({ tx } = step);
        }
        if (tx.state.name !== 'completed') return;
        completed++;
        expect(met).toBe(tx.commanded);
      },
    ),
    { numRuns: count(500, 20_000), seed: 20_260 },
  );
  // The walks do get through: otherwise the promise above would hold of nothing.
  expect(completed).toBeGreaterThan(20);
});
