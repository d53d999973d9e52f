// A code becomes tokens: at the token endpoint, and at `/passwordless/verify` for clients from before it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORDLESS_GRANT } from '#server/oauth/passwordless-grant.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { MAILBOX, openPasswordlessDesk, type PasswordlessDesk, PHONE } from './passwordless-desk.ts';

let desk: PasswordlessDesk;
beforeAll(async () => {
  desk = await openPasswordlessDesk();
});
afterEach(() => desk.door.house.clock.advance(60 * 60_000));
afterAll(() => desk.close());

const claimsOf = (token: unknown) =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
const lastLogs = async (count: number) => {
  const { store, tenant } = desk.door.house;
  const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: count } });
  return records;
};
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');

describe('the grant', () => {
  const exchange = (more: Record<string, string> = {}) =>
    desk.exchange({ username: PHONE, realm: 'sms', scope: 'openid profile', ...more });

  test('signs up whom nobody knows, by phone', async () => {
    const { body: started } = await desk.start();
    const { status, body } = await exchange({ otp: await desk.codeFor(PHONE) });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
    expect(claimsOf(body.id_token)).toMatchObject({ sub: `sms|${started._id}`, aud: 'app' });
    const logs = await lastLogs(6);
    expect(logs.map(({ type }) => type)).toEqual(expect.arrayContaining(['sepft', 'ss', 'cs']));
    expect(logs.find(({ type }) => type === 'sepft')).toMatchObject({
      userId: `sms|${started._id}`,
      connection: 'sms',
    });
  });

  test('by mailbox, with a token for an API', async () => {
    await desk.start({ connection: 'email', email: MAILBOX, phone_number: undefined, send: 'code' });
    const otp = await desk.codeFor(MAILBOX);
    const params = { username: MAILBOX.toUpperCase(), realm: 'email', otp, audience: 'https://api.example/' };
    const { status, body } = await exchange({ ...params, scope: 'openid email read:things' });
    expect(status).toBe(200);
    expect(claimsOf(body.access_token)).toMatchObject({ scope: 'openid email read:things' });
    expect(claimsOf(body.id_token)).toMatchObject({ email: MAILBOX, email_verified: true });
  });

  test('a script that demands a second factor pauses it, and the MFA API goes on', async () => {
    const { house } = desk.door;
    await house.bind(`exports.onExecutePostLogin = async (event, api) => {
      if (event.connection.strategy !== 'sms' || event.authentication.methods[0].name !== 'sms') throw new Error('no');
      api.authentication.challengeWith({ type: 'otp' });
    };`);
    await house.user('tess', ['otp'], { id: 'sms|'.padEnd(28, 'a'), connection: 'sms', phoneNumber: '+15550111' });
    await desk.start({ phone_number: '+15550111' });
    const paused = await exchange({ username: '+15550111', otp: await desk.codeFor('+15550111') });
    expect(paused.status).toBe(403);
    expect(paused.body).toMatchObject({
      error: 'mfa_required',
      mfa_token: expect.any(String),
      mfa_requirements: { challenge: [{ type: 'otp' }] },
    });
    await house.bind();
  });

  test('a script that lets nobody new in is heard', async () => {
    const { house } = desk.door;
    await bindTo(house, 'pre-user-registration', [
      `exports.onExecutePreUserRegistration = async (event, api) => {
        if (event.connection.strategy === 'sms' && event.user.phone_number === '+15550144') api.access.deny('why', 'Not today.');
      };`,
    ]);
    await desk.start({ phone_number: '+15550144' });
    const otp = await desk.codeFor('+15550144');
    const answer = await exchange({ username: '+15550144', otp });
    expect(answer).toMatchObject({ status: 403, body: { error: 'access_denied', error_description: 'Not today.' } });
    await bindTo(house, 'pre-user-registration', []);
  });

  test.each<[string, Record<string, string>, number, string, string]>([
    ['no username', { username: '' }, 400, 'invalid_request', 'Missing required parameter: username'],
    ['no code', { otp: '' }, 400, 'invalid_request', 'Missing required parameter: otp'],
    ['no realm', { realm: '' }, 400, 'invalid_request', 'Missing required parameter: realm'],
    ['an unknown realm', { realm: 'x' }, 403, 'unauthorized_client', 'The connection was not found.'],
    [
      'a database',
      { realm: 'Username-Password-Authentication' },
      403,
      'unauthorized_client',
      'The connection was not found.',
    ],
    ['an unknown audience', { audience: 'urn:x' }, 403, 'access_denied', 'Service not enabled within domain: urn:x'],
    ['a number that never asked', {}, 403, 'invalid_grant', 'Wrong phone number or verification code.'],
    ['what is no number', { username: 'x\r\ny' }, 403, 'invalid_grant', 'Wrong phone number or verification code.'],
    [
      'a mailbox that never asked',
      { username: 'x@example.com', realm: 'email' },
      403,
      'invalid_grant',
      'Wrong email or verification code.',
    ],
  ])('refused: %s', async (_name, more, status, error, error_description) => {
    const answer = await exchange({ username: '+15550100', otp: '123456', ...more });
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { error, error_description } });
  });

  test('three wrong codes, and the right one is worth nothing', async () => {
    await desk.start();
    const code = await desk.codeFor(PHONE);
    const texts: unknown[] = [];
    for (const otp of [otherThan(code), otherThan(code), otherThan(code), code]) {
      const { status, body } = await exchange({ otp });
      expect(status).toBe(403);
      texts.push(body.error_description);
    }
    const wrong = 'Wrong phone number or verification code.';
    const over = "You've reached the maximum number of attempts. Please try to login again.";
    expect(texts).toEqual([wrong, wrong, wrong, over]);
    expect((await lastLogs(5)).map(({ type }) => type)).toContain('fepft');
  });

  test('a code that ran out', async () => {
    await desk.start();
    const otp = await desk.codeFor(PHONE);
    desk.door.house.clock.advance(300_000);
    expect((await exchange({ otp })).body).toEqual({
      error: 'invalid_grant',
      error_description: 'The verification code has expired. Please try to login again.',
    });
  });

  test('a client that the connection is not open to, and one without the grant', async () => {
    await desk.door.house.store.clients.insert({ ...desk.client, id: 'closed' });
    expect(await exchange({ client_id: 'closed', otp: '1' })).toMatchObject({
      body: { error: 'unauthorized_client', error_description: 'The connection is not enabled for the client.' },
    });
    expect(await exchange({ client_id: 'spa', otp: '1' })).toMatchObject({
      status: 403,
      body: { error_description: `Grant type '${PASSWORDLESS_GRANT}' not allowed for the client.` },
    });
  });
});

describe('the address of before', () => {
  const verify = (more: object = {}) =>
    desk.post('/passwordless/verify', {
      ...{ grant_type: 'password', client_id: 'app', connection: 'sms', username: PHONE, scope: 'openid' },
      ...more,
    });

  test('gives tokens', async () => {
    await desk.start();
    const { status, body } = await verify({ password: await desk.codeFor(PHONE) });
    expect(status).toBe(200);
    expect(claimsOf(body.id_token)).toMatchObject({ aud: 'app' });
  });

  test.each<[string, object, number, string, string]>([
    ['no username', { username: undefined }, 400, 'invalid_request', 'missing username parameter'],
    ['no password', { password: undefined }, 400, 'invalid_request', 'missing password parameter'],
    ['no connection', { connection: undefined }, 400, 'invalid_request', 'missing connection parameter'],
    ['no client', { client_id: undefined }, 400, 'invalid_request', 'missing client_id parameter'],
    ['a scope in pieces', { scope: ['openid'] }, 400, 'invalid_request', 'scope parameter must be a string'],
    ['an unknown connection', { connection: 'x' }, 400, 'invalid_request', 'the connection was not found'],
    [
      'a database',
      { connection: 'Username-Password-Authentication' },
      400,
      'invalid_request',
      'specified strategy does not support requested operation',
    ],
    ['a connection that is closed', { client_id: 'shut' }, 400, 'invalid_request', 'the connection was disabled'],
    ['an unknown client', { client_id: 'nobody' }, 403, 'unauthorized_client', 'invalid client'],
    ['a client without the grant', { client_id: 'spa' }, 403, 'unauthorized_client', 'invalid client'],
    ['a wrong code', { password: 'abc' }, 401, 'invalid_user_password', 'Wrong email or password.'],
  ])('refuses %s', async (_name, more, status, error, error_description) => {
    await desk.door.house.store.clients.insert({ ...desk.client, id: 'shut' });
    const answer = await verify({ password: '123456', ...more });
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { error, error_description } });
  });

  test('somebody who is blocked', async () => {
    await desk.door.house.user('bad', [], {
      ...{ id: 'sms|'.padEnd(28, 'b'), connection: 'sms', phoneNumber: '+15550122', blocked: true },
    });
    await desk.start({ phone_number: '+15550122' });
    const answer = await verify({ username: '+15550122', password: await desk.codeFor('+15550122') });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: 'unauthorized', error_description: 'user is blocked' });
  });
});
