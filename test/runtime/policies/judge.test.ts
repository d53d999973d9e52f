// How a login stands with its policies, row by row, and what it is told to do next.
import { describe, expect, test } from 'vitest';
import type { AuthenticationPolicy, PolicyStanding } from '#runtime/authentication-policy.ts';
import { judge } from '#runtime/policies/judge.ts';
import type { JsonObject } from '#storage/records.ts';
import { cpuTimeOf } from '../interactions/cpu-time.ts';
import { anyOf, aPolicy, counts, PASSWORD_OR_REGISTRATION_THEN_SMS, passed } from './policy-sample.ts';

const PERSON = {
  sub: 'auth0|1',
  status: 'REGISTERED',
  email_verified: false,
  roles: ['reader'],
  custom_properties: {},
};
const seed = aPolicy(PASSWORD_OR_REGISTRATION_THEN_SMS);
const either = aPolicy({
  success_conditions: anyOf(
    ...['password-authentication', 'initial-registration'].flatMap((first) =>
      ['sms-authentication', 'email-authentication'].map((second) => [passed(first), passed(second)]),
    ),
  ),
});
const strict = aPolicy({
  success_conditions: anyOf([passed('password-authentication')]),
  failure_conditions: anyOf([{ path: '$.password-authentication.failure_count', operation: 'gte', value: 3 }]),
  lock_conditions: anyOf([{ path: '$.password-authentication.failure_count', operation: 'GTE', value: '5' }]),
});
const open = aPolicy({ success_conditions: { any_of: [[]] } });
const unsaid = aPolicy({ success_conditions: { any_of: [] } });
const PASSWORD = 'password-authentication';
const SMS = 'sms-authentication';
const ASK_SMS = 'sms-authentication-challenge';
const EMAIL = 'email-authentication';
const REGISTER = 'initial-registration';

type Row = [name: string, policies: AuthenticationPolicy[], document: JsonObject, PolicyStanding, next: string[]];
const ROWS: Row[] = [
  ['nothing was called', [seed], {}, 'in_progress', [PASSWORD, REGISTER]],
  ['a password was wrong', [seed], counts({ [PASSWORD]: [0, 1] }), 'in_progress', [PASSWORD, REGISTER]],
  ['a password was right', [seed], { ...counts({ [PASSWORD]: 1 }), user: PERSON }, 'in_progress', [ASK_SMS]],
  [
    'a code is out',
    [seed],
    { ...counts({ [PASSWORD]: 1, [ASK_SMS]: 1 }), user: PERSON },
    'in_progress',
    [SMS, ASK_SMS],
  ],
  ['the code came back', [seed], { ...counts({ [PASSWORD]: 1, [ASK_SMS]: 1, [SMS]: 1 }), user: PERSON }, 'success', []],
  ['only the code came', [seed], { ...counts({ [SMS]: 1 }), user: PERSON }, 'in_progress', [PASSWORD]],
  ['somebody new, with a code', [seed], { ...counts({ [REGISTER]: 1, [SMS]: 1 }), user: PERSON }, 'success', []],
  [
    'one of two is enough',
    [either],
    { ...counts({ [PASSWORD]: 1 }), user: PERSON },
    'in_progress',
    [ASK_SMS, 'email-authentication-challenge'],
  ],
  ['by e-mail', [either], { ...counts({ [PASSWORD]: 1, [EMAIL]: 1 }), user: PERSON }, 'success', []],
  ['an empty group is always true', [open], {}, 'success', []],
  ['no group lets nobody through', [unsaid], counts({ [PASSWORD]: 1 }), 'in_progress', []],
  ['failed in spite of success', [strict], counts({ [PASSWORD]: [1, 3] }), 'failure', []],
  ['locked beats failed', [strict], counts({ [PASSWORD]: [1, 5] }), 'locked', []],
  ['not failed yet', [strict], counts({ [PASSWORD]: [1, 2] }), 'success', []],
  ['without a policy: nothing', [], {}, 'in_progress', [PASSWORD, REGISTER]],
  ['without a policy: a challenge is none', [], counts({ [ASK_SMS]: 1 }), 'in_progress', [PASSWORD, REGISTER]],
  ['without a policy: a failure is none', [], counts({ [PASSWORD]: [0, 1] }), 'in_progress', [PASSWORD, REGISTER]],
  ['without a policy: one success', [], counts({ [SMS]: 1 }), 'success', []],
  ['without a policy: a registration', [], counts({ [REGISTER]: 1 }), 'success', []],
];

test.each(ROWS)('%s', (_name, policies, document, standing, next) => {
  expect(judge(policies, document)).toMatchObject({ standing, next });
});

test('what is missing is said with what was found', () => {
  const { unmet, policy } = judge([seed], { ...counts({ [PASSWORD]: [0, 2] }) });
  expect(policy).toBe(seed);
  expect(unmet).toEqual([
    { group: 0, ...passed(PASSWORD), actual: 0 },
    { group: 0, ...passed(SMS), actual: null },
    { group: 1, ...passed(REGISTER), actual: null },
    { group: 1, ...passed(SMS), actual: null },
  ]);
  expect(judge([seed], { ...counts({ [PASSWORD]: 1, [SMS]: 1 }) }).unmet).toEqual([]);
});

describe('policies about the person', () => {
  const forAdmins = aPolicy({
    description: 'admins',
    priority: 5,
    conditions: { user_attributes: [{ path: '$.user.roles', operation: 'contains', value: 'admin' }] },
    success_conditions: anyOf([passed(PASSWORD), passed(SMS)]),
  });
  const forStrangers = aPolicy({
    description: 'strangers',
    conditions: { user_attributes: [{ path: '$.user.sub', operation: 'missing' }] },
    success_conditions: anyOf([]),
  });
  const forAll = aPolicy({ description: 'all', success_conditions: anyOf([passed(PASSWORD)]) });
  const rows: [name: string, JsonObject, counting: string, PolicyStanding][] = [
    ['nobody is known', {}, 'all', 'in_progress'],
    ['somebody else', { ...counts({ [PASSWORD]: 1 }), user: PERSON }, 'all', 'success'],
    ['an admin', { ...counts({ [PASSWORD]: 1 }), user: { ...PERSON, roles: ['admin'] } }, 'admins', 'in_progress'],
  ];
  test.each(rows)('%s', (_name, document, description, standing) => {
    expect(judge([forAdmins, forStrangers, forAll], document)).toMatchObject({ policy: { description }, standing });
  });
  test('where none is about this person, nobody is let through', () => {
    expect(judge([forAdmins], { ...counts({ [PASSWORD]: 9, [SMS]: 9 }), user: PERSON })).toEqual({
      standing: 'in_progress',
      unmet: [],
      next: [],
    });
  });
});

describe('what leads on', () => {
  const rows: [name: string, given: JsonObject, document: JsonObject, next: string[]][] = [
    [
      'a method that may not be used does not',
      { available_methods: ['password', 'email'], success_conditions: anyOf([passed(SMS)], [passed(EMAIL)]) },
      { user: PERSON },
      ['email-authentication-challenge'],
    ],
    [
      'but does where that is a hint alone',
      {
        available_methods: ['password', 'email'],
        enforce_available_methods: false,
        success_conditions: anyOf([passed(SMS)]),
      },
      { user: PERSON },
      [ASK_SMS],
    ],
    [
      'an interaction may be named in place of its method',
      { available_methods: [SMS], success_conditions: anyOf([passed(SMS)]) },
      { user: PERSON },
      [ASK_SMS],
    ],
    [
      'what cannot be undone does not',
      {
        success_conditions: anyOf(
          [{ path: '$.password-authentication.failure_count', operation: 'eq', value: 0 }],
          [{ path: '$.password-authentication.success_count', operation: 'lt', value: 1 }],
          [passed(PASSWORD, 3), passed(EMAIL)],
        ),
      },
      { ...counts({ [PASSWORD]: [1, 1] }), user: PERSON },
      [PASSWORD, 'email-authentication-challenge'],
    ],
    [
      'what proves an address does',
      { success_conditions: anyOf([{ path: '$.user.email_verified', operation: 'eq', value: true }]) },
      { user: PERSON },
      ['email-authentication-challenge'],
    ],
    [
      'what nobody can show does not',
      {
        success_conditions: anyOf([{ path: '$.user.roles', operation: 'contains', value: 'admin' }], [passed(SMS, 2)]),
      },
      { user: PERSON },
      [ASK_SMS],
    ],
    [
      'an account is made once',
      { success_conditions: anyOf([passed(REGISTER)], [passed(PASSWORD), passed(SMS)]) },
      { user: PERSON },
      [PASSWORD, ASK_SMS],
    ],
    [
      'names in brackets are read as well',
      { success_conditions: anyOf([{ path: "$['sms-authentication'].success_count", operation: 'gt', value: 0 }]) },
      { user: PERSON },
      [ASK_SMS],
    ],
    [
      'a service of the tenant',
      { success_conditions: anyOf([passed('external-api-authentication')]) },
      {},
      ['external-api-authentication'],
    ],
    [
      'a security key',
      { success_conditions: anyOf([passed('fido2-authentication')]) },
      { user: PERSON },
      ['fido2-authentication-challenge'],
    ],
  ];
  test.each(rows)('%s', (_name, given, document, next) => {
    expect(judge([aPolicy(given)], document).next).toEqual(next);
  });
});

test('more work than a judgement may take lets nobody through, and holds nobody up', () => {
  const slow = { path: '$.x', operation: 'regex', value: '(?:\\pL?){900}!' };
  const policy = aPolicy({
    lock_conditions: anyOf(...Array.from({ length: 100 }, () => [slow])),
    success_conditions: anyOf([passed(PASSWORD)]),
  });
  const document = { ...counts({ [PASSWORD]: 1 }), user: PERSON, x: 'é'.repeat(3_000) };
  const took = cpuTimeOf(() => expect(judge([policy], document).standing).toBe('in_progress'));
  expect(took).toBeLessThan(1_500);
  expect(judge([policy], { ...document, x: 'é' }).standing).toBe('success');
});
