// A login that a script hands over to another account: whose it is then, what still counts, and where metadata goes.
import { describe, expect, test } from 'vitest';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { LoginTransaction, Subject } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anOutcome, aTransaction, NOW } from './sample.ts';

const former = { kind: 'user', userId: 'auth0|2', connectionId: 'con_1', connection: 'db', strategy: 'auth0' } as const;
const primary: Extract<Subject, { kind: 'user' }> = { ...former, userId: 'auth0|1', formerUserId: 'auth0|2' };
const SWITCH: PostLoginCommand = { name: 'authentication.setPrimaryUser', userId: 'auth0|1' };

const methods: LoginTransaction['methods'] = [
  { name: 'pwd', at: NOW, in: 'transaction' },
  { name: 'mfa', type: 'otp', authenticatorId: 'dev_otp', at: NOW, in: 'transaction' },
];
const switched = (commands: PostLoginCommand[], more: Partial<LoginTransaction> = {}) => {
  const tx = aTransaction({ state: { name: 'running' }, subject: former, methods, ...more });
  const step = transition(
    tx,
    { kind: 'ran', action: { name: 'script' }, commands: [SWITCH, ...commands], primary, logs: [] },
    NOW,
  );
  if (!step.ok) throw new Error('refused');
  return step;
};

describe('a login that is handed over', () => {
  test("is the other account's from here on", () => {
    expect(switched([]).tx).toMatchObject({ subject: primary, state: { name: 'settling' } });
  });

  test("keeps the proof of the first factor; second factors of the former account count as the session's", () => {
    expect(switched([]).tx.methods.map(({ name, in: where }) => [name, where])).toEqual([
      ['pwd', 'transaction'],
      ['mfa', 'session'],
    ]);
  });

  test('keeps the count of commands and what was enabled, and no remembered browser', () => {
    const enable = { provider: 'any', allowRememberBrowser: true } as const;
    const mfa = {
      commanded: 2,
      enable,
      called: true,
      remembered: true,
      remember: true,
      rememberable: 'offered',
    } as const;
    expect(switched([], { mfa }).tx.mfa).toEqual({ commanded: 2, enable });
  });

  test('writes what earlier Actions left pending to the former account; that of the same Action is lost', () => {
    const outcome = anOutcome({ appMetadata: { before: 1 } });
    const step = switched([{ name: 'user.setUserMetadata', key: 'same', value: 1 }], { outcome });
    expect(step.changes).toMatchObject([{ kind: 'user.merge-metadata', id: 'auth0|2', app: { before: 1 }, user: {} }]);
    expect(step.tx.outcome).toMatchObject({ appMetadata: {}, userMetadata: {} });
  });

  test('and denied by the same Action: the former account keeps what was pending, the other is given nothing', () => {
    const outcome = anOutcome({ appMetadata: { before: 1 } });
    const deny: PostLoginCommand = { name: 'access.deny', reason: 'No.' };
    const step = switched([{ name: 'user.setAppMetadata', key: 'same', value: 1 }, deny], { outcome });
    expect(step.changes).toMatchObject([{ kind: 'user.merge-metadata', id: 'auth0|2', app: { before: 1 } }]);
    expect(step.changes).toHaveLength(1);
    expect(step.tx.state).toMatchObject({ name: 'denied', reason: 'No.' });
  });

  test('with a challenge asks the new account', () => {
    const challenge: PostLoginCommand = { name: 'authentication.challengeWithAny', factors: [{ type: 'otp' }] };
    expect(switched([challenge]).tx).toMatchObject({
      subject: primary,
      state: { name: 'preparing' },
      queue: [{ ordinal: 1 }],
    });
  });
});
