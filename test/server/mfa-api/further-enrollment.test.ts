// What an access token of the MFA audience opens: a further authenticator, and taking one away.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { type Answer, GRANT, type MfaDesk, OTHER, openMfaDesk, PHONE } from './mfa-desk.ts';

const OTP = { authenticator_types: ['otp'] };
const SMS = { authenticator_types: ['oob'], oob_channels: ['sms'], phone_number: '+44 7700 900555' };
const ENROLLED = { status: 403, body: { error: 'access_denied', error_description: 'User is already enrolled.' } };

// The commits meet guards of the database, so both are asked each time.
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
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  });

  const audience = () => ({ audience: `${desk.door.site}/mfa/`, scope: '' });
  /** Of somebody with these factors, the app shown for it where there is one. */
  const signedIn = async (...has: ('otp' | 'email')[]) => {
    const { name, user } = await desk.newUser(...has);
    const answer = await desk.signIn(name, audience());
    const token: Answer = has.includes('otp') ? await desk.otp(String(answer.body.mfa_token), desk.code()) : answer;
    return { name, user, token: String(token.body.access_token), answer: token };
  };

  test('which is had for a second factor, where there is one', async () => {
    const { name } = await desk.newUser('otp', 'email');
    await bind(`api.multifactor.enable('none');`);
    expect(await desk.signIn(name, audience())).toMatchObject({ status: 403, body: { error: 'mfa_required' } });
    expect(await desk.signIn(name)).toMatchObject({ status: 200 });
    for (const has of [[], ['email']] as const) {
      const { answer } = await signedIn(...has);
      expect(answer).toMatchObject({
        status: 200,
        body: { expires_in: 600, scope: 'enroll read:authenticators remove:authenticators' },
      });
    }
  });

  test('a further one is enrolled', async () => {
    const { user, token } = await signedIn('otp');
    const begun = await desk.associate(token, SMS);
    expect(begun).toMatchObject({ status: 200, body: { oob_channel: 'sms' } });
    const oobCode = String(begun.body.oob_code);
    const code = await desk.door.house.codeFor('+447700900555');
    expect(await desk.oob(token, 'dev_0123456789abcdef', code)).toMatchObject({ status: 400 });
    expect(await desk.oob(token, oobCode, '000000')).toMatchObject({
      status: 403,
      body: { error_description: 'Invalid binding_code.' },
    });
    const answer = await desk.oob(token, oobCode, code);
    expect(answer).toMatchObject({ status: 200, body: { expires_in: 600 } });
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ sub: user.id, azp: 'native' });
    expect(await desk.oob(token, oobCode, code)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
    expect((await desk.list(token)).map(({ id }) => id.split('|')[0])).toEqual(['totp', 'sms']);
  });

  test('the first one too, begun twice', async () => {
    const { token } = await signedIn();
    const former = String((await desk.associate(token, OTP)).body.secret);
    const present = String((await desk.associate(token, OTP)).body.secret);
    expect(await desk.otp(token, desk.code(former))).toMatchObject({ status: 403 });
    expect(await desk.otp(token, desk.code(present))).toMatchObject({ status: 200 });
  });

  test('not a second one of a kind', async () => {
    const { token } = await signedIn('otp');
    expect(await desk.associate(token, OTP)).toMatchObject(ENROLLED);
  });

  test('not beside a factor that is newer than the token', async () => {
    const { name, token } = await signedIn();
    desk.door.house.clock.advance(60_000);
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
    const mfaToken = await desk.mfaToken(name);
    const { body } = await desk.associate(mfaToken, OTP);
    expect(await desk.otp(mfaToken, desk.code(String(body.secret)))).toMatchObject({ status: 200 });
    expect(await desk.associate(token, SMS)).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  });

  test('what was begun goes by no other key', async () => {
    const { token } = await signedIn();
    const { body } = await desk.associate(token, SMS);
    const oobCode = String(body.oob_code);
    const code = await desk.door.house.codeFor('+447700900555');
    expect(await desk.oob(`${token} ${oobCode}`, oobCode, code)).toMatchObject({ status: 401 });
    expect(await desk.call('POST', 'challenge', { body: { mfa_token: token } })).toMatchObject({
      status: 401,
      body: { error_description: 'Malformed mfa_token' },
    });
    const other = {
      grant_type: `${GRANT}mfa-oob`,
      mfa_token: token,
      oob_code: oobCode,
      binding_code: code,
      ...OTHER,
    };
    expect(await desk.token(other)).toMatchObject({ status: 400 });
    expect(await desk.oob(token, oobCode, code)).toMatchObject({ status: 200 });
  });

  test('is for this API, and for what its scopes say', async () => {
    const { name } = await desk.newUser();
    const wrong = String((await desk.signIn(name, { audience: 'https://api.example/' })).body.access_token);
    expect(await desk.call('GET', 'authenticators', { bearer: wrong })).toMatchObject({ status: 401 });
    const opaque = String((await desk.signIn(name)).body.access_token);
    expect(await desk.call('GET', 'authenticators', { bearer: opaque })).toMatchObject({ status: 401 });
    const narrow = String((await desk.signIn(name, { ...audience(), scope: 'read:authenticators' })).body.access_token);
    expect(await desk.call('GET', 'authenticators', { bearer: narrow })).toMatchObject({ status: 200 });
    expect(await desk.associate(narrow, OTP)).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    expect(await desk.call('DELETE', 'authenticators/totp%7Cdev_x', { bearer: narrow })).toMatchObject({
      status: 403,
    });
  });

  test('runs out after ten minutes', async () => {
    const { token } = await signedIn('otp');
    desk.door.house.clock.advance(600_000);
    expect(await desk.call('GET', 'authenticators', { bearer: token })).toMatchObject({ status: 401 });
  });

  test('an authenticator is removed', async () => {
    const { name, user, token } = await signedIn('otp');
    const id = String((await desk.list(token))[0]?.id);
    const remove = (wireId: string, bearer = token) =>
      desk.call('DELETE', `authenticators/${encodeURIComponent(wireId)}`, { bearer });
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
    expect(await remove(id, await desk.mfaToken(name))).toMatchObject({ status: 403 });
    expect(await remove(id.replace('totp', 'sms'))).toMatchObject({ status: 404 });
    const other = await signedIn('otp');
    expect(await remove(id, other.token)).toMatchObject({ status: 404 });
    expect(await remove(id)).toMatchObject({ status: 204, body: {} });
    expect(await desk.newestLogs(1)).toEqual([{ type: 'gd_unenroll', userId: user.id }]);
    expect(await remove(id)).toMatchObject({ status: 404 });
    expect(await desk.list(token)).toEqual([]);
  });

  test('nothing is removed by who showed nothing: neither a mailbox that is all there is, nor what is newer', async () => {
    const remove = (id: string, bearer: string) =>
      desk.call('DELETE', `authenticators/${encodeURIComponent(id)}`, { bearer });
    const { user, token } = await signedIn();
    const { store, tenant, clock } = desk.door.house;
    const row = { tenantId: tenant.id, userId: user.id, confirmed: true, enrolledAt: clock.at, createdAt: clock.at };
    const email = `another-${user.id.slice(-8)}@example.com`;
    await store.authenticators.insert({ ...row, id: `dev_${user.id.slice(-16)}`, type: 'email', email });
    // The token of somebody who could show a mailbox alone is had for a password.
    const [mailbox] = await desk.list(token);
    expect(await remove(String(mailbox?.id), token)).toMatchObject({ status: 403, body: { error: 'access_denied' } });
    clock.advance(60_000);
    const later = { ...row, enrolledAt: clock.at, createdAt: clock.at };
    await store.authenticators.insert({
      ...later,
      id: `dev_x${user.id.slice(-15)}`,
      type: 'phone',
      phoneNumber: PHONE,
    });
    const phone = (await desk.list(token)).find(({ id }) => id.startsWith('sms'));
    expect(await remove(String(phone?.id), token)).toMatchObject({ status: 403 });
    expect(await store.authenticators.ofUser(tenant.id, user.id)).toHaveLength(2);
  });

  test('nor by who knew a former password', async () => {
    const { user, token } = await signedIn('otp');
    const { store, tenant, clock } = desk.door.house;
    const id = String((await desk.list(token))[0]?.id);
    clock.advance(1000);
    const at = clock.at;
    await store.commit([
      { kind: 'user.set-password', tenantId: tenant.id, id: user.id, passwordHash: 'x', keep: 0, at },
    ]);
    const answer = await desk.call('DELETE', `authenticators/${encodeURIComponent(id)}`, { bearer: token });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(await desk.associate(token, SMS)).toMatchObject({ status: 401 });
  });

  test('one person has a handful of messages sent, not one with every call', async () => {
    const { token } = await signedIn();
    const { messages } = desk.door.house.store;
    const phone_number = '+447700900666';
    for (let i = 0; i < 10; i++) expect((await desk.associate(token, { ...SMS, phone_number })).status).toBe(200);
    expect(await desk.associate(token, { ...SMS, phone_number })).toMatchObject({
      status: 429,
      body: { error: 'invalid_request', error_description: expect.stringContaining('Too many SMS') },
    });
    expect(await messages.inbox(desk.door.house.tenant.id, phone_number, 50)).toHaveLength(10);
  });

  test('a mailbox that enrolled itself is not removed', async () => {
    const { token } = await signedIn('email');
    const id = String((await desk.list(token))[0]?.id);
    const answer = await desk.call('DELETE', `authenticators/${encodeURIComponent(id)}`, { bearer: token });
    expect(answer).toMatchObject({ status: 400 });
  });

  test('nobody who is blocked is heard', async () => {
    const { token, user } = await signedIn();
    const { store, tenant } = desk.door.house;
    await store.users.update(tenant.id, user.id, (current) => ({ ...current, blocked: true }));
    expect(await desk.associate(token, OTP)).toMatchObject({ status: 401 });
  });
});
