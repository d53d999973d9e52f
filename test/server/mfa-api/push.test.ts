// Test: phones that approve sign-ins, through the MFA API: a client asks until the person has answered, and shows no number.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserRecord } from '#storage/records.ts';
import { TOTP_KEY } from '#test/kit/house.ts';
import { type Exchange, openExchange, type Phone } from '../push/phone.ts';
import { type MfaDesk, openMfaDesk } from './mfa-desk.ts';

const CHALLENGE = `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'push-notification' });`;
const PENDING = { status: 400, body: { error: 'authorization_pending' } };

let desk: MfaDesk;
let phones: Exchange;
beforeAll(async () => {
  desk = await openMfaDesk({ on: ['push-notification', 'otp', 'recovery-code'] });
  phones = openExchange(desk.door.house);
  const { house } = desk.door;
  await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
}, 60_000);
afterAll(() => desk.close());

const wait = () => desk.door.house.clock.advance(5_000);
const poll = (token: string, code: unknown) => {
  wait();
  return desk.oob(token, String(code));
};
const associateWith = { authenticator_types: ['oob'], oob_channels: ['auth0'] };

/** Somebody who has enrolled a phone by a client. */
async function enrolled() {
  const { name, user } = await desk.newUser();
  const token = await desk.mfaToken(name);
  const { status, body } = await desk.associate(token, associateWith);
  expect(status).toBe(200);
  return { name, user, token, body };
}

const keyIn = (uri: unknown) => new URL(String(uri)).hash.slice(1);

type WithPhone = { name: string; user: UserRecord; phone: Phone; answer: Awaited<ReturnType<typeof poll>> };
async function withPhone(): Promise<WithPhone> {
  const { name, user, token, body } = await enrolled();
  const { phone } = await phones.enroll(keyIn(body.barcode_uri));
  return { name, user, phone, answer: await poll(token, body.oob_code) };
}

describe('enrollment', () => {
  test('answers with the address of the page, and a code to ask by until the phone is there', async () => {
    const { token, body } = await enrolled();
    const base = desk.door.house.tenant.baseUrl;
    expect(body).toEqual({
      authenticator_type: 'oob',
      barcode_uri: expect.stringMatching(new RegExp(`^${base}/push/enroll#[\\w-]{43}$`)),
      recovery_codes: [expect.stringMatching(/^[A-Z0-9]{24}$/)],
      oob_channel: 'auth0',
      oob_code: expect.stringMatching(/^dev_[A-Za-z0-9]{16}$/),
    });
    expect(await desk.list(token)).toMatchObject([
      { id: `push|${body.oob_code}`, active: false, oob_channel: 'auth0' },
    ]);
    expect(await poll(token, body.oob_code)).toMatchObject(PENDING);
    const { phone } = await phones.enroll(keyIn(body.barcode_uri));
    expect(`${phone.id}`).toBe(body.oob_code);
    const answer = await poll(token, body.oob_code);
    expect(answer.status).toBe(200);
    expect(answer.body.access_token).toBeDefined();
  });

  test('that was asked for again is that of the second address alone', async () => {
    const { token, body } = await enrolled();
    const again = await desk.associate(token, associateWith);
    expect((await phones.enroll(keyIn(body.barcode_uri))).status).toBe(410);
    expect((await poll(token, body.oob_code)).body.error).toBe('invalid_request');
    expect((await phones.enroll(keyIn(again.body.barcode_uri))).status).toBe(200);
    expect((await poll(token, again.body.oob_code)).status).toBe(200);
  });

  test('whose picture has run out says so', async () => {
    const { token, body } = await enrolled();
    desk.door.house.clock.advance(5 * 60_000);
    expect(await poll(token, body.oob_code)).toMatchObject({ status: 401, body: { error: 'expired_token' } });
  });
});

describe('a challenge', () => {
  test.each([
    ['approved', { decision: 'approve', number: '' }, 200, undefined],
    ['refused', { decision: 'refuse' }, 400, 'access_denied'],
    ['answered with a number that nobody shows', { decision: 'approve', number: '12' }, 400, 'access_denied'],
  ])('that is %s', async (_case, decision, status, error) => {
    const { name, phone } = await withPhone();
    const token = await desk.mfaToken(name);
    expect((await desk.list(token)).map(({ id }) => id)).toEqual([
      `push|${phone.id}`,
      `totp|${phone.id}`,
      expect.stringMatching(/^recovery-code\|/),
    ]);
    const asked = await desk.call('POST', 'challenge', {
      body: { mfa_token: token, client_id: 'native', client_secret: 'native secret', challenge_type: 'oob' },
    });
    expect(asked.body).toEqual({ challenge_type: 'oob', oob_code: expect.any(String) });
    expect(await poll(token, asked.body.oob_code)).toMatchObject(PENDING);
    const request = await phone.request();
    expect(request.choices).toEqual([]);
    await phone.say('answer', { request: request.id, ...decision });
    const answer = await poll(token, asked.body.oob_code);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toBe(error);
    if (error) expect(answer.body.error_description).toBe('MFA Authorization rejected.');
  });

  test('that is asked about too often is told to slow down, and counts no failure', async () => {
    const { name } = await withPhone();
    const token = await desk.mfaToken(name);
    const { body } = await desk.call('POST', 'challenge', {
      body: { mfa_token: token, client_id: 'native', client_secret: 'native secret' },
    });
    const before = await desk.door.house.logTypes();
    expect(await poll(token, body.oob_code)).toMatchObject(PENDING);
    const fast = await desk.oob(token, String(body.oob_code));
    expect(fast).toMatchObject({ status: 400, body: { error: 'slow_down' } });
    expect(fast.headers.get('retry-after')).toBe('5');
    expect(await poll(token, body.oob_code)).toMatchObject(PENDING);
    expect(await desk.door.house.logTypes()).toEqual(before);
  });

  test('that ran out says so', async () => {
    const { name } = await withPhone();
    const token = await desk.mfaToken(name);
    const { body } = await desk.call('POST', 'challenge', {
      body: { mfa_token: token, client_id: 'native', client_secret: 'native secret' },
    });
    desk.door.house.clock.advance(5 * 60_000);
    expect(await poll(token, body.oob_code)).toMatchObject({ status: 401, body: { error: 'expired_token' } });
  });

  test('is met by a code of the device that was named, which is not asked, whatever else makes codes', async () => {
    const { name, user, phone } = await withPhone();
    const { house } = desk.door;
    const app = { tenantId: user.tenantId, userId: user.id, type: 'totp', confirmed: true, secret: TOTP_KEY } as const;
    await house.store.authenticators.insert({ ...app, id: `${phone.id}2`, createdAt: house.clock.at });
    const token = await desk.mfaToken(name);
    const challenge = { mfa_token: token, client_id: 'native', client_secret: 'native secret' };
    const asked = await desk.call('POST', 'challenge', {
      body: { ...challenge, authenticator_id: `totp|${phone.id}` },
    });
    expect(asked.body).toEqual({ challenge_type: 'otp' });
    expect(await house.store.pushRequests.pending(user.tenantId, phone.id, house.clock.at)).toEqual([]);
    const epoch = Math.floor(desk.door.house.clock.at / 1000);
    expect((await desk.otp(token, generateSync({ secret: phone.secret, epoch }))).status).toBe(200);
  });

  test('of a script that wants no codes is not met by them', async () => {
    const { name, phone } = await withPhone();
    await desk.door.house.bind(CHALLENGE.replace("'push-notification'", '$&, options: { otpFallback: false }'));
    const token = await desk.mfaToken(name);
    const asked = await desk.call('POST', 'challenge', {
      body: {
        mfa_token: token,
        client_id: 'native',
        client_secret: 'native secret',
        authenticator_id: `totp|${phone.id}`,
      },
    });
    await desk.door.house.bind();
    expect(asked).toMatchObject({ status: 401, body: { error: 'unsupported_challenge_type' } });
    const epoch = Math.floor(desk.door.house.clock.at / 1000);
    expect((await desk.otp(token, generateSync({ secret: phone.secret, epoch }))).status).toBe(403);
  });

  test('of a script names the factor', async () => {
    const { name } = await withPhone();
    await desk.door.house.bind(CHALLENGE);
    const { body } = await desk.signIn(name);
    await desk.door.house.bind();
    expect(body.mfa_requirements).toEqual({ challenge: [{ type: 'push-notification' }] });
  });
});
