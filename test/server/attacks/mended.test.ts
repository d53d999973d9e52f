// Attacks that once succeeded, each with what has been true since.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { linkAccounts } from '#runtime/lifecycle/account-links.ts';
import { plainBlocks } from '#server/hosted/stored-form/plain-text.ts';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { bindTo, linesOf } from '#test/runtime/triggers/bind-to.ts';
import { type Office, openOffice } from '../management/office.ts';
import type { FrontDoor } from '../oauth/front-door.ts';
import {
  AWAY,
  appCode,
  CHALLENGE_OTP,
  ENROLL_OTP,
  FORM,
  hasTokens,
  JSON_BODY,
  keyOn,
  placeOf,
  send,
  signIn,
  signUpApart,
  stateOf,
} from './attacker.ts';

const ENROLL_OR_CHALLENGE = `exports.onExecutePostLogin = async (event, api) => {
  const factor = { type: 'otp' };
  if (event.user.enrolledFactors.length > 0) api.authentication.challengeWith(factor);
  else api.authentication.enrollWith(factor);
};`;

let office: Office;
let door: FrontDoor;
beforeAll(async () => {
  office = await openOffice();
  door = office.door;
}, 60_000);
afterAll(() => office.close());
afterEach(async () => {
  await door.house.bind();
  await bindTo(door.house, 'pre-user-registration', []);
  await door.house.editTenant(({ friendlyName: _, ...tenant }) => tenant);
  door.house.clock.advance(3_600_000);
});

test('an enrollment begun before the owner enrolled lets nobody in who shows nothing', async () => {
  const { house } = door;
  await house.user('early');
  await house.bind(ENROLL_OR_CHALLENGE);
  const [thief, owner] = [door.browser(), door.browser()];
  const begun = await signIn(door, thief, 'early');
  const own = await signIn(door, owner, 'early');
  await owner.post(own, { code: appCode(door, keyOn(own)), action: 'default' });
  expect(hasTokens(await thief.post(begun, { code: '000000', action: 'default' }))).toBe(false);
});

test('a browser remembered for factors that were taken away asks for the new one', async () => {
  const { house } = door;
  const { id } = await house.user('recovered', ['otp']);
  await house.bind(CHALLENGE_OTP);
  const thief = door.browser();
  const page = await signIn(door, thief, 'recovered');
  await thief.post(page, { code: appCode(door), rememberBrowser: 'true', action: 'default' });
  thief.cookies.delete('sallyport_session');
  const methods = `/api/v2/users/${encodeURIComponent(id)}/authentication-methods`;
  await office.send('DELETE', methods);
  await office.send('POST', methods, { type: 'totp', totp_secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', name: 'new' });
  expect(placeOf(await signIn(door, thief, 'recovered'))).toBe('/u/mfa-otp-challenge');
});

test('a browser remembered by a mailbox alone stands in for nothing later', async () => {
  const { house } = door;
  const { id: userId } = await house.user('mail', ['email']);
  await house.bind(CHALLENGE_OTP.replace('otp', 'email'));
  const thief = door.browser();
  const page = await signIn(door, thief, 'mail');
  await thief.post(page, { code: await house.codeFor('mail@example.com'), rememberBrowser: 'true', action: 'default' });
  thief.cookies.delete('sallyport_session');
  const { tenant, clock } = house;
  const base = { tenantId: tenant.id, userId, confirmed: true, createdAt: clock.at };
  await house.store.authenticators.insert({ ...base, id: 'dev_later', type: 'totp', secret: TOTP_KEY });
  await house.bind(CHALLENGE_OTP);
  expect(placeOf(await signIn(door, thief, 'mail'))).toBe('/u/mfa-otp-challenge');
});

test('who is linked to another account while a factor is asked for gets no tokens of the hidden one', async () => {
  const { house } = door;
  const { id: secondaryId } = await house.user('second', ['otp']);
  const { id: primaryId } = await house.user('prime');
  await house.bind(CHALLENGE_OTP);
  const browser = door.browser();
  const page = await signIn(door, browser, 'second');
  await linkAccounts(house.ports, house.tenant.id, { primaryId, secondaryId });
  const end = await browser.post(page, { code: appCode(door), action: 'default' });
  const answer = await door.exchange(end.url.searchParams.get('code') ?? '');
  const [, claims = ''] = String(answer.body.id_token).split('.');
  expect(Buffer.from(claims, 'base64url').toString()).not.toContain(secondaryId);
});

test('a session that ran out during a login gives no tokens', async () => {
  const { house } = door;
  const { id } = await house.user('late', ['otp']);
  const browser = door.browser();
  await signIn(door, browser, 'late');
  const { records } = await house.store.sessions.ofUser(house.tenant.id, id, { offset: 0, limit: 1 });
  const until = house.clock.at + 60_000;
  await house.store.sessions.update(house.tenant.id, records[0]?.id ?? '', (each) => ({ ...each, expiresAt: until }));
  await house.bind(CHALLENGE_OTP);
  const page = await browser.open(door.authorizeUrl());
  house.clock.advance(600_000);
  expect(hasTokens(await browser.post(page, { code: appCode(door), action: 'default' }))).toBe(false);
});

test('one login sends a handful of messages, not eighty', async () => {
  const { house } = door;
  await house.user('pump');
  await house.bind(ENROLL_OTP.replace('otp', 'phone'));
  const browser = door.browser();
  let page = await signIn(door, browser, 'pump');
  let sent = 0;
  for (let round = 0; round < 40; round += 1) {
    page = await browser.post(page, { phone: `+447700${910_000 + round}`, action: 'default' });
    if (page.status === 200) sent += 1;
    page = await browser.post(page, { action: 'resend-code' });
    if (page.status === 200) sent += 1;
    page = await browser.post(page, { action: 'back-action' });
  }
  expect(sent).toBeLessThan(20);
});

test('a session revoked at the very end of a login leads to an end, not round in a circle', async () => {
  const { house } = door;
  const { id } = await house.user('end');
  const browser = door.browser();
  const page = await browser.open(door.authorizeUrl());
  const state = stateOf(page);
  const body = String(new URLSearchParams({ state, username: 'end@example.com', password: PASSWORD }));
  const done = await send(door, browser, `/u/login?state=${state}`, { method: 'POST', headers: FORM, body });
  const resume = done.headers.get('location') ?? '';
  await house.store.sessions.removeOfUser(house.tenant.id, id, 'session-revoked');
  expect((await send(door, browser, resume)).headers.get('location')).not.toBe(resume);
});

test('JSON that is nested deeply comes back to a script or is refused', async () => {
  await door.house.user('deep');
  await door.house.bind(AWAY);
  const browser = door.browser();
  const state = stateOf(await signIn(door, browser, 'deep'));
  const body = `{"state":"${state}","a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  const answer = await send(door, browser, '/continue', { method: 'POST', headers: JSON_BODY, body });
  expect(answer.status).toBeLessThan(500);
});

test.each(['Shop \ud800', '株式会社'.repeat(35)])(
  'the picture of a key is there for a tenant of an odd name: %#',
  async (name) => {
    const who = `named-${name.length}`;
    await door.house.user(who);
    await door.house.bind(ENROLL_OTP);
    await office.send('PUT', '/api/v2/guardian/factors/otp', { enabled: true });
    await office.send('PATCH', '/api/v2/tenants/settings', { friendly_name: name });
    await door.house.editTenant((tenant) => tenant);
    expect((await signIn(door, door.browser(), who)).status).toBeLessThan(500);
  },
);

test('the text of a form is read in a time that grows with its length', () => {
  const took = (length: number): number => {
    const begun = performance.now();
    plainBlocks(`<${'a'.repeat(length)}`, { fields: {}, vars: {} });
    return performance.now() - begun;
  };
  took(1_000);
  // Four times as long: sixteen times the work where every letter is tried anew.
  expect(took(40_000)).toBeLessThan(Math.max(50, took(10_000) * 8));
});

test('what a script says when it refuses a sign-up holds no secret of its Action', async () => {
  const deny = `exports.onExecutePreUserRegistration = async (event, api) => api.access.deny('no ' + event.secrets.KEY);`;
  await bindTo(door.house, 'pre-user-registration', [deny], { KEY: 'a-very-secret-value' });
  const answer = await signUpApart(door, { email: 'told@x.example' });
  expect(await answer.text()).not.toContain('a-very-secret-value');
});

test('a stranger who is told to wait writes no more into the log, and never a page of it', async () => {
  for (let time = 0; time < 60; time += 1) await signUpApart(door, { email: `${'a'.repeat(50_000)}${time}` });
  const lines = await linesOf(door.house, 'fs');
  expect(Math.max(...lines.map(({ userName = '' }) => userName.length))).toBeLessThan(1_000);
});

test('addresses of one household share its sign-ups, with IPv6 too', async () => {
  const { house, spa: client } = door;
  const password = 'x';
  const registration = { password, profile: {}, userMetadata: {}, extra: {} };
  let judged = 0;
  for (let host = 1; host <= 60; host += 1) {
    const caller = { ip: `2001:db8::${host.toString(16)}`, method: 'POST' };
    const application = {
      tenant: house.tenant,
      client,
      connection: 'Username-Password-Authentication',
      caller,
      locale: 'en',
    };
    const made = await house.runtime.signUp(application, { ...registration, email: `v6-${host}@x.example` });
    if (made.ok || made.refusal.kind !== 'throttled') judged += 1;
  }
  expect(judged).toBe(50);
});

test('a session keeps a bounded list of methods that scripts record', async () => {
  const { house } = door;
  const { id } = await house.user('recorder');
  await house.bind(`exports.onExecutePostLogin = async (event, api) =>
  api.authentication.recordMethod('https://m.example/' + Math.random());`);
  const browser = door.browser();
  await signIn(door, browser, 'recorder');
  for (let time = 0; time < 60; time += 1) await browser.open(door.authorizeUrl());
  const { records } = await house.store.sessions.ofUser(house.tenant.id, id, { offset: 0, limit: 1 });
  expect(records[0]?.methods.length).toBeLessThan(60);
});

test('a look at the way back (HEAD) does not take it', async () => {
  await door.house.user('looker');
  await door.house.bind(
    AWAY.replace(
      'async () => {}',
      `async (event, api) => {
  if (event.request.query.token !== 'right') api.access.deny('no token');
}`,
    ),
  );
  const browser = door.browser();
  const state = stateOf(await signIn(door, browser, 'looker'));
  await send(door, browser, `/continue?state=${state}`, { method: 'HEAD' });
  const answer = await send(door, browser, `/continue?state=${state}&token=right`);
  const end = answer.headers.get('location') ?? '';
  expect(end).toMatch(/^\/authorize\/resume/);
  // Nor does one at the end of the login.
  expect((await send(door, browser, end, { method: 'HEAD' })).status).toBe(405);
  expect((await send(door, browser, end)).headers.get('location')).toContain('code=');
});
