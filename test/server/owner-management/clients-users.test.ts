// Owner management: a tenant's applications and people under the original's names; what is made here signs in there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { items, type Send } from '../management/office.ts';
import { type Headquarters, openHeadquarters } from './headquarters.ts';

let all: Headquarters;
let send: Send;
const BASE = '/v1/management/tenants/ours-a';
beforeAll(async () => {
  all = await openHeadquarters();
  send = all.operator;
});
afterAll(() => all.office.close());

const PASSWORD = 'Correct-horse-26';
const CLIENT = {
  client_id: 'shop.example',
  client_secret: 'the secret of the shop',
  client_name: 'Shop',
  redirect_uris: ['https://shop.example/callback'],
  grant_types: ['authorization_code', 'password'],
  scope: 'openid profile',
  token_endpoint_auth_method: 'client_secret_post',
  application_type: 'web',
};
const USER = {
  sub: '3f0c5a54-0a63-4ad5-9a5a-6d6f1d5f0001',
  provider_id: 'idp-server',
  name: 'Ana',
  email: 'Ana@example.com',
  email_verified: true,
  phone_number: '+81-90-1234-5678',
  raw_password: PASSWORD,
  custom_properties: { tier: 'gold' },
};

describe('clients', () => {
  test('live, change and go', async () => {
    expect((await send('POST', `${BASE}/clients?dry_run=true`, CLIENT)).status).toBe(200);
    expect((await send('GET', `${BASE}/clients/shop.example`)).status).toBe(404);
    const made = await send('POST', `${BASE}/clients`, { ...CLIENT, subject_type: 'public' });
    expect(made).toMatchObject({ status: 201, body: { dry_run: false, result: CLIENT } });
    expect(made.body.warnings).toEqual([
      'subject_type is not known and is left out',
      expect.stringMatching(/^scope is kept/),
    ]);
    for (const query of ['', '?dry_run=true']) {
      expect((await send('POST', `${BASE}/clients${query}`, CLIENT)).status).toBe(409);
    }
    expect((await send('GET', `${BASE}/clients/shop.example`)).body).toEqual(CLIENT);
    expect(items((await send('GET', `${BASE}/clients?limit=1000`)).body.list!)).toContainEqual(CLIENT);

    const change = { client_name: 'Store', redirect_uris: [], client_secret: 'another secret' };
    const dry = await send('PUT', `${BASE}/clients/shop.example?dry_run=true`, change);
    expect(dry.body).toMatchObject({
      diff: {
        client_name: { before: 'Shop', after: 'Store' },
        client_secret: { before: '***', after: '***' },
        scope: { before: 'openid profile' },
      },
    });
    expect((await send('GET', `${BASE}/clients/shop.example`)).body).toEqual(CLIENT);
    expect((await send('PUT', `${BASE}/clients/shop.example`, change)).body.diff).toEqual(dry.body.diff);
    expect((await send('PUT', `${BASE}/clients/shop.example`, { ...change, client_id: 'x' })).status).toBe(400);

    expect((await send('DELETE', `${BASE}/clients/shop.example?dry_run=true`)).status).toBe(200);
    expect((await send('DELETE', `${BASE}/clients/shop.example`)).status).toBe(204);
    expect((await send('DELETE', `${BASE}/clients/shop.example`)).status).toBe(404);
    expect((await send('PUT', `${BASE}/clients/shop.example`, change)).status).toBe(404);
  });

  test('keep their secrets from who may not read keys, and those of stronger ones from everybody weaker', async () => {
    const { ports } = all.office.door.house;
    await newClient(ports, all.ours[0].id, { id: 'kept', name: 'Kept', settings: {} });
    const reader = await all.as(all.ours[0], 'read:clients');
    const keyReader = await all.as(all.ours[0], 'read:clients', 'read:client_keys', 'update:clients', 'delete:clients');
    const secretFor = async (caller: Send, path: string) => (await caller('GET', path)).body.client_secret;
    expect(await secretFor(reader, `${BASE}/clients/kept`)).toBeUndefined();
    expect(await secretFor(keyReader, `${BASE}/clients/kept`)).toEqual(expect.any(String));
    const strong = await all.as(all.home, 'read:clients', 'read:client_keys', 'update:clients', 'delete:clients');
    const path = '/v1/management/tenants/nobody/clients';
    expect(await secretFor(strong, `${path}/operator`)).toBeUndefined();
    const listed = items((await strong('GET', `${path}?limit=1000`)).body.list!);
    expect(listed.find(({ client_id }) => String(client_id) === 'operator')?.client_secret).toBeUndefined();
    expect((await strong('PUT', `${path}/operator`, { client_name: 'x', client_secret: 'mine' })).status).toBe(403);
    expect((await strong('DELETE', `${path}/operator`)).status).toBe(403);
    expect(await secretFor(all.operator, `${path}/operator`)).toBe('operator secret');
  });

  test.each([
    [{}, 'Missing required property: client_name'],
    [{ ...CLIENT, client_id: 'a b' }, /^client_id: String does not match/],
    [{ ...CLIENT, client_name: '<b>' }, /^client_name: String does not match/],
    [{ ...CLIENT, redirect_uris: ['javascript:alert(1)'] }, /^redirect_uris\[0\]/],
    [{ ...CLIENT, token_endpoint_auth_method: 'private_key_jwt' }, /^token_endpoint_auth_method/],
    [{ ...CLIENT, application_type: 'tool' }, /^application_type/],
  ])('refused: %j', async (body, message) => {
    const answered = await send('POST', `${BASE}/clients`, body);
    expect(answered).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(items(answered.body.error_messages!)).toContainEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});

describe('users', () => {
  test('live, change and go', async () => {
    const { store, runtime } = all.office.door.house;
    expect(runtime).toBeDefined();
    expect(await send('POST', `${BASE}/users?dry_run=true`, USER)).toMatchObject({
      status: 200,
      body: { dry_run: true, result: { email: 'ana@example.com', status: 'REGISTERED' } },
    });
    expect((await store.users.list(all.ours[0].id, {})).total).toBe(0);
    const made = await send('POST', `${BASE}/users`, USER);
    expect(made).toMatchObject({
      status: 201,
      body: {
        result: {
          sub: `auth0|${USER.sub}`,
          provider_id: 'idp-server',
          preferred_username: 'ana@example.com',
          email_verified: true,
          phone_number: '+819012345678',
          phone_number_verified: false,
          status: 'REGISTERED',
          has_password: true,
          custom_properties: { tier: 'gold' },
        },
        warnings: [],
      },
    });
    expect(JSON.stringify(made.body)).not.toContain(PASSWORD);
    for (const query of ['', '?dry_run=true']) {
      expect((await send('POST', `${BASE}/users${query}`, { ...USER, sub: 'x' })).status).toBe(409);
    }
    for (const path of [`/users/${USER.sub}`, `/users/auth0%7C${USER.sub}`]) {
      expect((await send('GET', BASE + path)).body).toEqual(made.body.result);
    }
    for (const query of ['', '?email=ana@example.com', `?sub=auth0%7C${USER.sub}`]) {
      expect((await send('GET', `${BASE}/users${query}`)).body).toMatchObject({ total_count: 1, limit: 20, offset: 0 });
    }
    expect((await send('GET', `${BASE}/users?email=b@example.com`)).body).toMatchObject({ list: [], total_count: 0 });

    const change = { status: 'LOCKED', name: 'Anna' };
    const diff = { status: { before: 'REGISTERED', after: 'LOCKED' }, name: { before: 'Ana', after: 'Anna' } };
    expect((await send('PUT', `${BASE}/users/${USER.sub}?dry_run=true`, change)).body.diff).toEqual(diff);
    expect((await send('GET', `${BASE}/users/${USER.sub}`)).body).toEqual(made.body.result);
    expect((await send('PUT', `${BASE}/users/${USER.sub}`, change)).body).toMatchObject({ diff, warnings: [] });
    expect(await store.users.find(all.ours[0].id, `auth0|${USER.sub}`)).toMatchObject({ blocked: true, name: 'Anna' });
    expect((await send('PUT', `${BASE}/users/${USER.sub}`, { sub: 'auth0|x' })).status).toBe(400);

    expect((await send('DELETE', `${BASE}/users/${USER.sub}?dry_run=true`)).status).toBe(200);
    expect((await send('DELETE', `${BASE}/users/${USER.sub}`)).status).toBe(204);
    expect((await send('DELETE', `${BASE}/users/${USER.sub}`)).status).toBe(404);
  });

  test.each([
    ['POST', {}],
    ['POST', { email: 'b@example.com' }],
    ['POST', { raw_password: PASSWORD }],
    ['POST', { email: 'b', raw_password: PASSWORD }],
    ['POST', { email: 'b@example.com', raw_password: 'short' }],
    ['POST', { email: 'b@example.com', raw_password: PASSWORD, status: 'GONE' }],
    ['POST', { email: 'b@example.com', raw_password: PASSWORD, sub: 'a|b|c' }],
    ['POST', { phone_number: 'x', raw_password: PASSWORD }],
  ])('refused: %s %j', async (method, body) => {
    for (const query of ['', '?dry_run=true']) {
      expect(await send(method, `${BASE}/users${query}`, body)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', dry_run: query !== '' },
      });
    }
  });
});
