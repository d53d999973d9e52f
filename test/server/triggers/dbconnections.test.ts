// `POST /dbconnections/signup`: what applications with a form of their own send and hear, with scripts before and after,
// through the whole application.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { request, take } from '#test/runtime/builds/kit.ts';
import { bindTo, lastLine, lastRun, ready } from '#test/runtime/triggers/bind-to.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

const CONNECTION = 'Username-Password-Authentication';
const PASSWORD = 'a long enough one';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ egressAllow: ['127.0.0.1'] });
});
afterAll(() => door.close());
afterEach(async () => {
  for (const trigger of ['pre-user-registration', 'post-user-registration'] as const)
    await bindTo(door.house, trigger, []);
  await options({});
  door.house.clock.advance(600_000);
});

async function options(given: JsonObject): Promise<void> {
  const { store, tenant } = door.house;
  const { records } = await store.connections.list(tenant.id);
  for (const { id } of records) await store.connections.update(tenant.id, id, (row) => ({ ...row, options: given }));
}

let people = 0;
const address = () => `somebody-${++people}@example.com`;
const pre = (body: string) => `exports.onExecutePreUserRegistration = async (event, api) => { ${body} };`;

async function post(body: string, headers: Record<string, string> = {}) {
  const type = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers: { ...type, ...headers }, body };
  const answer = await door.app.request(`${door.site}/dbconnections/signup`, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

const send = (more: Record<string, unknown> = {}) =>
  post(JSON.stringify({ client_id: 'spa', connection: CONNECTION, email: address(), password: PASSWORD, ...more }));

const rowOf = (email: string) => door.house.store.users.findByIdentifier(door.house.tenant.id, CONNECTION, email);

describe('an account', () => {
  test('is made from JSON, with everything that was said', async () => {
    const email = address();
    const profile = { given_name: 'Some', family_name: 'Body', name: 'Some Body', nickname: 'some' };
    const more = { ...profile, picture: 'https://x.example/p.png', user_metadata: { plan: 'gold' } };
    const { status, body } = await send({ email, ...more });
    expect([status, body]).toEqual([
      200,
      { _id: expect.stringMatching(/^[0-9a-f]{24}$/), email, email_verified: false, ...more },
    ]);
    const row = await rowOf(email);
    expect(row).toMatchObject({
      id: `auth0|${body._id}`,
      givenName: 'Some',
      userMetadata: { plan: 'gold' },
      loginsCount: 0,
    });
    const line = await lastLine(door.house, 'ss');
    expect(line).toMatchObject({ userId: row?.id, userName: email, clientId: 'spa', connection: CONNECTION });
    const browser = door.browser();
    const page = await browser.open(door.authorizeUrl());
    const end = await browser.post(page, { username: email, password: PASSWORD, action: 'default' });
    expect(end.url.searchParams.get('code')).toMatch(/\S/);
  });

  test('is made from a form', async () => {
    const email = address();
    const form = { client_id: 'spa', connection: CONNECTION, email, password: PASSWORD, 'user_metadata[plan]': 'gold' };
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post(String(new URLSearchParams(form)), type)).toMatchObject({ status: 200, body: { email } });
    expect(await rowOf(email)).toMatchObject({ userMetadata: { plan: 'gold' } });
  });

  test('has a username where the connection asks for one', async () => {
    await options({ requires_username: true });
    expect(await send({ username: 'somebody' })).toMatchObject({ status: 200, body: { username: 'somebody' } });
    expect(await send({ username: 'somebody' })).toMatchObject({ status: 400, body: { code: 'invalid_signup' } });
  });

  test('can be asked for by pages of any origin', async () => {
    const email = address();
    const sent = { client_id: 'spa', connection: CONNECTION, email, password: PASSWORD };
    const answer = await post(JSON.stringify(sent), { origin: 'https://elsewhere.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const asked = await door.app.request(`${door.site}/dbconnections/signup`, { method: 'OPTIONS' });
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
  });
});

describe('refusals', () => {
  const bad = (code: string, description: string) => ({ name: 'BadRequestError', code, description, statusCode: 400 });
  const ROWS: [what: string, sent: Record<string, unknown>, connection: JsonObject, body: Record<string, unknown>][] = [
    ['no client', { client_id: undefined }, {}, bad('invalid_request', 'Missing required property: client_id')],
    ['an unknown client', { client_id: 'nobody' }, {}, bad('invalid_client', 'Unknown client')],
    ['no connection', { connection: '' }, {}, bad('invalid_request', 'Missing required property: connection')],
    ['an unknown connection', { connection: 'x' }, {}, bad('invalid_request', 'the connection was not found')],
    ['no address', { email: null }, {}, bad('invalid_request', 'Missing required property: email')],
    ['no address at all', { email: 'x' }, {}, bad('invalid_request', 'email is not valid')],
    ['an address that is a number', { email: 1 }, {}, bad('invalid_request', 'email is not valid')],
    ['no password', { password: undefined }, {}, bad('invalid_request', 'Missing required property: password')],
    ['no username', {}, { requires_username: true }, bad('invalid_request', 'Missing required property: username')],
    ['a username that is a number', { username: '+447700900123' }, {}, bad('invalid_request', 'username is not valid')],
    ['a long name', { given_name: 'x'.repeat(151) }, {}, bad('invalid_request', 'given_name is not valid')],
    ['a picture of no web', { picture: 'javascript:alert(1)' }, {}, bad('invalid_request', 'picture is not valid')],
    ['metadata that is no text', { user_metadata: { a: 1 } }, {}, bad('invalid_request', 'user_metadata is not valid')],
    [
      'much metadata',
      { user_metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])) },
      {},
      bad('invalid_request', 'user_metadata: at most 10 properties, each a string of at most 500 characters'),
    ],
    ['closed', {}, { disable_signup: true }, bad('public_signup_disabled', 'public signup is disabled')],
    [
      'a weak password',
      { password: 'abc1' },
      { passwordPolicy: 'fair' },
      {
        name: 'PasswordStrengthError',
        message: 'Password is too weak',
        code: 'invalid_password',
        description: {
          rules: [
            { message: 'At least %d characters in length', format: [8], code: 'lengthAtLeast', verified: false },
            {
              message: 'Should contain:',
              code: 'shouldContain',
              items: [
                { message: 'lower case letters (a-z)', code: 'lowerCase', verified: true },
                { message: 'upper case letters (A-Z)', code: 'upperCase', verified: false },
                { message: 'numbers (i.e. 0-9)', code: 'numbers', verified: true },
              ],
              verified: false,
            },
          ],
          verified: false,
        },
        policy:
          '* At least 8 characters in length\n* Should contain:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)',
        statusCode: 400,
      },
    ],
    [
      'a common password',
      { password: 'Password123' },
      { password_dictionary: { enable: true } },
      {
        name: 'PasswordDictionaryError',
        message: 'Password is too common',
        code: 'invalid_password',
        description: 'Password is not allowed, it might be too common.',
        statusCode: 400,
      },
    ],
    [
      'a password with a name in it',
      { password: 'somebody-1234', given_name: 'Some', name: 'Somebody' },
      { password_no_personal_info: { enable: true } },
      {
        name: 'PasswordNoUserInfoError',
        message: 'Password contains user information',
        code: 'invalid_password',
        description: 'Password contains user information',
        statusCode: 400,
      },
    ],
  ];
  test.each(ROWS)('%s', async (_what, sent, connection, body) => {
    await options(connection);
    expect(await send(sent)).toMatchObject({ status: 400, body });
  });

  test('an address that is taken is not told, unless the tenant wants it', async () => {
    const email = address();
    await send({ email });
    expect((await send({ email })).body).toEqual(bad('invalid_signup', 'Invalid sign up'));
    expect(await lastLine(door.house, 'fs')).toMatchObject({
      description: 'The user already exists.',
      userName: email,
    });
    const { settings } = door.house.tenant;
    const flags = { enable_public_signup_user_exists_error: true };
    await door.house.editTenant((tenant) => ({ ...tenant, settings: { ...settings, flags } }));
    expect((await send({ email })).body).toEqual(bad('user_exists', 'The user already exists.'));
    await door.house.editTenant((tenant) => ({ ...tenant, settings }));
  });

  test('of two at once with one address one is made', async () => {
    const email = address();
    const statuses = (await Promise.all([send({ email }), send({ email })])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 400]);
  });

  const UNREADABLE: [what: string, body: string, type: string, status: number][] = [
    ['no JSON', '{', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['XML', '<a/>', 'application/xml', 415],
    ['a form with a name twice', 'email=a&email=b', 'application/x-www-form-urlencoded', 400],
    ['too much', JSON.stringify({ email: 'x'.repeat(70_000) }), 'application/json', 413],
  ];
  test.each(UNREADABLE)('%s cannot be read', async (_what, body, type, status) => {
    expect(await post(body, { 'content-type': type })).toMatchObject({ status, body: { code: 'invalid_request' } });
  });

  test('another method, another address', async () => {
    const at = async (path: string) => (await door.app.request(`${door.site}/dbconnections/${path}`)).status;
    expect([await at('signup'), await at('nothing')]).toEqual([405, 404]);
  });

  test('too many sign-ups from one address', async () => {
    const { tenant, store, ports } = door.house;
    const bucket = { capacity: 50, refillSeconds: 2 };
    for (let i = 0; i < 50; i++) await store.takeAttempt(tenant.id, 'sign-up 127.0.0.1', bucket, ports.now());
    const answer = await send();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  });
});

describe('scripts', () => {
  test('before it read the fields that were sent, without the password', async () => {
    await bindTo(door.house, 'pre-user-registration', [
      pre(`api.user.setAppMetadata('seen', [event.request.body, event.transaction ?? null]);`),
    ]);
    const email = address();
    await send({ email, campaign: 'spring', my_token: 'x' });
    const body = { client_id: 'spa', connection: CONNECTION, campaign: 'spring', email };
    expect(await rowOf(email)).toMatchObject({ appMetadata: { seen: [body, null] } });
  });

  test('refuse it: the reason, and what the person may be told', async () => {
    await bindTo(door.house, 'pre-user-registration', [pre(`api.access.deny('on the list', 'Not you.');`)]);
    expect((await send()).body).toEqual({
      name: 'InternalExtensibilityError',
      statusCode: 400,
      code: 'extensibility_error',
      message: 'on the list',
      friendly_message: 'Not you.',
      description: 'on the list',
      fromSandbox: true,
    });
    expect(await lastLine(door.house, 'fs')).toMatchObject({ description: 'on the list', clientId: 'spa' });
  });

  test('refuse what was filled in', async () => {
    await bindTo(door.house, 'pre-user-registration', [
      pre(`api.validation.error('bad-name', 'Another name, please.');`),
    ]);
    expect(await send()).toMatchObject({
      status: 400,
      body: { name: 'ValidationError', code: 'bad-name', message: 'Another name, please.', fromSandbox: true },
    });
  });

  test('that fail refuse it with what they say', async () => {
    await bindTo(door.house, 'pre-user-registration', [pre(`throw new Error('no stock');`)]);
    const { status, body } = await send();
    expect([status, body.code, body.message]).toEqual([400, 'extensibility_error', 'no stock']);
    expect(body).not.toHaveProperty('friendly_message');
  });

  test('tell-webhook', async () => {
    const { promise: told, resolve } = Promise.withResolvers<string>();
    const server = createServer(async (incoming, response) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      response.end();
      resolve(text);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const url = { WEBHOOK_URL: `http://127.0.0.1:${port}/` };
    const { script } = await take(door.deps.builds, request(ready('tell-webhook')));
    await bindTo(door.house, 'post-user-registration', [script], url);
    const email = address();
    const { body } = await send({ email });
    expect(JSON.parse(await told)).toEqual({ user_id: `auth0|${body._id}`, email });
    await door.house.runtime.settled(10_000);
    expect(await lastRun(door.house, 'post-user-registration')).toMatchObject({ status: 'final', clientId: 'spa' });
    server.close();
  });
});
