// How one run may end a login, or fail it: endings in call order, limits, and what is kept or dropped with them (actions-api,
// sections 2.11, 2.12 and 3.4).
import { describe, expect, test } from 'vitest';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import { MFA_COMMANDS_PER_LOGIN, REDIRECTS_PER_LOGIN } from '#runtime/transaction/apply-commands.ts';
import type { LoginTransaction } from '#runtime/transaction/transaction.ts';
import { transition } from '#runtime/transaction/transition.ts';
import { anOutcome, aTransaction, NOW } from './sample.ts';

const plan = ['first', 'second'].map((name) => ({ bindingId: name, actionId: name, versionId: name, name }));
const ran = (commands: PostLoginCommand[], more: Partial<LoginTransaction> = {}) => {
  const tx = aTransaction({ plan, state: { name: 'running' }, ...more });
  const step = transition(tx, { kind: 'ran', action: { name: 'script' }, commands, logs: [] }, NOW);
  if (!step.ok) throw new Error('refused');
  return step;
};

const CHALLENGE: PostLoginCommand = { name: 'authentication.challengeWithAny', factors: [{ type: 'otp' }] };
const ENROLL: PostLoginCommand = { name: 'authentication.enrollWith', factor: { type: 'otp' }, additionalFactors: [] };
const LEAVE: PostLoginCommand = { name: 'redirect.sendUserTo', url: 'https://away.example/' };
const FORM: PostLoginCommand = { name: 'prompt.render', formId: 'ap_1', fields: { a: 1 }, vars: { b: 2 } };
const DENY: PostLoginCommand = { name: 'access.deny', reason: 'Not today.' };
const SEEN: PostLoginCommand = { name: 'user.setAppMetadata', key: 'seen', value: true };

describe('endings', () => {
  const REVOKE: PostLoginCommand = { name: 'session.revoke', reason: 'Stolen.', preserveRefreshTokens: false };
  test.each<[string, PostLoginCommand[], string]>([
    ['deny', [DENY], 'Not today.'],
    ['session.revoke', [REVOKE], 'Stolen.'],
    ['refreshToken.revoke', [{ name: 'refreshToken.revoke', reason: 'Worn.' }], 'Worn.'],
    ['validation.error', [{ name: 'validation.error', code: 'e1', message: 'Bad field.' }], 'Bad field.'],
    ['the first of several', [REVOKE, DENY], 'Stolen.'],
    ['the first of several, the other way round', [DENY, REVOKE], 'Not today.'],
    ['deny beats a challenge', [CHALLENGE, DENY], 'Not today.'],
    ['deny beats a redirect', [LEAVE, DENY], 'Not today.'],
    ['deny beats a fifth challenge', [CHALLENGE, CHALLENGE, CHALLENGE, CHALLENGE, CHALLENGE, DENY], 'Not today.'],
  ])('%s', (_name, commands, reason) => {
    const step = ran(commands);
    expect(step.tx).toMatchObject({ state: { name: 'denied', code: 'access_denied', reason }, queue: [] });
    expect(step.logs).toMatchObject([{ type: 'f', description: reason }]);
    expect(step.changes).toEqual([]);
  });

  test('metadata recorded beside it and before it is kept', () => {
    const step = ran([DENY, SEEN], { outcome: anOutcome({ appMetadata: { before: 1 } }) });
    expect(step.changes).toMatchObject([{ kind: 'user.merge-metadata', app: { before: 1, seen: true } }]);
  });

  test('the code of a validation error is in the log', () => {
    const [line] = ran([{ name: 'validation.error', code: 'e1', message: 'Bad field.' }]).logs;
    expect(line).toMatchObject({ details: { error: { code: 'e1', message: 'Bad field.' } } });
  });

  test('a revoked session goes, and its tenant is told', () => {
    const step = ran([REVOKE, SEEN], { origin: { kind: 'session', sessionId: 'ses' } });
    expect(step.changes).toMatchObject([
      { kind: 'user.merge-metadata' },
      { kind: 'session.remove', tenantId: 'tenant-1', id: 'ses', because: 'session-revoked' },
      { kind: 'refresh-token.remove-of-session', tenantId: 'tenant-1', userId: 'auth0|1', sessionId: 'ses' },
    ]);
    expect(step.logs.map(({ type }) => type)).toEqual(['f', 'session_revoked']);
  });

  test('a denial before a revocation leaves the session', () => {
    expect(ran([DENY, REVOKE], { origin: { kind: 'session', sessionId: 'ses' } }).changes).toEqual([]);
  });
});

describe('limits', () => {
  const pending = { outcome: anOutcome({ appMetadata: { before: 1 } }) };
  const failed = (commands: PostLoginCommand[], more: Partial<LoginTransaction>, words: string) => {
    const step = ran([SEEN, ...commands], { ...pending, ...more });
    expect(step.tx.state).toMatchObject({
      name: 'denied',
      code: 'access_denied',
      reason: expect.stringContaining(words),
    });
    // Dropped whole, with what earlier Actions left pending.
    expect(step.changes).toEqual([]);
    expect(step.logs).toMatchObject([{ type: 'f' }]);
  };

  test.each([CHALLENGE, ENROLL])('four MFA commands in one login: $name', (command) => {
    expect(MFA_COMMANDS_PER_LOGIN).toBe(4);
    expect(ran([command], { mfa: { commanded: 3 } }).tx).toMatchObject({ state: { name: 'preparing' } });
    failed([command], { mfa: { commanded: 4 } }, 'limit of four');
    failed([command, command, command], { mfa: { commanded: 2 } }, 'limit of four');
  });

  test.each([LEAVE, FORM])('ten journeys away in one login: $name', (command) => {
    expect(REDIRECTS_PER_LOGIN).toBe(10);
    expect(ran([command], { redirects: 9 }).tx.state.name).toBe('preparing');
    failed([command], { redirects: 10 }, 'limit of ten');
  });

  test.each([
    ['x'.repeat(100 * 1024)],
    // Counted in bytes: a third of the characters is enough here.
    ['門'.repeat(35 * 1024)],
  ])('100 KB of claims, both tokens together: %#', (value) => {
    failed([{ name: 'idToken.setCustomClaim', key: 'big', value }], {}, '100 KB');
    const half = 'x'.repeat(60 * 1024);
    failed(
      [{ name: 'accessToken.setCustomClaim', key: 'b', value: half }],
      { outcome: anOutcome({ idTokenClaims: { a: half } }) },
      '100 KB',
    );
  });

  test('16 KB of transaction metadata', () => {
    const half = 'x'.repeat(9 * 1024);
    const set = (key: string): PostLoginCommand => ({ name: 'transaction.setMetadata', key, value: half });
    expect(ran([set('a')]).tx.metadata).toHaveProperty('a');
    failed([set('a'), set('b')], {}, '16 KB');
  });
});
