// What every family of the Management API refuses, row by row: who may not call, and what is not well formed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { MANAGEMENT_ROUTES } from '#server/management/management.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Office, openOffice, payloadError, user } from './office.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const call = ({ method, path }: { method: string; path: string }): [string, string] => [
    method,
    `/api/v2${path.replaceAll(/:[a-z]+/g, 'x')}`,
  ];

  describe('every route', () => {
    test.each(MANAGEMENT_ROUTES.map(call))('%s %s asks for a token, a good one, and a scope', async (method, path) => {
      const nobody = await office.sender(office.tenant, undefined)(method, path);
      expect([nobody.status, nobody.body.message]).toEqual([401, 'Missing authentication']);
      const garbage = await office.sender(office.tenant, 'a.b.c')(method, path);
      expect([garbage.status, garbage.body.message]).toEqual([401, 'Invalid token']);
    });

    test('a token without one of the scopes is refused, and the answer names them', async () => {
      const send = await office.as('read:mfa_policies');
      for (const route of MANAGEMENT_ROUTES.filter(({ scopes }) => !scopes.includes('read:mfa_policies'))) {
        const { status, body } = await send(...call(route));
        expect({ route: route.path, status, body }).toEqual({
          route: route.path,
          status: 403,
          body: {
            statusCode: 403,
            error: 'Forbidden',
            message: `Insufficient scope, expected any of: ${route.scopes.join(',')}`,
            errorCode: 'insufficient_scope',
          },
        });
      }
    });

    test('every scope opens a route, and every route asks for scopes of the list', () => {
      const asked = new Set(MANAGEMENT_ROUTES.flatMap(({ scopes }) => scopes));
      expect([...MANAGEMENT_SCOPES].filter((scope) => !asked.has(scope))).toEqual([]);
    });
  });

  describe('who calls', () => {
    test.each([
      ['Basic YTpi', 400, 'Bad HTTP authentication header format'],
      ['Bearer', 400, 'Bad HTTP authentication header format'],
      ['Bearer a b', 400, 'Bad HTTP authentication header format'],
      ['', 401, 'Missing authentication'],
    ])('Authorization: %j', async (authorization, status, message) => {
      const { status: got, body } = await office.sender(office.tenant, undefined)('GET', '/api/v2/users', undefined, {
        authorization,
      });
      expect([got, body.message]).toEqual([status, message]);
    });

    test('no token of one tenant opens another', async () => {
      const theirs = await office.token(office.neighbour, MANAGEMENT_SCOPES);
      for (const route of MANAGEMENT_ROUTES) {
        const { status, body } = await office.sender(office.tenant, theirs)(...call(route));
        expect([route.path, status, body.message]).toEqual([route.path, 401, 'Invalid token']);
      }
    });

    test("a person's token with the API's audience opens nothing", async () => {
      const { house, browser, signIn, exchange } = office.door;
      await house.user('ana');
      const audience = `${office.tenant.baseUrl}/api/v2/`;
      const code = (await signIn(browser(), 'ana', { audience, scope: 'openid read:users' })).get('code') ?? '';
      const { body } = await exchange(code);
      expect(typeof body.access_token).toBe('string');
      const { status } = await office.sender(office.tenant, String(body.access_token))('GET', '/api/v2/users');
      expect(status).toBe(401);
    });
  });

  type Row = [method: string, path: string, body: unknown, reason: string, at?: string];

  describe('what is not well formed', () => {
    const rows: Row[] = [
      ['POST', '/users', user('x', { shoe: 1 }), 'Additional properties not allowed: shoe'],
      ['POST', '/users', {}, 'Missing required property: connection'],
      [
        'POST',
        '/users',
        user('x', { email: 'nobody' }),
        "Object didn't pass validation for format email: nobody",
        'email',
      ],
      ['POST', '/users', user('x', { blocked: 'yes' }), 'Expected type boolean but found type string', 'blocked'],
      ['POST', '/users', user('x', { password: undefined }), 'Missing required property: password'],
      ['POST', '/users', [], 'Expected type object but found type array'],
      ['POST', '/users', user('x', { name: 'a\0b' }), 'The character U+0000 is not allowed'],
      ['PATCH', '/users/x', { app_metadata: [] }, 'Expected type object but found type array', 'app_metadata'],
      ['PATCH', '/users/x', { name: 7 }, 'Expected type string but found type integer', 'name'],
      ['POST', '/users/x/roles', { roles: 'r' }, 'Expected type array but found type string', 'roles'],
      ['POST', '/users/x/roles', { roles: [] }, 'Array is too short (0), minimum 1', 'roles'],
      [
        'POST',
        '/users/x/authentication-methods',
        { type: 'fax' },
        "Data does not match any schemas from 'oneOf'",
        'type',
      ],
      ['POST', '/users/x/authentication-methods', { type: 'totp' }, 'Missing required property: totp_secret'],
      [
        'POST',
        '/users/x/authentication-methods',
        { type: 'phone', phone_number: '1' },
        'String is too short (1 chars), minimum 2',
        'phone_number',
      ],
      ['POST', '/roles', { name: '' }, 'String is too short (0 chars), minimum 1', 'name'],
      ['PATCH', '/roles/x', { owner: 1 }, 'Additional properties not allowed: owner'],
      ['POST', '/organizations', {}, 'Missing required property: name'],
      [
        'POST',
        '/organizations',
        { name: 'Big' },
        'String does not match pattern /^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$/: Big',
        'name',
      ],
      [
        'PATCH',
        '/organizations/x',
        { metadata: { a: 1 } },
        'Expected type string but found type integer',
        'metadata.a',
      ],
      ['POST', '/organizations/x/members', { users: [] }, 'Additional properties not allowed: users'],
      ['POST', '/clients', { name: 'x', app_type: 'tv' }, 'No enum match for: "tv"', 'app_type'],
      ['POST', '/clients', { name: 'x', client_id: 'mine' }, 'Additional properties not allowed: client_id'],
      [
        'POST',
        '/clients',
        { name: 'x', callbacks: ['javascript:alert(1)'] },
        "Object didn't pass validation for format callback-url: javascript:alert(1)",
        'callbacks[0]',
      ],
      [
        'PATCH',
        '/clients/x',
        { client_metadata: { a: {} } },
        'Expected type string but found type object',
        'client_metadata.a',
      ],
      ['POST', '/client-grants', { client_id: 'x' }, 'Missing required property: audience'],
      [
        'POST',
        '/resource-servers',
        { identifier: 'x', token_lifetime: 1.5 },
        'Expected type integer but found type number',
        'token_lifetime',
      ],
      [
        'POST',
        '/resource-servers',
        { identifier: 'x', token_lifetime: 0 },
        'Value 0 is less than minimum 1',
        'token_lifetime',
      ],
      ['POST', '/resource-servers', { identifier: 'x', scopes: [{}] }, 'Missing required property: value', 'scopes[0]'],
      ['PATCH', '/tenants/settings', { color: 'red' }, 'Additional properties not allowed: color'],
      [
        'PATCH',
        '/tenants/settings',
        { session_lifetime: 'long' },
        'Expected type number but found type string',
        'session_lifetime',
      ],
      ['PUT', '/guardian/factors/otp', { enabled: 1 }, 'Expected type boolean but found type integer', 'enabled'],
      ['PUT', '/guardian/factors/otp', {}, 'Missing required property: enabled'],
      ['PUT', '/guardian/policies', ['never'], 'No enum match for: "never"', '[0]'],
      [
        'PUT',
        '/guardian/factors/phone/message-types',
        { message_types: [] },
        'Array is too short (0), minimum 1',
        'message_types',
      ],
      [
        'PUT',
        '/guardian/factors/phone/message-types',
        { message_types: ['sms', 'sms'] },
        'Array items are not unique (indexes 0 and 1)',
        'message_types',
      ],
      ['POST', '/actions/actions', { name: 'a' }, 'Missing required property: supported_triggers'],
      [
        'POST',
        '/actions/actions',
        { name: 'a', supported_triggers: [{ id: 'post-login' }], id: 1 },
        'Additional properties not allowed: id',
      ],
      [
        'POST',
        '/actions/actions',
        { name: 'a', supported_triggers: [] },
        'Array is too short (0), minimum 1',
        'supported_triggers',
      ],
      [
        'POST',
        '/actions/actions',
        { name: 'a', supported_triggers: [{ id: 'post-login' }], secrets: [{ name: 'k' }] },
        'Missing required property: value',
        'secrets[0]',
      ],
      [
        'PATCH',
        '/actions/triggers/post-login/bindings',
        { bindings: [{}] },
        "Data does not match any schemas from 'oneOf'",
        'bindings[0]',
      ],
      ['PATCH', '/actions/triggers/post-login/bindings', {}, 'Missing required property: bindings'],
    ];
    test.each(rows)('%s %s %j', async (method, path, body, reason, at) => {
      const answered = await office.send(method, `/api/v2${path}`, body);
      expect(answered.body).toEqual(payloadError(reason, at));
      expect(answered.status).toBe(400);
    });

    test.each([
      ['/users?per_page=101', 'Value 101 is greater than maximum 100', 'per_page'],
      ['/users?page=-1', 'Value -1 is less than minimum 0', 'page'],
      ['/users?page=x', 'Expected type integer but found type string', 'page'],
      ['/users?include_totals=maybe', 'Expected type boolean but found type string', 'include_totals'],
      ['/users?shoe=1', 'Additional properties not allowed: shoe', undefined],
      ['/actions/actions?include_totals=true', 'Additional properties not allowed: include_totals', undefined],
      ['/logs?take=0', 'Value 0 is less than minimum 1', 'take'],
      ['/clients?from=!', "Object didn't pass validation for format checkpoint: !", 'from'],
    ])('GET %s', async (path, reason, at) => {
      const { status, body } = await office.send('GET', `/api/v2${path}`);
      const place = at === undefined ? '' : ` on property ${at}`;
      expect([status, body.message, body.errorCode]).toEqual([
        400,
        `Query validation error: '${reason}'${place}.`,
        'invalid_query_string',
      ]);
    });

    const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    test.each([
      ['no JSON', '{', 'application/json', 400],
      ['another type', 'name=x', 'application/x-www-form-urlencoded', 415],
      ['too long', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), 'application/json', 413],
      ['nested beyond reason', `{"user_metadata":${deep(50_000)}}`, 'application/json', 400],
      ['not UTF-8', '\ud800', 'application/json', 400],
    ])('a body that is %s', async (_name, body, type, status) => {
      const answered = await office.send('POST', '/api/v2/roles', body, { 'content-type': type });
      expect(answered.status).toBe(status);
      expect(answered.body.statusCode).toBe(status);
    });

    test.each([
      '/api/v2/users/%00',
      '/api/v2/users?q=email:%22%00%22',
      '/api/v2/nothing',
      '/api/v2/users/%ff',
      '/api/v2/users/%',
    ])('an address that names nothing: %s', async (path) => {
      const { status } = await office.send('GET', path);
      expect([400, 404]).toContain(status);
    });
  });
});
