// What an `mfa_token` is good for: one client, one ask of one login, ten minutes; and the attempts that all doors share.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { GRANT, type MfaDesk, OTHER, openMfaDesk, PHONE } from './mfa-desk.ts';

const challengeWith = (...types: string[]) =>
  `exports.onExecutePostLogin = async (event, api) => { api.authentication.challengeWithAny(${JSON.stringify(types.map((type) => ({ type })))}); };`;
const MALFORMED = { status: 401, body: { error: 'invalid_grant', error_description: 'Malformed mfa_token' } };
const SPENT = { status: 403, body: { error: 'invalid_grant' } };

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    await desk.door.house.bind();
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
  });

  test.each<[string, (token: string) => Promise<{ status: number; body: object }>]>([
    ['an app', (token) => desk.otp(token, '123456', OTHER)],
    [
      'a recovery code',
      (mfa_token) => desk.token({ grant_type: `${GRANT}mfa-recovery-code`, mfa_token, recovery_code: 'x', ...OTHER }),
    ],
  ])('another client does not answer by %s', async (_name, answer) => {
    const { name } = await desk.newUser('otp');
    const token = await desk.mfaToken(name);
    expect(await answer(token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'mfa_token not issued to this client' },
    });
    expect(await desk.otp(token, desk.code())).toMatchObject({ status: 200 });
  });

  test('a token runs out after ten minutes, and says so after it was swept', async () => {
    const { name } = await desk.newUser('otp');
    const token = await desk.mfaToken(name);
    desk.door.house.clock.advance(10 * 60_000);
    const expired = { status: 401, body: { error: 'expired_token', error_description: 'mfa_token is expired' } };
    expect(await desk.otp(token, desk.code())).toMatchObject(expired);
    await desk.door.deps.runtime.tidy();
    expect(await desk.otp(token, desk.code())).toMatchObject(expired);
    expect(await desk.call('GET', 'authenticators', { bearer: token })).toMatchObject(expired);
  });

  test('keys of one door open no other', async () => {
    const { name } = await desk.newUser('otp');
    const { door } = desk;
    const mfaToken = await desk.mfaToken(name);
    const page = await door.browser().open(door.authorizeUrl());
    const state = page.url.searchParams.get('state') ?? '';
    expect(state).not.toBe('');
    expect(await desk.otp(state, desk.code())).toMatchObject(MALFORMED);
    expect(await desk.call('GET', 'authenticators', { bearer: state })).toMatchObject(MALFORMED);
    expect((await door.get(`/u/login?state=${mfaToken}`)).status).toBe(400);
    expect((await door.get(`/authorize/resume?state=${mfaToken}`)).status).toBe(400);
    expect((await door.token({ grant_type: 'authorization_code', client_id: 'spa', code: mfaToken })).status).toBe(403);
    expect(await desk.token({ grant_type: 'refresh_token', refresh_token: mfaToken })).toMatchObject({ status: 403 });
    expect((await door.get('/u/mfa-otp-challenge', { cookie: `sallyport_session=${mfaToken}` })).status).toBe(400);
    expect(await desk.otp(mfaToken, desk.code())).toMatchObject({ status: 200 });
  });

  test('chained asks have a token each', async () => {
    const { name } = await desk.newUser('otp', 'phone');
    await desk.door.house.bind(challengeWith('otp'), challengeWith('phone'));
    const first = await desk.mfaToken(name);
    const next = await desk.otp(first, desk.code());
    expect(next).toMatchObject({
      status: 403,
      body: { error: 'mfa_required', mfa_requirements: { challenge: [{ type: 'phone' }] } },
    });
    const second = String(next.body.mfa_token);
    expect(second).not.toBe(first);
    const ask = (mfa_token: string) => desk.call('POST', 'challenge', { body: { mfa_token } });
    expect(await ask(first)).toMatchObject(SPENT);
    const asked = await ask(second);
    const oobCode = String(asked.body.oob_code);
    const code = await desk.door.house.codeFor(PHONE);
    expect(await desk.oob(first, oobCode, code)).toMatchObject(SPENT);
    expect(await desk.oob(second, oobCode, code)).toMatchObject({ status: 200 });
  });

  test('of two challenges that are open either may be answered', async () => {
    const { name } = await desk.newUser('otp', 'phone');
    const token = await desk.mfaToken(name);
    await desk.call('POST', 'challenge', { body: { mfa_token: token, challenge_type: 'oob' } });
    expect(await desk.otp(token, desk.code())).toMatchObject({ status: 200 });
    const other = await desk.mfaToken(name);
    const asked = await desk.call('POST', 'challenge', { body: { mfa_token: other, challenge_type: 'oob' } });
    const code = await desk.door.house.codeFor(PHONE);
    await desk.call('POST', 'challenge', { body: { mfa_token: other, challenge_type: 'otp' } });
    expect(await desk.oob(other, String(asked.body.oob_code), code)).toMatchObject({ status: 200 });
  });

  describe('attempts', () => {
    const tooMany = {
      status: 429,
      body: {
        error: 'invalid_request',
        error_description: 'Too many failed codes. Wait for some minutes before retrying.',
      },
    };

    test('ten for all doors together, then one every six minutes', async () => {
      const { name } = await desk.newUser('otp', 'phone');
      const { door } = desk;
      await door.house.bind(challengeWith('otp'));
      const browser = door.browser();
      const login = await browser.open(door.authorizeUrl());
      let page = await browser.post(login, { username: `${name}@example.com`, password: PASSWORD, action: 'default' });
      for (let tries = 0; tries < 5; tries++) page = await browser.post(page, { code: '000000', action: 'default' });
      expect(page.status).toBe(400);
      await door.house.bind();
      const token = await desk.mfaToken(name);
      for (let tries = 0; tries < 3; tries++) expect((await desk.otp(token, '000000')).status).toBe(403);
      const asked = await desk.call('POST', 'challenge', { body: { mfa_token: token, challenge_type: 'oob' } });
      const oobCode = String(asked.body.oob_code);
      for (let tries = 0; tries < 2; tries++) expect((await desk.oob(token, oobCode, '000000')).status).toBe(403);
      const refused = await desk.otp(token, desk.code());
      expect(refused).toMatchObject(tooMany);
      expect(refused.headers.get('retry-after')).toBe('360');
      expect((await browser.post(page, { code: desk.code(), action: 'default' })).status).toBe(429);
      door.house.clock.advance(6 * 60_000);
      expect(await desk.otp(token, '000000')).toMatchObject({ status: 403 });
      expect(await desk.otp(token, desk.code())).toMatchObject(tooMany);
    });
  });

  test('a user who is blocked meanwhile gets no further', async () => {
    const { name, user } = await desk.newUser('otp');
    const { store, tenant } = desk.door.house;
    const token = await desk.mfaToken(name);
    await store.users.update(tenant.id, user.id, (current) => ({ ...current, blocked: true }));
    expect(await desk.otp(token, desk.code())).toMatchObject({ status: 403, body: { error: 'unauthorized' } });
    expect(await desk.call('GET', 'authenticators', { bearer: token })).toMatchObject({ status: 403 });
  });

  test.each<[string, string, string, Record<string, string>]>([
    ['no bearer', 'GET', 'authenticators', {}],
    ['Basic', 'GET', 'authenticators', { authorization: 'Basic eDp5' }],
    ['a made-up one', 'GET', 'authenticators', { authorization: 'Bearer nothing' }],
    ['a made-up JWT', 'GET', 'authenticators', { authorization: 'Bearer aa.bb.cc' }],
    ['one of another server', 'GET', 'authenticators', { authorization: 'Bearer Fe26.2*1*a*b*c*d*e*f' }],
    ['a made-up one to enroll', 'POST', 'associate', { authorization: 'Bearer nothing' }],
    ['a made-up one to remove', 'DELETE', 'authenticators/totp%7Cdev_x', { authorization: 'Bearer nothing' }],
  ])('%s is refused with 401', async (_name, method, path, headers) => {
    expect(await desk.call(method, path, { headers })).toMatchObject({ status: 401 });
  });

  test.each([
    ['DELETE', 'associate'],
    ['GET', 'challenge'],
    ['POST', 'authenticators'],
  ])('%s of %s is no method of it', async (method, path) => {
    expect(await desk.call(method, path)).toMatchObject({ status: 405, body: { error: 'method_not_allowed' } });
  });
});
