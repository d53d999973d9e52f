// What a client of the MFA API can do with an `mfa_token`: look, ask for a challenge, answer it; and every way to be refused.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type MfaDesk, NATIVE, OTHER, openMfaDesk, PHONE } from './mfa-desk.ts';

const challengeWith = (...types: string[]) =>
  `exports.onExecutePostLogin = async (event, api) => { api.authentication.challengeWithAny(${JSON.stringify(types.map((type) => ({ type })))}); };`;
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

  test('a look at what there is', async () => {
    const { name, user } = await desk.newUser('otp', 'phone', 'email');
    const token = await desk.mfaToken(name);
    const { status, body } = await desk.call('GET', 'authenticators', { bearer: token });
    expect(status).toBe(200);
    expect(body).toEqual([
      { id: expect.stringMatching(/^totp\|dev_[A-Za-z0-9]{16}$/), authenticator_type: 'otp', active: true },
      {
        id: expect.stringMatching(/^sms\|dev_/),
        authenticator_type: 'oob',
        active: true,
        oob_channel: 'sms',
        name: 'XXXXXXXXX0123',
      },
      {
        id: expect.stringMatching(/^email\|dev_[A-Za-z0-9]{16}$/),
        authenticator_type: 'oob',
        active: true,
        oob_channel: 'email',
        name: `${String(user.email).slice(0, 4)}${'*'.repeat(name.length - 4)}@exam*******`,
      },
    ]);
    const again = await desk.call('GET', 'authenticators', { bearer: token });
    expect(again.body).toEqual(body);
  });

  test('where a script asked, a look tells the factors as scripts name them', async () => {
    const { name } = await desk.newUser('otp', 'phone');
    await desk.door.house.bind(challengeWith('otp', 'phone'));
    const { body } = await desk.call('GET', 'authenticators', { bearer: await desk.mfaToken(name) });
    expect(body).toMatchObject([{ type: 'otp' }, { type: 'phone' }]);
  });

  test('somebody without a factor has an empty list', async () => {
    const { name } = await desk.newUser();
    expect(await desk.call('GET', 'authenticators', { bearer: await desk.mfaToken(name) })).toMatchObject({
      status: 200,
      body: [],
    });
  });

  describe('an app', () => {
    test('answers without a challenge; the token is spent with it', async () => {
      const { name, user } = await desk.newUser('otp');
      const token = await desk.mfaToken(name);
      const answer = await desk.otp(token, desk.code());
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'openid' } });
      expect(decodeJwt(String(answer.body.id_token))).not.toHaveProperty('amr');
      expect(await desk.newestLogs(1)).toEqual([{ type: 'seotpft', userId: user.id }]);
      desk.nextStep();
      expect(await desk.otp(token, desk.code())).toMatchObject(SPENT);
      expect(await desk.call('GET', 'authenticators', { bearer: token })).toMatchObject(SPENT);
      expect(await desk.call('POST', 'challenge', { body: { mfa_token: token } })).toMatchObject(SPENT);
    });

    test('and with one', async () => {
      const { name } = await desk.newUser('otp');
      const token = await desk.mfaToken(name);
      const body = { mfa_token: token, challenge_type: 'otp', ...NATIVE };
      expect(await desk.call('POST', 'challenge', { body })).toMatchObject({
        status: 200,
        body: { challenge_type: 'otp' },
      });
      expect(await desk.otp(token, desk.code())).toMatchObject({ status: 200 });
    });

    test('a wrong code, and one that was used in another login', async () => {
      const { name, user } = await desk.newUser('otp');
      const wrong = { status: 403, body: { error: 'invalid_grant', error_description: 'Invalid otp_code.' } };
      const first = await desk.mfaToken(name);
      expect(await desk.otp(first, '000000')).toMatchObject(wrong);
      expect(await desk.newestLogs(2)).toEqual([
        { type: 'feotpft', userId: user.id },
        { type: 'gd_auth_failed', userId: user.id },
      ]);
      const code = desk.code();
      expect(await desk.otp(first, code)).toMatchObject({ status: 200 });
      expect(await desk.otp(await desk.mfaToken(name), code)).toMatchObject(wrong);
    });

    test('of ten at once one wins', async () => {
      const { name } = await desk.newUser('otp');
      const token = await desk.mfaToken(name);
      const code = desk.code();
      const answers = await Promise.all(Array.from({ length: 10 }, () => desk.otp(token, code)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(403)]);
    });
  });

  describe('a code that is sent', () => {
    test('by SMS', async () => {
      const { name, user } = await desk.newUser('phone');
      const token = await desk.mfaToken(name);
      const asked = await desk.call('POST', 'challenge', { body: { mfa_token: token, challenge_type: 'oob' } });
      expect(asked).toMatchObject({
        status: 200,
        body: { challenge_type: 'oob', oob_code: expect.any(String), binding_method: 'prompt' },
      });
      const code = await desk.door.house.codeFor(PHONE);
      const answer = await desk.oob(token, String(asked.body.oob_code), code);
      expect(answer).toMatchObject({ status: 200 });
      expect(await desk.newestLogs(1)).toEqual([{ type: 'seoobft', userId: user.id }]);
      expect(await desk.oob(token, String(asked.body.oob_code), code)).toMatchObject(SPENT);
    });

    test('to a mailbox that enrolled itself, by the id it is listed with', async () => {
      const { name, user } = await desk.newUser('email');
      const token = await desk.mfaToken(name);
      const list = await desk.call('GET', 'authenticators', { bearer: token });
      const [{ id }] = list.body as unknown as [{ id: string }];
      const asked = await desk.call('POST', 'challenge', { body: { mfa_token: token, authenticator_id: id } });
      expect(asked).toMatchObject({ status: 200, body: { challenge_type: 'oob' } });
      const code = await desk.door.house.codeFor(String(user.email));
      expect(await desk.oob(token, String(asked.body.oob_code), code)).toMatchObject({ status: 200 });
    });

    test('asked for again it is sent again, and the former one is worth nothing', async () => {
      const { name } = await desk.newUser('phone');
      const token = await desk.mfaToken(name);
      const ask = async () => {
        const { body } = await desk.call('POST', 'challenge', { body: { mfa_token: token } });
        return { oobCode: String(body.oob_code), code: await desk.door.house.codeFor(PHONE) };
      };
      const former = await ask();
      desk.door.house.clock.advance(1000);
      const present = await ask();
      expect(present.oobCode).not.toBe(former.oobCode);
      expect(await desk.oob(token, former.oobCode, former.code)).toMatchObject({ status: 400 });
      expect(await desk.oob(token, present.oobCode, present.code)).toMatchObject({ status: 200 });
    });

    test('ten messages in one login, then no more', async () => {
      const { name } = await desk.newUser('phone');
      const token = await desk.mfaToken(name);
      const ask = () => desk.call('POST', 'challenge', { body: { mfa_token: token } });
      for (let sent = 0; sent < 10; sent++) expect((await ask()).status).toBe(200);
      expect(await ask()).toMatchObject({
        status: 429,
        body: {
          error: 'invalid_request',
          error_description: 'Too many SMS sent by the user. Wait for some minutes before retrying.',
        },
      });
    });

    test.each<
      [string, (asked: { oobCode: string; code: string }) => [string, string | undefined], number, string, string]
    >([
      ['a wrong code', ({ oobCode }) => [oobCode, '000000'], 403, 'invalid_grant', 'Invalid binding_code.'],
      [
        'no code',
        ({ oobCode }) => [oobCode, undefined],
        400,
        'invalid_request',
        'Missing required parameter: binding_code',
      ],
      ['a malformed oob_code', ({ code }) => ['x', code], 400, 'invalid_grant', 'Malformed oob_code'],
      [
        'another oob_code',
        ({ code }) => ['00000000-0000-4000-8000-000000000000', code],
        400,
        'invalid_request',
        "The oob_code doesn't match the mfa_token",
      ],
    ])('%s', async (_name, make, status, error, error_description) => {
      const { name } = await desk.newUser('phone');
      const token = await desk.mfaToken(name);
      const { body } = await desk.call('POST', 'challenge', { body: { mfa_token: token } });
      const asked = { oobCode: String(body.oob_code), code: await desk.door.house.codeFor(PHONE) };
      expect(await desk.oob(token, ...make(asked))).toMatchObject({ status, body: { error, error_description } });
    });

    test('after five minutes it is a wrong one', async () => {
      const { name } = await desk.newUser('phone');
      const token = await desk.mfaToken(name);
      const { body } = await desk.call('POST', 'challenge', { body: { mfa_token: token } });
      const code = await desk.door.house.codeFor(PHONE);
      desk.door.house.clock.advance(5 * 60_000);
      expect(await desk.oob(token, String(body.oob_code), code)).toMatchObject({
        status: 403,
        body: { error_description: 'Invalid binding_code.' },
      });
    });

    test('is written in the language that is asked for', async () => {
      const { name } = await desk.newUser('phone');
      const { house } = desk.door;
      await house.editTenant((tenant) => ({ ...tenant, enabledLocales: ['en', 'ja'] }));
      const token = await desk.mfaToken(name);
      const headers = { 'x-request-language': 'ja-JP' };
      await desk.call('POST', 'challenge', { body: { mfa_token: token }, headers });
      const [message] = await house.store.messages.inbox(house.tenant.id, PHONE, 1);
      expect(message?.text).toMatch(/[\u3040-\u30ff]/);
    });
  });

  describe('a challenge is refused', () => {
    test.each<[string, ('otp' | 'phone')[], Record<string, unknown>, number, string, RegExp]>([
      ['no token', ['otp'], { mfa_token: '' }, 400, 'invalid_request', /mfa_token/],
      ['a made-up token', ['otp'], { mfa_token: 'x' }, 401, 'invalid_grant', /^Malformed mfa_token$/],
      ['a JWT', ['otp'], { mfa_token: 'aaaa.bbbb.cccc' }, 401, 'invalid_grant', /^Malformed mfa_token$/],
      ['another client', ['otp'], { ...OTHER }, 400, 'invalid_request', /^mfa_token not issued to this client$/],
      ['another client id', ['otp'], { client_id: 'other' }, 400, 'invalid_request', /not issued/],
      ['a wrong secret', ['otp'], { ...NATIVE, client_secret: 'x' }, 401, 'access_denied', /^Unauthorized$/],
      ['nobody enrolled', [], {}, 403, 'association_required', /associate/],
      ['another kind', ['otp'], { challenge_type: 'oob' }, 401, 'unsupported_challenge_type', /\(oob\).*otp/],
      ['no kind that is known', ['otp'], { challenge_type: 'push' }, 400, 'unsupported_challenge_type', /push/],
      ['an unknown authenticator', ['otp'], { authenticator_id: 'totp|dev_x' }, 404, 'not_found', /does not exist/],
    ])('%s', async (_name, has, more, status, error, text) => {
      const { name } = await desk.newUser(...has);
      const body = { mfa_token: await desk.mfaToken(name), ...more };
      expect(await desk.call('POST', 'challenge', { body })).toMatchObject({
        status,
        body: { error, error_description: expect.stringMatching(text) },
      });
    });

    test('for an authenticator that the script did not ask for', async () => {
      const { name } = await desk.newUser('otp', 'phone');
      await desk.door.house.bind(challengeWith('otp'));
      const token = await desk.mfaToken(name);
      const list = (await desk.call('GET', 'authenticators', { bearer: token })).body as unknown as { id: string }[];
      const authenticator_id = list.find(({ id }) => id.startsWith('sms|'))?.id;
      expect(await desk.call('POST', 'challenge', { body: { mfa_token: token, authenticator_id } })).toMatchObject({
        status: 401,
        body: { error: 'unsupported_challenge_type' },
      });
    });

    test('for a client without the grants', async () => {
      const { name } = await desk.newUser('otp');
      const bare = { grant_type: 'password', username: `${name}@example.com`, password: PASSWORD, client_id: 'bare' };
      const { status, body } = await desk.token(bare);
      expect({ status, error: body.error }).toEqual({ status: 403, error: 'mfa_required' });
      const refused = { status: 403, body: { error: 'unauthorized_client' } };
      const mfa_token = String(body.mfa_token);
      expect(await desk.call('POST', 'challenge', { body: { mfa_token } })).toMatchObject(refused);
      expect(await desk.otp(mfa_token, desk.code(), { client_id: 'bare' })).toMatchObject(refused);
    });
  });
});
