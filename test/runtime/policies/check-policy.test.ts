// What whoever writes policies is told: errors refuse them, warnings say what does not do what it looks like.
import { describe, expect, test } from 'vitest';
import { checkPolicy } from '#runtime/policies/check-policy.ts';
import { normalisePolicies } from '#runtime/policies/normalise-policy.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { anyOf, PASSWORD_OR_REGISTRATION_THEN_SMS, passed } from './policy-sample.ts';

const TYPES = ['sms', 'email'];
const fine = { success_conditions: anyOf([passed('password-authentication')]) } satisfies JsonObject;
const withCondition = (condition: Json): JsonObject => ({ success_conditions: { any_of: [[condition]] } });
const IN = 'policies[0].success_conditions.any_of[0][0]';

test('what the document of the flow writes is fine', () => {
  expect(checkPolicy('oauth', [PASSWORD_OR_REGISTRATION_THEN_SMS], TYPES)).toEqual({ errors: [], warnings: [] });
});

const ERRORS: [what: string, policies: Json | undefined, error: string][] = [
  ['no list', {}, 'policies must be a list'],
  ['nothing at all', undefined, 'policies must be a list'],
  ['too many', Array.from({ length: 101 }, () => fine), 'policies has more than 100 entries'],
  ['too large', [{ description: 'x', metadata: 'y'.repeat(70_000) }], 'policies is larger than 65536 characters'],
  ['no object', ['x'], 'policies[0] must be an object'],
  ['nothing', [null], 'policies[0] must be an object'],
  ['a priority in words', [{ ...fine, priority: 'high' }], 'policies[0].priority must be a number'],
  ['one scope', [{ ...fine, conditions: { scopes: 'openid' } }], 'policies[0].conditions.scopes must be a list'],
  [
    'a scope that is none',
    [{ ...fine, conditions: { scopes: [1] } }],
    'policies[0].conditions.scopes must be a list of texts',
  ],
  [
    'a method that is none',
    [{ ...fine, available_methods: [{}] }],
    'policies[0].available_methods must be a list of texts',
  ],
  ['levels in a list', [{ ...fine, acr_mapping_rules: [] }], 'policies[0].acr_mapping_rules must be an object'],
  [
    'a level that is none',
    [{ ...fine, acr_mapping_rules: { a: 'sms' } }],
    'policies[0].acr_mapping_rules.a must be a list of texts',
  ],
  [
    'a step without a method',
    [{ ...fine, step_definitions: [{}] }],
    'policies[0].step_definitions[0].method is missing',
  ],
  ['a step that is none', [{ ...fine, step_definitions: [1] }], 'policies[0].step_definitions[0] must be an object'],
  ['groups that are none', [{ success_conditions: [] }], 'policies[0].success_conditions must be an object'],
  [
    'any_of that is none',
    [{ success_conditions: { any_of: {} } }],
    'policies[0].success_conditions.any_of must be a list',
  ],
  [
    'a group that is none',
    [{ success_conditions: { any_of: [passed('x')] } }],
    'policies[0].success_conditions.any_of[0] must be a list',
  ],
  ['a condition that is none', [withCondition('x')], `${IN} must be an object`],
  ['no path', [withCondition({ operation: 'exists' })], `${IN}.path is missing`],
  ['no operation', [withCondition({ path: '$.user.sub' })], `${IN}.operation is missing`],
  [
    'no value, which would equal what is not there',
    [withCondition({ path: '$.user.sub', operation: 'eq' })],
    `${IN}.value is missing`,
  ],
  [
    'a pattern that is none',
    [withCondition({ path: '$.user.sub', operation: 'regex', value: '(' })],
    `${IN}.value is no regular expression that RE2 takes, too long, or one of too many`,
  ],
  [
    'a description that is a book',
    [{ ...fine, description: 'x'.repeat(501) }],
    'policies[0].description must be a text of at most 500 characters',
  ],
];
test.each(ERRORS)('refused: %s', (_what, policies, error) => {
  expect(checkPolicy('oauth', policies, TYPES).errors).toContain(error);
});

test('a path that is no JSONPath is refused', () => {
  const { errors } = checkPolicy('oauth', [withCondition({ path: '$.[', operation: 'exists' })], TYPES);
  expect(errors[0]).toMatch(/^policies\[0\]\.success_conditions\.any_of\[0\]\[0\]\.path is no JSONPath/);
});

const WARNINGS: [what: string, policies: Json[], warning: string][] = [
  ['no policies', [], 'policies is empty: any one interaction that proves somebody is enough'],
  ['an unknown field', [{ ...fine, acr: 1 }], 'policies[0].acr is not known and has no effect'],
  [
    'a field that is not ours',
    [{ ...fine, device_registration_conditions: {} }],
    'policies[0].device_registration_conditions has no effect',
  ],
  [
    'a field of a step that is not ours',
    [{ ...fine, step_definitions: [{ method: 'sms', registration_mode: 'x' }] }],
    'policies[0].step_definitions[0].registration_mode has no effect',
  ],
  [
    'an unknown operation',
    [withCondition({ path: '$.user.sub', operation: 'like', value: 1 })],
    `${IN}.operation "like" is not known: the condition never holds`,
  ],
  [
    'a list that is none',
    [withCondition({ path: '$.user.sub', operation: 'in', value: 'x' })],
    `${IN}.value must be a list for in: the condition never holds`,
  ],
  [
    'a path to no interaction',
    [withCondition(passed('sms-authentification'))],
    `${IN}.path names no interaction: sms-authentification`,
  ],
  [
    'a path to no count',
    [withCondition({ path: '$.sms-authentication.tries', operation: 'gt', value: 1 })],
    `${IN}.path: nothing counts tries`,
  ],
  [
    'a secret of the person',
    [withCondition({ path: '$.user.password', operation: 'exists' })],
    `${IN}.path: conditions cannot see $.user.password`,
  ],
  [
    'a type that misleads',
    [withCondition({ ...passed('sms-authentication'), type: 'integer', value: '1' })],
    `${IN}.type has no effect: "1" is compared as it is written`,
  ],
  [
    'a method without configuration',
    [{ ...fine, available_methods: ['fido2'] }],
    'policies[0].available_methods: there is no authentication configuration of type fido2',
  ],
  [
    'a method that is none',
    [{ ...fine, available_methods: ['telepathy'] }],
    'policies[0].available_methods names no method: telepathy',
  ],
  [
    'a level that nobody reaches',
    [{ ...fine, level_of_authentication_scopes: { pay: [] } }],
    'policies[0].level_of_authentication_scopes.pay names no method and is never reached',
  ],
  [
    'an order',
    [
      {
        ...fine,
        step_definitions: [
          { method: 'password', order: 1 },
          { method: 'sms', order: 2 },
        ],
      },
    ],
    'policies[0].step_definitions: order has no effect, interactions may be called in any order',
  ],
  [
    'an empty group',
    [{ success_conditions: { any_of: [[]] } }],
    'policies[0].success_conditions.any_of[0] is empty and always holds',
  ],
  [
    'no groups',
    [{ ...fine, lock_conditions: { any_of: [] } }],
    'policies[0].lock_conditions.any_of is empty and says nothing',
  ],
  ['no any_of', [{ ...fine, lock_conditions: {} }], 'policies[0].lock_conditions has no any_of and says nothing'],
  ['no success', [{ description: 'x' }], 'policies[0] has no success_conditions and is passed over'],
  [
    'no success for whoever is left',
    [{ conditions: { scopes: ['a'] } }],
    'policies[0] counts wherever no policy fits, and it lets nobody through',
  ],
  [
    'less for whoever is left',
    [
      { ...fine, conditions: { scopes: ['a'] } },
      {
        conditions: { scopes: ['b'] },
        success_conditions: anyOf([passed('password-authentication'), passed('sms-authentication')]),
      },
    ],
    'policies[0] counts wherever no policy fits, and it asks for less than another: put the strictest first',
  ],
  [
    'one behind one for everybody',
    [fine, { ...fine, description: 'later' }],
    'policies[1] never counts: a policy before it fits every request',
  ],
];
test.each(WARNINGS)('kept, with a warning: %s', (_what, policies, warning) => {
  const { errors, warnings } = checkPolicy('oauth', policies, TYPES);
  expect(errors).toEqual([]);
  expect(warnings).toContain(warning);
});

test('a flow that no login comes under', () => {
  expect(checkPolicy('ciba', [fine], []).warnings).toEqual(['flow ciba has no effect: logins come under flow oauth']);
});

test('what is all wrong is answered by a page, not a book', () => {
  const many = Array.from({ length: 100 }, () => 'x');
  expect(checkPolicy('oauth', many, []).errors).toHaveLength(50);
});

describe('as it is stored', () => {
  test('everything that was left out stands there', () => {
    expect(normalisePolicies([{ success_conditions: { any_of: [[{ path: '$.a', operation: 'exists' }]] } }])).toEqual([
      {
        priority: 0,
        conditions: { client_ids: [], acr_values: [], scopes: [], user_attributes: [] },
        available_methods: [],
        acr_mapping_rules: {},
        level_of_authentication_scopes: {},
        step_definitions: [],
        success_conditions: { any_of: [[{ path: '$.a', operation: 'exists' }]] },
      },
    ]);
  });
  test('and whatever was said, once more the same', () => {
    const [policy] = normalisePolicies([
      {
        ...PASSWORD_OR_REGISTRATION_THEN_SMS,
        acr_mapping_rules: { high: ['sms'] },
        step_definitions: [{ method: 'sms', interaction: 'sms-authentication', allow_registration: true }],
        auth_session_binding_required: false,
        enforce_available_methods: false,
        device_registration_conditions: {},
      },
    ]);
    expect(policy).toMatchObject({
      ...PASSWORD_OR_REGISTRATION_THEN_SMS,
      acr_mapping_rules: { high: ['sms'] },
      step_definitions: [
        { method: 'sms', interaction: 'sms-authentication', order: 1, requires_user: true, allow_registration: true },
      ],
      auth_session_binding_required: false,
      enforce_available_methods: false,
    });
    expect(policy).not.toHaveProperty('device_registration_conditions');
    expect(normalisePolicies([policy as unknown as Json])).toEqual([policy]);
  });
});
