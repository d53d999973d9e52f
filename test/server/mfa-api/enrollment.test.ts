// The first authenticator of somebody, enrolled by a client that holds the `mfa_token` of a login which asks for one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { type MfaDesk, NATIVE, OTHER, openMfaDesk } from './mfa-desk.ts';

const OTP = { authenticator_types: ['otp'] };
const SMS = { authenticator_types: ['oob'], oob_channels: ['sms'], phone_number: '+44 7700 900555' };
const EMAIL = { authenticator_types: ['oob'], oob_channels: ['email'], email: 'Second@Example.com' };
const ENROLLED = { status: 403, body: { error: 'access_denied', error_description: 'User is already enrolled.' } };
const RECOVERY_CODE = expect.stringMatching(/^[A-Z0-9]{24}$/);

// The commits of enrollments meet guards of the database, so both are asked each time.
describe.each(databases())('%s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
  });
  afterAll(() => desk.close());
  const bind = (source: string) =>
    desk.door.house.bind(`exports.onExecutePostLogin = async (event, api) => { ${source} };`);
  beforeEach(async () => {
    await desk.door.house.bind();
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
  });

  describe('the first one', () => {
    test('an app, with a recovery code', async () => {
      const { name, user } = await desk.newUser();
      const token = await desk.mfaToken(name);
      const { status, body } = await desk.associate(token, { ...OTP, ...NATIVE });
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          authenticator_type: 'otp',
          secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
          barcode_uri: expect.stringMatching(
            new RegExp(`^otpauth://totp/[^?]+:${name}%40example.com\\?secret=${body.secret}&issuer=`),
          ),
          recovery_codes: [RECOVERY_CODE],
        },
      });
      expect(await desk.list(token)).toMatchObject([{ id: expect.stringMatching(/^totp\|dev_/), active: false }]);
      expect(await desk.otp(token, '000000')).toMatchObject({
        status: 403,
        body: { error_description: 'Invalid otp_code.' },
      });
      const answer = await desk.otp(token, desk.code(String(body.secret)));
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
      expect(answer.body).not.toHaveProperty('recovery_code');
      expect(
        (await desk.door.house.store.authenticators.ofUser(user.tenantId, user.id)).map(({ type }) => type),
      ).toEqual(['totp', 'recovery-code']);
    });

    test.each<[string, Record<string, unknown>, string, string]>([
      ['a phone', SMS, '+447700900555', 'sms'],
      ['a mailbox', EMAIL, 'second@example.com', 'email'],
      ['one of several channels', { ...SMS, oob_channels: ['voice', 'sms'] }, '+447700900555', 'sms'],
    ])('%s', async (_name, wanted, to, channel) => {
      const { name } = await desk.newUser();
      const token = await desk.mfaToken(name);
      const { status, body } = await desk.associate(token, wanted);
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          authenticator_type: 'oob',
          binding_method: 'prompt',
          recovery_codes: [RECOVERY_CODE],
          oob_channel: channel,
          oob_code: expect.any(String),
        },
      });
      expect(await desk.list(token)).toMatchObject([{ oob_channel: channel, active: false }]);
      const oobCode = String(body.oob_code);
      expect(await desk.oob(token, oobCode, '000000')).toMatchObject({ status: 403 });
      expect(await desk.oob(token, oobCode, await desk.door.house.codeFor(to))).toMatchObject({ status: 200 });
      const next = await desk.mfaToken(name);
      expect(await desk.list(next)).toMatchObject([
        { oob_channel: channel, active: true },
        { authenticator_type: 'recovery-code' },
      ]);
    });

    test('a mailbox that enrolled itself is no enrollment, and may be asked instead', async () => {
      const { name, user } = await desk.newUser('email');
      const token = await desk.mfaToken(name);
      expect(await desk.associate(token, OTP)).toMatchObject({ status: 200 });
      const asked = await desk.call('POST', 'challenge', { body: { mfa_token: token } });
      expect(asked).toMatchObject({ status: 200, body: { challenge_type: 'oob' } });
      const begun = await desk.associate(token, OTP);
      expect(begun).toMatchObject({ status: 200 });
      const again = await desk.call('POST', 'challenge', { body: { mfa_token: token } });
      const code = await desk.door.house.codeFor(String(user.email));
      expect(await desk.oob(token, String(again.body.oob_code), code)).toMatchObject({ status: 200 });
      expect(await desk.door.house.store.authenticators.ofUser(user.tenantId, user.id)).toEqual([]);
    });

    test('a script says what may be enrolled', async () => {
      const { name } = await desk.newUser();
      await bind(`api.authentication.enrollWith({ type: 'otp' });`);
      const token = await desk.mfaToken(name);
      expect(await desk.associate(token, SMS)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      const { body } = await desk.associate(token, OTP);
      expect(await desk.otp(token, desk.code(String(body.secret)))).toMatchObject({ status: 200 });
    });

    test('is not begun by who has one', async () => {
      const { name } = await desk.newUser('otp');
      expect(await desk.associate(await desk.mfaToken(name), SMS)).toMatchObject(ENROLLED);
    });

    test('of two windows one wins', async () => {
      const { name, user } = await desk.newUser();
      const windows = await Promise.all([1, 2].map(() => desk.mfaToken(name)));
      const secrets = await Promise.all(
        windows.map(async (token) => String((await desk.associate(token, OTP)).body.secret)),
      );
      const answers = await Promise.all(windows.map((token, index) => desk.otp(token, desk.code(secrets[index]))));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
      const rows = await desk.door.house.store.authenticators.ofUser(user.tenantId, user.id);
      expect(rows.filter(({ type }) => type === 'totp')).toHaveLength(1);
    });

    test.each<[string, Record<string, unknown>, number, RegExp]>([
      ['no types', {}, 400, /^Missing required parameter: authenticator_types$/],
      ['types that are no list', { authenticator_types: 'otp' }, 400, /list of texts/],
      ['an empty list', { authenticator_types: [] }, 400, /list of texts/],
      ['lists in lists', { authenticator_types: [['otp']] }, 400, /list of texts/],
      ['an unknown type', { authenticator_types: ['face'] }, 400, /otp or oob/],
      ['no channels', { authenticator_types: ['oob'] }, 400, /^Missing required parameter: oob_channels$/],
      ['an unknown channel', { ...SMS, oob_channels: ['pigeon'] }, 400, /must hold one of/],
      ['voice', { ...SMS, oob_channels: ['voice'] }, 400, /voice is not supported/],
      ['push where it is off', { ...SMS, oob_channels: ['auth0'] }, 400, /^This authenticator cannot be enrolled now$/],
      ['no number', { ...SMS, phone_number: undefined }, 400, /^Missing required parameter: phone_number$/],
      ['a number that is none', { ...SMS, phone_number: 'x' }, 400, /^The phone number is invalid\.$/],
      ['a number that is no text', { ...SMS, phone_number: 5 }, 400, /must be a text/],
      ['no mailbox', { ...EMAIL, email: '' }, 400, /^Missing required parameter: email$/],
      ['a mailbox that is none', { ...EMAIL, email: 'x' }, 400, /^The email is invalid\.$/],
      ['a secret that is wrong', { ...OTP, ...NATIVE, client_secret: 'x' }, 401, /^Unauthorized$/],
      ['another client', { ...OTP, ...OTHER }, 400, /^mfa_token not issued to this client$/],
    ])('%s is refused', async (_name, body, status, text) => {
      const { name } = await desk.newUser();
      const answer = await desk.associate(await desk.mfaToken(name), body);
      expect(answer).toMatchObject({ status, body: { error_description: expect.stringMatching(text) } });
    });

    test('a body that is no object is refused', async () => {
      const { name } = await desk.newUser();
      const token = await desk.mfaToken(name);
      for (const text of ['', '[]', '{', '"x"', '{"authenticator_types":["\\u0000"]}']) {
        const response = await desk.door.app.request(`${desk.door.site}/mfa/associate`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: text,
        });
        expect(response.status).toBe(400);
      }
    });
  });
});
