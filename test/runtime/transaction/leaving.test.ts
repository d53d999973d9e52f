// What an ask becomes once it is prepared, and what happens to people whom scripts send away: rows over the pure core.
import { describe, expect, test } from 'vitest';
import type { Input, Preparation } from '#runtime/transaction/input.ts';
import type { Ask, LoginTransaction, MfaProgress, Rememberable } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anAsk, anEnrollment, anOutcome, aTransaction, NOW, samples } from './sample.ts';

const { challenge, challenging, offers, STATES } = samples();
const ask = anAsk();
const enroll: Ask = { ...ask, kind: 'enroll' };
const policy: Ask = {
  kind: 'challenge-or-enroll',
  ordinal: 1,
  provider: 'any',
  adaptive: false,
};
const redirect: Ask = { kind: 'redirect', ordinal: 1, askedBy: { name: 'first' }, url: 'https://away.example/' };
const form: Ask = { kind: 'form', ordinal: 1, askedBy: { name: 'first' }, formId: 'ap_1', fields: {}, vars: {} };

const moved = (tx: LoginTransaction, input: Input) => {
  const step = transition(tx, input, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};
const prepared = (preparation: Preparation, of: Ask = ask, more: Partial<LoginTransaction> = {}) =>
  moved(aTransaction({ state: { name: 'preparing', ask: of }, queue: [of], asked: 1, ...more }), {
    kind: 'prepared',
    logs: [],
    ...preparation,
  });
const PREPARATIONS: { [Result in Preparation['result']]: Extract<Preparation, { result: Result }> } = {
  satisfied: { result: 'satisfied', by: 'passed' },
  unusable: { result: 'unusable', reason: 'why' },
  unattended: { result: 'unattended' },
  offered: { result: 'offered', to: 'challenge', offers, rememberable: 'offered' },
  challenged: { result: 'challenged', offers, challenge, rememberable: 'offered', changes: [], deliver: ['m'] },
  enrolling: { result: 'enrolling', offers, enrollment: anEnrollment(), changes: [], deliver: ['m'] },
  awaited: { result: 'awaited', offers },
  redirected: { result: 'redirected' },
};

describe('prepared', () => {
  test.each([
    ['satisfied', ask, 'running', []],
    ['unusable', ask, 'denied', []],
    ['unattended', ask, 'denied', []],
    ['offered', ask, 'choosing', []],
    ['challenged', ask, 'challenging', ['m']],
    ['challenged', policy, 'challenging', ['m']],
    ['enrolling', enroll, 'enrolling', ['m']],
    ['enrolling', policy, 'enrolling', ['m']],
    ['awaited', ask, 'gated', []],
    ['redirected', redirect, 'redirected', []],
    ['redirected', form, 'redirected', []],
  ] as const)('as %s → %#', (result, of, expected, deliver) => {
    const step = prepared(PREPARATIONS[result], of);
    expect(step.tx.state.name).toBe(expected);
    expect(step.deliver).toEqual(deliver);
  });

  test.each([
    ['offered', redirect],
    ['challenged', form],
    ['enrolling', redirect],
    ['redirected', ask],
    ['redirected', policy],
  ] as const)('as %s does not fit the other kind of ask: %#', (result, of) => {
    const tx = aTransaction({ state: { name: 'preparing', ask: of }, queue: [of] });
    expect(transition(tx, { kind: 'prepared', logs: [], ...PREPARATIONS[result] }, NOW).ok).toBe(false);
  });

  test.each([
    [ask, 'Multifactor authentication required'],
    [enroll, 'Multifactor authentication required'],
    [redirect, 'User interaction required'],
    [form, 'User interaction required'],
  ])('for nobody is said as what it needs: %#', (of, reason) => {
    expect(prepared({ result: 'unattended' }, of).tx.state).toEqual({
      name: 'denied',
      code: 'interaction_required',
      reason,
    });
  });

  test('a new challenge of the same authenticator voids the former, others stay open', () => {
    const other = { ...challenge, id: 'other', authenticatorId: 'dev_other' };
    const renewed = { ...challenge, id: 'renewed', codeMac: 'new' };
    const step = prepared({ ...PREPARATIONS.challenged, challenge: renewed }, ask, { challenges: [challenge, other] });
    expect(step.tx.challenges).toEqual([other, renewed]);
  });

  test('why a number is not taken is told', () => {
    expect(prepared({ ...PREPARATIONS.enrolling, notice: { key: 'invalid-phone' } }, enroll).notice).toEqual({
      key: 'invalid-phone',
    });
  });
});

describe('what the login remembers of second factors', () => {
  test.each<[string, Preparation, Ask, MfaProgress]>([
    ['a passed factor was called for', { result: 'satisfied', by: 'passed' }, ask, { commanded: 0, called: true }],
    [
      'a remembered browser stood in',
      { result: 'satisfied', by: 'remembered' },
      ask,
      { commanded: 0, called: true, remembered: true },
    ],
    ['enrolled already: nothing was called for', { result: 'satisfied', by: 'enrolled' }, enroll, { commanded: 0 }],
    [
      'a policy calls for a factor as a command does',
      { result: 'satisfied', by: 'remembered' },
      policy,
      { commanded: 0, called: true, remembered: true },
    ],
    ['a challenge', PREPARATIONS.challenged, ask, { commanded: 0, called: true, rememberable: 'offered' }],
    ['an enrollment', PREPARATIONS.enrolling, enroll, { commanded: 0, rememberable: 'never' }],
    ['a picker', PREPARATIONS.offered, ask, { commanded: 0, called: true, rememberable: 'offered' }],
  ])('%s', (_name, preparation, of, mfa) => expect(prepared(preparation, of).tx.mfa).toEqual(mfa));

  test.each<[Rememberable, boolean, boolean]>([
    ['never', true, false],
    ['offered', false, false],
    ['offered', true, true],
    ['always', false, true],
  ])('%s, with the box ticked: %s → remembered: %s', (rememberable, remember, expected) => {
    const tx = aTransaction({
      state: challenging,
      queue: [ask],
      challenges: [challenge],
      mfa: { commanded: 1, called: true, rememberable },
    });
    const judged = moved(tx, { kind: 'responded', code: '123456', remember }).tx;
    const method = { name: 'mfa', type: 'phone', at: NOW, in: 'transaction' } as const;
    const { mfa } = moved(judged, { kind: 'verified', method, changes: [], logs: [] }).tx;
    expect(mfa.remember === true).toBe(expected);
  });
});

describe('away', () => {
  const pending = { outcome: anOutcome({ appMetadata: { a: 1 }, userMetadata: { b: null } }) };

  test('metadata is written before somebody leaves for another site, and not again', () => {
    const step = prepared({ result: 'redirected' }, redirect, pending);
    expect(step.changes).toEqual([
      { kind: 'user.merge-metadata', tenantId: 'tenant-1', id: 'auth0|1', app: { a: 1 }, user: { b: null }, at: NOW },
    ]);
    expect(step.tx.outcome).toMatchObject({ appMetadata: {}, userMetadata: {} });
  });

  test('a form of ours writes nothing yet', () => {
    const step = prepared({ result: 'redirected' }, form, pending);
    expect(step.changes).toEqual([]);
    expect(step.tx.outcome).toMatchObject({ appMetadata: { a: 1 } });
  });

  test.each(['form', 'redirect'] as const)('a login at a %s is not moved by the other kind of visit', (kind) => {
    const visit =
      kind === 'form'
        ? ({ kind: 'redirect', query: {}, body: {} } as const)
        : ({ kind: 'form', id: 'ap_1', fields: {}, vars: {} } as const);
    const of = kind === 'form' ? form : redirect;
    const tx = aTransaction({ state: { name: 'redirected', ask: of }, queue: [of] });
    expect(transition(tx, { kind: 'continued', visit }, NOW).ok).toBe(false);
  });

  test('coming back runs the same Action, by its second handler', () => {
    const visit = { kind: 'redirect', query: { state: 'x' }, body: { ok: '1' } } as const;
    const tx = aTransaction({ state: STATES.redirected, queue: [redirect], cursor: 0 });
    expect(moved(tx, { kind: 'continued', visit }).tx).toMatchObject({
      cursor: 0,
      queue: [],
      state: { name: 'running', visit },
    });
  });
});
