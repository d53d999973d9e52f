// What conditions can see of a login, what it amounts to, what an application is told of it, and its picture.
import { describe, expect, test } from 'vitest';
import type { InteractionCounts } from '#runtime/authentication-policy.ts';
import { documentOf } from '#runtime/policies/document.ts';
import { acrOf, performedMethods, scopesOutOfReach } from '#runtime/policies/level.ts';
import { diagramOf } from '#runtime/policies/mermaid.ts';
import { toldOf } from '#runtime/policies/told.ts';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { anyOf, aPolicy, PASSWORD_OR_REGISTRATION_THEN_SMS, passed } from './policy-sample.ts';

const AT = Date.UTC(2026, 0, 15, 12);
const interactions: InteractionCounts = {
  'password-authentication': {
    operation: 'AUTHENTICATION',
    method: 'password',
    calls: 3,
    successes: 1,
    failures: 2,
    at: AT,
  },
  'sms-authentication-challenge': {
    operation: 'CHALLENGE',
    method: 'sms',
    calls: 1,
    successes: 1,
    failures: 0,
    at: AT,
  },
  'initial-registration': {
    operation: 'REGISTRATION',
    method: 'initial-registration',
    calls: 1,
    successes: 0,
    failures: 1,
    at: AT,
  },
};
const user: UserRecord = {
  tenantId: 'ten_1',
  id: 'auth0|1',
  connection: 'people',
  email: 'ana@example.com',
  emailVerified: true,
  phoneNumber: '+819012345678',
  phoneVerified: false,
  blocked: false,
  identities: [{ provider: 'auth0', userId: '1', connection: 'people', isSocial: false }],
  userMetadata: { own: 'secret' },
  appMetadata: { level: 2 },
  passwordHash: 'hash',
  loginsCount: 1,
  createdAt: AT,
  updatedAt: AT,
};

describe('the document', () => {
  test('says what was called, and of the person what is on the list', () => {
    expect(documentOf({ interactions }, user, ['admin'])).toEqual({
      'password-authentication': {
        operation_type: 'AUTHENTICATION',
        method: 'password',
        call_count: 3,
        success_count: 1,
        failure_count: 2,
        interaction_time: '2026-01-15T12:00:00.000Z',
      },
      'sms-authentication-challenge': {
        operation_type: 'CHALLENGE',
        method: 'sms',
        call_count: 1,
        success_count: 1,
        failure_count: 0,
        interaction_time: '2026-01-15T12:00:00.000Z',
      },
      'initial-registration': {
        operation_type: 'REGISTRATION',
        method: 'initial-registration',
        call_count: 1,
        success_count: 0,
        failure_count: 1,
        interaction_time: '2026-01-15T12:00:00.000Z',
      },
      user: {
        sub: 'auth0|1',
        status: 'REGISTERED',
        provider_id: 'idp-server',
        has_password: true,
        email_verified: true,
        phone_number_verified: false,
        roles: ['admin'],
        custom_properties: { level: 2 },
      },
    });
  });
  const STATUSES: [what: string, given: Parameters<typeof documentOf>, status: string][] = [
    ['a draft', [{ interactions, draft: user }, user], 'INITIALIZED'],
    ['an account', [{ interactions }, user], 'REGISTERED'],
    ['a blocked account', [{ interactions }, { ...user, blocked: true }], 'LOCKED'],
  ];
  test.each(STATUSES)('%s', (_what, given, status) => {
    expect(documentOf(...given).user).toMatchObject({ status });
  });
  test('nobody, and no interaction in their place', () => {
    const called = {
      operation: 'AUTHENTICATION',
      method: 'user',
      calls: 1,
      successes: 1,
      failures: 0,
      at: AT,
    } as const;
    expect(documentOf({ interactions: {} })).toEqual({});
    expect(documentOf({ interactions: { user: called } }, user).user).toMatchObject({ sub: 'auth0|1' });
  });
});

describe('what a login amounts to', () => {
  const performed = performedMethods(interactions);
  test('what only asks, or failed, is no method', () => {
    expect(performed).toEqual(['password']);
  });
  const policy = aPolicy({
    acr_mapping_rules: { high: ['sms', 'fido2'], low: ['password'], lowest: ['password'] },
    level_of_authentication_scopes: { pay: ['sms'], read: ['password', 'sms'], never: [] },
  });
  const ROWS: [performed: string[], acr: string | undefined, withheld: string[]][] = [
    [performed, 'low', ['pay', 'never']],
    [['password', 'sms'], 'high', ['never']],
    [['email'], undefined, ['pay', 'read', 'never']],
    [[], undefined, ['pay', 'read', 'never']],
  ];
  test.each(ROWS)('%j', (methods, acr, withheld) => {
    expect(acrOf(policy, methods)).toBe(acr);
    expect(scopesOutOfReach(policy, methods)).toEqual(withheld);
  });
});

describe('what an application is told', () => {
  const told = (path: string) => toldOf({ group: 0, path, operation: 'eq', value: 1, actual: 'x' });
  test.each(['$.sms-authentication.success_count', '$.user.status', '$.user.email_verified'])('%s', (path) => {
    expect(told(path)).toEqual({ group: 0, path, operation: 'eq', value: 1, actual: 'x' });
  });
  test.each([
    '$.user',
    '$.user.custom_properties.level',
    '$.user.roles',
    "$['user'].custom_properties",
    '$..level',
    '$.*',
    '$',
  ])('nothing of what stands at %s', (path) => {
    expect(told(path)).toEqual({ group: 0, path, operation: 'eq', value: 1 });
  });
});

describe('the picture', () => {
  test('of the policy of the document', () => {
    expect(diagramOf([aPolicy(PASSWORD_OR_REGISTRATION_THEN_SMS)])).toBe(
      [
        'flowchart TD',
        '  begin([Authorization request])',
        '  begin --> p0{"mfa_required_for_registration_and_login<br/>priority 10<br/>scope: openid<br/>methods: password, initial-registration, sms"}',
        '  p0S(["let through"])',
        '  p0 -->|fits| p0S0["#36;.password-authentication.success_count #8805; 1<br/>and #36;.sms-authentication.success_count #8805; 1"] --> p0S',
        '  p0 -->|fits| p0S1["#36;.initial-registration.success_count #8805; 1<br/>and #36;.sms-authentication.success_count #8805; 1"] --> p0S',
        '',
      ].join('\n'),
    );
  });
  test('shows them in the order in which they are tried', () => {
    const text = diagramOf([
      aPolicy({ description: 'second', priority: 1, success_conditions: { any_of: [[]] } }),
      aPolicy({
        description: 'first',
        priority: 2,
        lock_conditions: anyOf([passed('a')]),
        failure_conditions: anyOf([passed('b')]),
      }),
    ]);
    expect(text).toMatch(/begin --> p0\{"first.*p0L.*locked.*p0F.*failed.*p0 -->\|does not fit\| p1\{"second.*always/s);
  });
  test('no label ends itself or becomes markup', () => {
    const wicked = 'a"] --> x\n%% <script>alert(1)</script> `b` #quot; & ; \\ \u0000 \u202e 東京';
    const text = diagramOf([
      aPolicy({
        description: wicked,
        conditions: { scopes: [wicked] },
        success_conditions: anyOf([{ path: wicked, operation: wicked, value: { [wicked]: wicked } }]),
      }),
    ]);
    const labels = [...text.matchAll(/"([^"]*)"/g)].map(([, label]) => label ?? '');
    // What stands between quotes is harmless; what stands around them is ours.
    for (const label of labels) expect(label.replaceAll('<br/>', '')).toMatch(/^([\p{L}\p{N} .,:_-]|#\d+;)*$/u);
    expect(text.replaceAll(/"[^"]*"/g, '""')).toBe(
      'flowchart TD\n  begin([Authorization request])\n  begin --> p0{""}\n  p0S([""])\n  p0 -->|fits| p0S0[""] --> p0S\n',
    );
    expect(text).toContain('東京');
  });
  test('of none', () => {
    expect(diagramOf([])).toBe('flowchart TD\n  begin([Authorization request])\n');
  });
  const long: JsonObject = { description: 'x'.repeat(500), success_conditions: { any_of: [[]] } };
  test('a long line is cut', () => {
    expect(diagramOf([aPolicy(long)])).toContain(`"${'x'.repeat(120)}#8230;<br/>`);
  });
});
