// Test: the hosted pages of a login of the JSON flow: somebody new, a program at work on the same login, and what scripts ask
// for once the policy is met.
import { generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { ownPage } from '../json-flow/flow-desk.ts';
import {
  another,
  arrive,
  at,
  code,
  desk,
  isOver,
  NEW_AND,
  openDesk,
  PASSWORD_AND,
  person,
  send,
  signIn,
  under,
  underSms,
  type Walk,
} from './gate-walk.ts';

openDesk();

const NEW_PASSWORD = 'Sings-at-dawn-7';

describe('a new account', () => {
  const fresh = () => `new-${another()}@example.com`;

  test('with a phone number, which is confirmed at once', async () => {
    await underSms();
    const email = fresh();
    const walk = await arrive({ screen_hint: 'signup' });
    expect(at(walk)).toMatchObject({ path: '/u/signup', status: 200 });
    expect(walk.page.html).toContain('name="phone"');
    await send(walk, { email, password: NEW_PASSWORD, country: 'JP81', phone: '080-1234-5678' });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
    const { store, tenant } = desk.door.house;
    const found = () => store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', email);
    expect(await found()).toBeUndefined();
    await send(walk, { code: await code('+818012345678') });
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
    expect(await found()).toMatchObject({ phoneNumber: '+818012345678', phoneVerified: true });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no number', { phone: '' }, 'no-phone'],
    ['what is no number', { phone: 'ring me' }, 'invalid-phone'],
    ['a weak password', { password: 'x' }, 'password-too-weak'],
  ])('refused on its page: %s', async (_what, fields, error) => {
    await underSms();
    const walk = await arrive({ screen_hint: 'signup' });
    const email = fresh();
    await send(walk, { email, password: NEW_PASSWORD, country: 'JP81', phone: '08012340000', ...fields });
    expect(at(walk)).toEqual({ path: '/u/signup', status: 400, error });
    if (fields.phone === undefined) expect(walk.page.html).toContain('value="08012340000"');
    expect(walk.page.html).toMatch(/value="JP81" selected/);
    expect(walk.page.html).not.toContain(NEW_PASSWORD);
  });

  test('refused on its page: an address that somebody has', async () => {
    await underSms();
    const { username: email } = await person();
    const walk = await arrive({ screen_hint: 'signup' });
    await send(walk, { email, password: NEW_PASSWORD, country: 'JP81', phone: '08012340000' });
    expect(at(walk)).toEqual({ path: '/u/signup', status: 400, error: 'user-exists' });
  });

  test('is not offered where the policy does not take one, and asks for no number where none is needed', async () => {
    await under(['password', 'sms'], [PASSWORD_AND('sms-authentication')]);
    const closed = await arrive({ screen_hint: 'signup' });
    expect(at(closed)).toMatchObject({ path: '/u/login' });
    expect(closed.page.html).not.toContain('/u/signup');
    await under(['password', 'initial-registration', 'email'], [NEW_AND('email-authentication')]);
    const open = await arrive({ screen_hint: 'signup' });
    expect(open.page.html).not.toContain('name="phone"');
    const email = fresh();
    await send(open, { email, password: NEW_PASSWORD });
    expect(at(open)).toMatchObject({ path: '/u/mfa-email-challenge' });
    await send(open, { code: await code(email) });
    expect(isOver(open)).toMatchObject({ code: expect.any(String) });
  });

  test('asks for what the schema of the tenant asks for', async () => {
    const { store, tenant } = desk.door.house;
    const schema = {
      type: 'object',
      properties: { email: {}, password: {}, name: { type: 'string' }, phone_number: {}, given_name: {} },
      required: ['email', 'password', 'name'],
    };
    await desk.configure('initial-registration', { 'initial-registration': { request: { schema } } });
    try {
      await underSms();
      const walk = await arrive({ screen_hint: 'signup' });
      for (const name of ['name', 'given_name', 'phone']) expect(walk.page.html).toContain(`name="${name}"`);
      expect(walk.page.html).not.toContain('name="family_name"');
      const filled = { email: fresh(), password: NEW_PASSWORD, country: 'JP81', phone: '08012340001' };
      await send(walk, filled);
      expect(at(walk)).toEqual({ path: '/u/signup', status: 400, error: 'invalid-field' });
      expect(walk.page.html).toContain('Please check: Full name');
      await send(walk, { ...filled, name: 'Ana Torres' });
      expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
    } finally {
      const record = await store.authenticationConfigurations.findByKey(tenant.id, 'initial-registration');
      await store.authenticationConfigurations.remove(tenant.id, record?.id ?? '');
    }
  });
});

describe('a program and a page complete the same login', () => {
  const asPage = (walk: Walk) => ({
    cookie: [...walk.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    ...ownPage(desk.door.house.tenant),
  });

  test('a password by JSON, the rest on pages; coming again sends no other code', async () => {
    await underSms();
    const { username, phone } = await person();
    const walk = await arrive();
    const shown = await desk.call(walk.id, 'password-authentication', { username, password: PASSWORD }, asPage(walk));
    expect(shown.status).toBe(200);
    walk.page = await walk.browser.open(`/authorize?id=${walk.id}`);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
    const sent = await code(phone);
    walk.page = await walk.browser.open(`/authorize?id=${walk.id}`);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
    expect(await code(phone)).toBe(sent);
    await send(walk, { code: sent });
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
  });

  test('everything by JSON but the end', async () => {
    await underSms();
    const { username, phone } = await person();
    const walk = await arrive();
    await desk.call(walk.id, 'password-authentication', { username, password: PASSWORD }, asPage(walk));
    await desk.call(walk.id, 'sms-authentication-challenge', {}, asPage(walk));
    const verified = await desk.call(
      walk.id,
      'sms-authentication',
      { verification_code: await code(phone) },
      asPage(walk),
    );
    expect(verified.status).toBe(200);
    walk.page = await walk.browser.open(`/authorize?id=${walk.id}`);
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
    // It is given once.
    walk.page = await walk.browser.open(`/authorize?id=${walk.id}`);
    expect(walk.page.status).toBe(400);
  });

  test('a password on the page, and the program sees it', async () => {
    await underSms();
    const { username, phone } = await person();
    const walk = await arrive();
    await signIn(walk, username);
    const status = await desk.look(walk.id, 'authentication-status', asPage(walk));
    expect(status.body).toMatchObject({
      status: 'in_progress',
      interaction_results: { 'password-authentication': { success_count: 1 } },
    });
    const done = await desk.call(walk.id, 'sms-authentication', { verification_code: await code(phone) }, asPage(walk));
    expect(done.status).toBe(200);
    const authorized = await desk.call(walk.id, 'authorize', {}, asPage(walk));
    expect(authorized.body).toMatchObject({ redirect_uri: expect.stringContaining('code=') });
  });
});

describe('what scripts ask for once the gate is open', () => {
  const through = async (walk: Walk, { username, phone }: { username: string; phone: string }) => {
    await signIn(walk, username);
    await send(walk, { code: await code(phone) });
  };

  test('a factor that the person has', async () => {
    await underSms();
    await desk.door.house.bind(
      `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'otp' });`,
    );
    const who = await person(['otp']);
    const walk = await arrive();
    await through(walk, who);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-otp-challenge', status: 200 });
    const epoch = Math.floor(desk.door.house.clock.at / 1000);
    await send(walk, { code: generateSync({ secret: TOTP_KEY, epoch }) });
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
  });

  test('a code by an interaction, of a person without factors', async () => {
    await underSms();
    await desk.door.house.bind(
      `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'email' });`,
    );
    const who = await person();
    const walk = await arrive();
    await through(walk, who);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-email-challenge', status: 200 });
    await send(walk, { code: await code(who.username) });
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
  });

  test('the enrollment of one', async () => {
    await underSms();
    await desk.door.house.bind(
      `exports.onExecutePostLogin = async (event, api) => api.authentication.enrollWith({ type: 'otp' });`,
    );
    const who = await person();
    const walk = await arrive();
    await through(walk, who);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-otp-enrollment-qr', status: 200 });
  });

  test('another site, and back', async () => {
    await underSms();
    await desk.door.house.bind(
      `exports.onExecutePostLogin = async (event, api) => api.redirect.sendUserTo('https://elsewhere.example/');
exports.onContinuePostLogin = async (event, api) => api.idToken.setCustomClaim('came', 'back');`,
    );
    const who = await person();
    const walk = await arrive();
    await through(walk, who);
    expect(walk.page.url.origin).toBe('https://elsewhere.example');
    walk.page = await walk.browser.open(`/continue?state=${walk.page.url.searchParams.get('state')}`);
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
  });

  test('to be let in no further', async () => {
    await underSms();
    await desk.door.house.bind(`exports.onExecutePostLogin = async (event, api) => api.access.deny('closed today');`);
    const who = await person();
    const walk = await arrive();
    await through(walk, who);
    expect(isOver(walk)).toMatchObject({ error: 'access_denied', error_description: 'closed today', state: 'st' });
  });
});
