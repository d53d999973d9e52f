// Random walks through the pure core: whatever facts arrive in whatever order, these things stay true.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import { MFA_COMMANDS_PER_LOGIN, REDIRECTS_PER_LOGIN } from '#runtime/transaction/apply-commands.ts';
import type { Input, LogDraft } from '#runtime/transaction/input.ts';
import { decode, encode } from '#runtime/transaction/snapshot.ts';
import { isBusy, type LoginTransaction } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import type { SessionRecord } from '#storage/records.ts';
import { count } from '#test/kit/counts.ts';
import { aChallenge, anEnrollment, aTransaction, NOW } from './sample.ts';

const factor = fc.constantFrom('phone' as const, 'otp' as const, 'email' as const);
const types = fc.array(
  factor.map((type) => ({ type })),
  { maxLength: 3 },
);
const offers = fc
  .uniqueArray(factor, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((type) => ({ factor: type, authenticators: [`dev_${type}`] })));
const none: LogDraft[] = [];
const session = { id: 's' } as SessionRecord;
const rememberable = fc.constantFrom('never' as const, 'offered' as const, 'always' as const);
const primary = {
  kind: 'user',
  userId: 'auth0|9',
  connectionId: 'con_1',
  connection: 'db',
  strategy: 'auth0',
  formerUserId: 'auth0|1',
} as const;

const command: fc.Arbitrary<PostLoginCommand> = fc.oneof(
  fc.record({
    name: fc.constantFrom('authentication.challengeWithAny' as const, 'authentication.enrollWithAny' as const),
    factors: types,
  }),
  fc.record({ name: fc.constant('user.setAppMetadata' as const), key: fc.string(), value: fc.jsonValue() }),
  fc.record({ name: fc.constant('transaction.setMetadata' as const), key: fc.string(), value: fc.boolean() }),
  fc.record({
    name: fc.constant('multifactor.enable' as const),
    provider: fc.constantFrom('any' as const, 'none' as const),
    allowRememberBrowser: fc.boolean(),
  }),
  fc.constantFrom<PostLoginCommand>(
    { name: 'redirect.sendUserTo', url: 'https://away.example/' },
    { name: 'prompt.render', formId: 'ap_1', fields: {}, vars: {} },
    { name: 'session.revoke', reason: 'r', preserveRefreshTokens: false },
    { name: 'session.setMetadata', key: 'k', value: 'v' },
    { name: 'session.evictMetadata' },
    { name: 'accessToken.addScope', scope: 's' },
  ),
  fc.record({ name: fc.constant('access.deny' as const), reason: fc.string() }),
);
const app = { factor: 'otp', authenticatorId: 'dev_app', secret: 'KEY', createdAt: NOW } as const;
const { sent: _unsent, phoneNumber: _none, ...blank } = anEnrollment();
const input: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    { kind: 'submitted', identifier: 'a', password: 'b' },
    { kind: 'registered', registration: { password: 'p', profile: {}, userMetadata: {}, extra: {} } },
    { kind: 'responded', code: '123456', remember: true },
    { kind: 'addressed', address: '+447700900123' },
    { kind: 'continued', visit: { kind: 'redirect', query: {}, body: {} } },
    { kind: 'continued', visit: { kind: 'form', id: 'ap_1', fields: {}, vars: {} } },
    { kind: 'responded', code: '123456', challengeId: 'elsewhere' },
    { kind: 'consented', allowed: true },
    { kind: 'consented', allowed: false },
    { kind: 'renewed', password: 'p' },
    { kind: 'unconsented', scope: ['openid'] },
    { kind: 'cleared' },
    { kind: 'replaced', changes: [], logs: none },
    { kind: 'resent' },
    { kind: 'reconsidered' },
    { kind: 'returned' },
    { kind: 'taken' },
    { kind: 'withdrawn' },
    { kind: 'undelivered', logs: none },
    { kind: 'failed', reason: 'boom', logs: none },
    { kind: 'rejected', notice: { key: 'invalid-code' }, logs: none },
    { kind: 'throttled', retryAfterSeconds: 1, logs: none },
    { kind: 'demanded', provider: 'any', adaptive: false },
    { kind: 'settled', session, changes: [], logs: none },
    { kind: 'settled', changes: [], logs: none },
    { kind: 'prepared', result: 'satisfied', by: 'passed', logs: none },
    { kind: 'prepared', result: 'satisfied', by: 'remembered', logs: none },
    { kind: 'prepared', result: 'satisfied', by: 'enrolled', logs: none },
    { kind: 'prepared', result: 'unusable', reason: 'why', logs: none },
    { kind: 'prepared', result: 'unattended', logs: none },
    { kind: 'prepared', result: 'redirected', logs: none },
  ),
  factor.map((type): Input => ({ kind: 'chosen', factor: type })),
  factor.map((type) => verified(type)),
  fc.record({ commands: fc.array(command, { maxLength: 3 }), switches: fc.boolean() }).map(
    ({ commands, switches }): Input => ({
      kind: 'ran',
      action: { name: 'script' },
      commands,
      logs: none,
      ...(switches ? { primary } : {}),
    }),
  ),
  fc.record({ all: offers, to: fc.constantFrom('challenge' as const, 'enroll' as const), choice: rememberable }).map(
    ({ all, to, choice }): Input => ({
      kind: 'prepared',
      result: 'offered',
      to,
      offers: all,
      rememberable: choice,
      logs: none,
    }),
  ),
  fc.record({ all: offers, id: fc.uuid(), choice: rememberable }).map(({ all, id, choice }): Input => {
    const [{ factor: type } = { factor: 'otp' as const }] = all;
    const challenge = aChallenge({ id, factor: type, authenticatorId: `dev_${type}` });
    return { ...CHALLENGED, offers: all, challenge, rememberable: choice };
  }),
  fc.constantFrom(app, anEnrollment(), blank).map(
    (enrollment): Input => ({
      kind: 'prepared',
      result: 'enrolling',
      offers: [],
      enrollment,
      changes: [],
      deliver: [],
      logs: none,
    }),
  ),
);

function verified(type: 'otp' | 'phone' | 'email'): Input {
  return { kind: 'verified', method: { name: 'mfa', type, at: NOW, in: 'transaction' }, changes: [], logs: none };
}
const CHALLENGED: Pick<Challenged, 'kind' | 'result' | 'changes' | 'deliver' | 'logs'> = {
  kind: 'prepared',
  result: 'challenged',
  changes: [],
  deliver: [],
  logs: none,
};

type Challenged = Extract<Input, { kind: 'prepared'; result: 'challenged' }>;

function holds(before: LoginTransaction, tx: LoginTransaction, fact: Input): void {
  const { state } = tx;
  expect(tx.cursor).toBeGreaterThanOrEqual(before.cursor);
  expect(tx.cursor).toBeLessThanOrEqual(tx.plan.length);
  expect(tx.ask).toBeGreaterThanOrEqual(before.ask);
  expect(tx.asked).toBeGreaterThanOrEqual(before.asked);
  expect(tx.mfa.commanded).toBeGreaterThanOrEqual(before.mfa.commanded);
  // What was proven stays proven; a login that is handed over keeps it as the session's.
  expect(tx.methods.slice(0, before.methods.length).map(({ name, type }) => [name, type])).toEqual(
    before.methods.map(({ name, type }) => [name, type]),
  );
  const handedOver = fact.kind === 'ran' && fact.primary !== undefined;
  if (!handedOver) expect(tx.methods.slice(0, before.methods.length)).toEqual(before.methods);
  expect(new Set(tx.challenges.map(({ authenticatorId }) => authenticatorId)).size).toBe(tx.challenges.length);
  if (state.name === 'challenging') expect(tx.challenges.map(({ id }) => id)).toContain(state.challengeId);
  // Ordinals grow along the queue, and nobody waits for anything but its first ask.
  const ordinals = tx.queue.map(({ ordinal }) => ordinal);
  expect(ordinals).toEqual([...new Set(ordinals)].sort((a, b) => a - b));
  if ('ask' in state) expect(state.ask).toEqual(tx.queue[0]);
  if (state.name === 'running') expect(tx.queue).toEqual([]);
  if (state.name !== 'denied') expect(tx.redirects).toBeLessThanOrEqual(REDIRECTS_PER_LOGIN);
  if (state.name === 'completed') {
    // Every Action ran, every ask was met, nothing is open.
    expect(tx).toMatchObject({ cursor: tx.plan.length, queue: [], challenges: [] });
    expect(tx.mfa.commanded).toBeLessThanOrEqual(MFA_COMMANDS_PER_LOGIN);
  }
  // What is over stays over.
  if (before.state.name === 'denied') expect(tx.state).toEqual(before.state);
  if (before.state.name === 'completed') expect(tx.state.name).toBe('completed');
  if (!isBusy(state)) expect(decode(encode(tx))).toEqual(tx);
}

const LEAVE: PostLoginCommand = { name: 'redirect.sendUserTo', url: 'https://away.example/' };
const CHALLENGE: PostLoginCommand = { name: 'authentication.challengeWithAny', factors: [{ type: 'otp' }] };

/** The fact that most often comes next, so that walks get somewhere. `more`: by the longer way. */
function usual(tx: LoginTransaction, more: boolean): Input {
  const offer = { factor: 'otp' as const, authenticators: ['dev_otp'] };
  const challenge = aChallenge({ id: `c${tx.asked}-${tx.methods.length}`, factor: 'otp', authenticatorId: 'dev_otp' });
  switch (tx.state.name) {
    case 'choosing':
      return { kind: 'chosen', factor: tx.state.offers[0]?.factor ?? 'otp' };
    case 'challenging':
    case 'enrolling':
      return { kind: 'responded', code: '123456' };
    case 'redirected':
      return {
        kind: 'continued',
        visit:
          tx.state.ask.kind === 'form'
            ? { kind: 'form', id: tx.state.ask.formId, fields: {}, vars: {} }
            : { kind: 'redirect', query: {}, body: {} },
      };
    case 'consenting':
      return { kind: 'consented', allowed: true };
    case 'resetting':
      return { kind: 'renewed', password: 'p' };
    case 'verifying':
      return tx.state.submission.method === 'new-password'
        ? { kind: 'replaced', changes: [], logs: [] }
        : verified('otp');
    case 'running':
      // Who comes back from another site is not sent there again.
      return {
        kind: 'ran',
        action: { name: 'script' },
        commands: [more && !tx.state.visit ? LEAVE : CHALLENGE],
        logs: [],
      };
    case 'preparing':
      if (tx.state.ask.kind === 'redirect' || tx.state.ask.kind === 'form') {
        return { kind: 'prepared', result: 'redirected', logs: [] };
      }
      return tx.state.ask.kind === 'enroll'
        ? {
            kind: 'prepared',
            result: 'enrolling',
            offers: [offer],
            enrollment: app,
            changes: [],
            deliver: [],
            logs: [],
          }
        : { ...CHALLENGED, offers: [offer], challenge, rememberable: 'offered' };
    case 'settling':
      if (tx.purpose === 'password-reset') return { kind: 'cleared' };
      if (more && tx.selection === 'server' && tx.asked > 2 && !tx.consented) {
        return { kind: 'unconsented', scope: ['openid'] };
      }
      if (more && tx.asked < 6) return { kind: 'demanded', provider: 'any', adaptive: false };
      return { kind: 'settled', session, changes: [], logs: [] };
    default:
      return { kind: 'taken' };
  }
}

/** What meets an ask: nothing else does. */
const meets = (fact: Input) =>
  ['verified', 'continued', 'consented', 'replaced'].includes(fact.kind) ||
  (fact.kind === 'prepared' && fact.result === 'satisfied');

test('any walk keeps its promises, and only answers meet asks', () => {
  const plan = ['first', 'second'].map((name) => ({ bindingId: name, actionId: name, versionId: name, name }));
  const reached = { completed: 0, away: 0, enrolled: 0, demanded: 0, handedOver: 0, consenting: 0, renewed: 0 };
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom('usual' as const, 'more' as const) },
          { weight: 1, arbitrary: input },
        ),
        {
          minLength: 30,
          maxLength: 80,
        },
      ),
      fc.constantFrom<Pick<LoginTransaction, 'purpose' | 'selection'>>(
        { purpose: 'login', selection: 'server' },
        { purpose: 'login', selection: 'server' },
        { purpose: 'login', selection: 'client' },
        { purpose: 'password-reset', selection: 'server' },
      ),
      (facts, kind) => {
        let tx: LoginTransaction = aTransaction({ plan, state: { name: 'running' }, ...kind });
        let met = 0;
        for (const next of facts) {
          const fact = typeof next === 'string' ? usual(tx, next === 'more') : next;
          const step = transition(tx, fact, NOW);
          if (!step.ok) continue;
          holds(tx, step.tx, fact);
          if (meets(fact)) met++;
          if (step.tx.state.name === 'redirected') reached.away++;
          if (step.tx.state.name === 'enrolling') reached.enrolled++;
          if (fact.kind === 'demanded') reached.demanded++;
          if (step.tx.state.name === 'consenting') reached.consenting++;
          if (fact.kind === 'replaced') reached.renewed++;
          if (fact.kind === 'ran' && fact.primary) reached.handedOver++;
          ({ tx } = step);
        }
        if (tx.state.name !== 'completed') return;
        reached.completed++;
        expect(met).toBe(tx.asked);
        expect(tx.asked).toBeGreaterThanOrEqual(tx.mfa.commanded + tx.redirects);
      },
    ),
    { numRuns: count(500, 20_000), seed: 20_260 },
  );
  // The walks do get through: otherwise the promises above would hold of nothing.
  for (const [what, times] of Object.entries(reached)) expect([what, times > 20]).toEqual([what, true]);
});
