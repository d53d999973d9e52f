// Users, and what hangs on them, as the Management API edits them; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, user } from './office.ts';

describe.each(databasesInFull())('users on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const make = async (name: string, more: Record<string, unknown> = {}): Promise<Json> => {
    const { status, body } = await office.send('POST', '/api/v2/users', user(name, more));
    expect(status).toBe(201);
    return body;
  };
  const at = (made: Json, rest = '') => `/api/v2/users/${encodeURIComponent(String(made.user_id))}${rest}`;

  test('a new user has an id, an identity, a name and a picture, and no hash', async () => {
    const body = await make('Chuck', { app_metadata: { a: [1] } });
    expect(body).toMatchObject({
      user_id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      email: 'chuck@example.com',
      email_verified: false,
      name: 'chuck@example.com',
      nickname: 'chuck',
      picture: expect.stringMatching(/^https:/),
      app_metadata: { a: [1] },
      identities: [
        {
          connection: 'Username-Password-Authentication',
          provider: 'auth0',
          isSocial: false,
          user_id: String(body.user_id).slice('auth0|'.length),
        },
      ],
    });
    expect(body.user_metadata).toBeUndefined();
    expect(JSON.stringify(body)).not.toMatch(/argon2|passwordHash|correct horse/);
    expect((await office.send('GET', at(body))).body).toEqual(body);
  });

  test.each([
    [
      'the same address, in other letters',
      user('chuck', { email: 'CHUCK@example.com' }),
      409,
      'The user already exists.',
    ],
    ['a connection that is not there', user('other', { connection: 'nowhere' }), 400, 'The connection does not exist.'],
  ])('refused: %s', async (_what, body, status, message) => {
    const answered = await office.send('POST', '/api/v2/users', body);
    expect([answered.status, answered.body.message]).toEqual([status, message]);
  });

  test('found by address', async () => {
    const made = await make('by-email');
    const { body } = await office.send('GET', '/api/v2/users-by-email?email=By-Email%40example.com');
    expect(items(body).map(({ user_id: id }) => id)).toEqual([made.user_id]);
  });

  test('metadata is merged key by key; null removes a key, an empty object all of them', async () => {
    const made = await make('meta', { user_metadata: { a: 1, b: { c: 2 } } });
    const patch = async (user_metadata: unknown) =>
      (await office.send('PATCH', at(made), { user_metadata })).body.user_metadata;
    expect(await patch({ b: { d: 3 }, e: 4 })).toEqual({ a: 1, b: { d: 3 }, e: 4 });
    expect(await patch({ a: null })).toEqual({ b: { d: 3 }, e: 4 });
    const proto = await office.send('PATCH', at(made), '{"user_metadata":{"__proto__":{"a":1}}}');
    expect(proto.status).toBe(400);
    expect(await patch({})).toBeUndefined();
  });

  test('a new address is not verified, a number is kept in E.164, null removes it', async () => {
    const made = await make('change', { email_verified: true });
    const first = await office.send('PATCH', at(made), {
      email: 'changed@example.com',
      phone_number: '+44 (7700) 900-123',
    });
    expect(first.body).toMatchObject({
      email: 'changed@example.com',
      email_verified: false,
      phone_number: '+447700900123',
    });
    const second = await office.send('PATCH', at(made), { phone_number: null, blocked: true });
    expect(second.body).toMatchObject({ blocked: true });
    expect(second.body.phone_number).toBeUndefined();
  });

  test('a password is judged as its owner would be', async () => {
    const { store } = office.door.house;
    const [connection] = (await store.connections.list(office.tenant.id)).records;
    const setOptions = (options: JsonObject) =>
      store.connections.update(office.tenant.id, connection?.id ?? '', (row) => ({ ...row, options }));
    const rule = { enable: true };
    await setOptions({
      passwordPolicy: 'good',
      password_dictionary: rule,
      password_no_personal_info: rule,
      password_history: { enable: true, size: 2 },
    });
    const wrong = (message: string) => ({
      status: 400,
      body: { statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_password' },
    });
    const weak = wrong('PasswordStrengthError: Password is too weak');
    const create = (password: string) => office.send('POST', '/api/v2/users', user('Judged', { password }));
    expect(await create('weak')).toMatchObject(weak);
    expect(await create('Password1')).toMatchObject(wrong('PasswordDictionaryError: Password is too common'));
    expect(await create('Judged-it-is-1')).toMatchObject(
      wrong('PasswordNoUserInfoError: Password contains user information'),
    );
    const made = await make('Judged', { password: 'First-of-them-1' });
    const change = (password: string) => office.send('PATCH', at(made), { password });
    const used = wrong('PasswordHistoryError: Password has previously been used');
    expect(await change('weak')).toMatchObject(weak);
    expect(await change('First-of-them-1')).toMatchObject(used);
    expect((await change('Second-of-them-1')).status).toBe(200);
    expect(await change('First-of-them-1')).toMatchObject(used);
    expect((await change('Third-of-them-1')).status).toBe(200);
    expect((await change('First-of-them-1')).status).toBe(200);
    await setOptions({ brute_force_protection: true });
  });

  test('a change that is rehearsed names what it would change, and no secret', async () => {
    const made = await make('rehearsed', { user_metadata: { a: 1 }, app_metadata: { plan: 'free' } });
    const change = {
      blocked: true,
      user_metadata: { a: null, b: 2 },
      app_metadata: { plan: 'gold' },
      password: 'Another-one-1',
    };
    const { status, body } = await office.send('PATCH', `${at(made)}?dry_run=true`, change);
    expect([status, body.diff]).toEqual([
      200,
      {
        blocked: { before: false, after: true },
        user_metadata: expect.anything(),
        app_metadata: { plan: { before: 'free', after: 'gold' } },
        last_password_reset: { after: expect.any(String) },
      },
    ]);
    expect((await office.send('GET', at(made))).body).toEqual(made);
  });

  test('the scope for metadata changes nothing else', async () => {
    const made = await make('scoped');
    const send = await office.as('update:users_app_metadata');
    expect((await send('PATCH', at(made), { app_metadata: { a: 1 } })).status).toBe(200);
    expect((await send('PATCH', at(made), { blocked: true })).status).toBe(403);
  });

  test('a bcrypt hash is imported; one with a cost nobody can bear is refused', async () => {
    const value = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
    const imported = { password: undefined, custom_password_hash: { algorithm: 'bcrypt', hash: { value } } };
    const made = await make('imported', imported);
    const { house } = office.door;
    expect((await house.store.users.find(office.tenant.id, String(made.user_id)))?.passwordHash).toBe(value);
    const slow = { password: undefined, password_hash: value.replace('$10$', '$31$') };
    expect((await office.send('POST', '/api/v2/users', user('slow', slow))).status).toBe(400);
  });

  test.each([
    ['PATCH', '', { password: 'another horse battery' }],
    ['PATCH', '', { blocked: true }],
    ['DELETE', '/authentication-methods', undefined],
    ['DELETE', '', undefined],
  ])('%s %s %j ends the open logins', async (method, path, body) => {
    const { house, browser, authorizeUrl } = office.door;
    const name = `open-${house.ports.random.hex(8)}`;
    const made = await make(name);
    await office.send('POST', at(made, '/authentication-methods'), { type: 'totp', totp_secret: 'JBSWY3DPEHPK3PXP' });
    await house.bind(
      `exports.onExecutePostLogin = async (event, api) => { api.authentication.challengeWith({ type: 'otp' }); };`,
    );
    const person = browser();
    const login = await person.open(authorizeUrl());
    const paused = await person.post(login, {
      username: `${name}@example.com`,
      password: 'correct horse battery',
      action: 'default',
    });
    expect(paused.url.pathname).toBe('/u/mfa-otp-challenge');
    await office.send(method, at(made, path), body);
    const after = await person.open(`${paused.url.pathname}${paused.url.search}`);
    expect(after.status).toBe(400);
    await house.bind();
  });

  test('deleted twice is deleted; what is gone is not found', async () => {
    const made = await make('gone');
    expect((await office.send('DELETE', at(made))).status).toBe(204);
    expect((await office.send('DELETE', at(made))).status).toBe(204);
    expect((await office.send('GET', at(made))).body).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'The user does not exist.',
      errorCode: 'inexistent_user',
    });
  });

  test("another tenant's user is not there", async () => {
    const theirs = await office.sendAsNeighbour('POST', '/api/v2/users', user('theirs'));
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { blocked: true }],
      ['GET', '/roles', undefined],
      ['GET', '/organizations', undefined],
      ['GET', '/authentication-methods', undefined],
      ['POST', '/authentication-methods', { type: 'email', email: 'a@example.com' }],
      ['DELETE', '/authentication-methods', undefined],
    ] as const) {
      expect((await office.send(method, at(theirs.body, path), body)).status).toBe(404);
    }
    await office.send('DELETE', at(theirs.body));
    const still = await office.sendAsNeighbour('GET', at(theirs.body));
    expect([still.status, still.body.blocked]).toEqual([200, false]);
  });

  describe('authentication methods', () => {
    let path: string;
    beforeAll(async () => {
      path = at(await make('enrolled', { email_verified: true }), '/authentication-methods');
    });
    const id = (kind: string) => expect.stringMatching(new RegExp(`^${kind}\\|dev_[A-Za-z0-9]{16}$`));
    const time = expect.stringMatching(/^\d{4}-.*Z$/);

    test('the verified address is no listed method, and an empty list has no total', async () => {
      expect((await office.send('GET', path)).body).toEqual([]);
      expect((await office.send('GET', `${path}?include_totals=true`)).body).toEqual({
        start: 0,
        limit: 50,
        authenticators: [],
      });
    });

    test.each([
      [
        { type: 'phone', phone_number: '+44 20 7183 875044', preferred_authentication_method: 'voice', name: 'home' },
        {
          type: 'phone',
          id: id('phone'),
          name: 'home',
          phone_number: '+44207183875044',
          preferred_authentication_method: 'voice',
        },
        { phone_number: 'XXXXXXXXXXX5044', authentication_methods: [{ type: 'voice', id: id('voice') }] },
      ],
      [
        { type: 'email', email: 'Chuck334@example.com' },
        { type: 'email', id: id('email'), email: 'chuc****@exam*******' },
        { email: 'chuc****@exam*******' },
      ],
      [{ type: 'totp', totp_secret: 'JBSWY3DPEHPK3PXP' }, { type: 'totp', id: id('totp') }, {}],
    ])('%j', async (input, made, listed) => {
      const answered = await office.send('POST', path, input);
      expect(answered.status).toBe(201);
      expect(answered.body).toMatchObject({ ...made, created_at: time, enrolled_at: time });
      expect(answered.body.confirmed).toBeUndefined();
      const one = await office.send('GET', `${path}/${encodeURIComponent(String(answered.body.id))}`);
      expect(one.body).toMatchObject({ ...made, ...listed, confirmed: true });
      expect(JSON.stringify([answered.body, one.body])).not.toContain('JBSWY');
      expect((await office.send('POST', path, input)).body.message).toBe('Authentication method already exists.');
    });

    test('a recovery code is made for who has one', async () => {
      const renewal = path.replace('authentication-methods', 'recovery-code-regeneration');
      const made = await office.send('POST', renewal, {});
      expect(made.body).toEqual({ recovery_code: expect.stringMatching(/^[A-Z0-9]{24}$/) });
      expect((await office.send('POST', renewal)).body.recovery_code).not.toBe(made.body.recovery_code);
      expect((await office.send('GET', path)).body).toMatchObject([{}, {}, {}, { type: 'recovery-code' }]);
      const bare = await make('bare', {});
      expect((await office.send('POST', at(bare, '/recovery-code-regeneration'))).status).toBe(404);
      expect((await office.sendAsNeighbour('POST', renewal)).status).toBe(404);
      expect((await (await office.as('read:users'))('POST', renewal)).status).toBe(403);
    });

    test('PATCH names one; DELETE removes it; PUT replaces all, unmasked', async () => {
      const [first] = items((await office.send('GET', path)).body);
      const one = `${path}/${encodeURIComponent(String(first?.id))}`;
      const patched = await office.send('PATCH', one, { name: 'work', preferred_authentication_method: 'sms' });
      expect(patched.body).toMatchObject({ name: 'work', preferred_authentication_method: 'sms' });
      expect((await office.send('DELETE', one)).status).toBe(204);
      expect((await office.send('DELETE', one)).status).toBe(404);
      const put = await office.send('PUT', path, [{ type: 'phone', phone_number: '+15551234567' }]);
      expect(items(put.body)).toMatchObject([{ type: 'phone', phone_number: '+15551234567', confirmed: true }]);
      expect((await office.send('GET', `${path}?include_totals=true`)).body).toMatchObject({ total: 1 });
    });

    test("one user's method is not found on another", async () => {
      const [first] = items((await office.send('GET', path)).body);
      const other = at(await make('without'), `/authentication-methods/${encodeURIComponent(String(first?.id))}`);
      expect((await office.send('GET', other)).status).toBe(404);
      expect((await office.send('DELETE', other)).status).toBe(404);
    });
  });
});
