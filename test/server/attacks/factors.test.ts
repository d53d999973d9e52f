// Attacks on the second factor by somebody who has the password: other ways on while a factor is asked for, one code in
// two logins, an enrollment begun earlier, a browser remembered for somebody else.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import {
  AWAY,
  appCode,
  CHALLENGE_OTP,
  ENROLL_OTP,
  FORM,
  hasTokens,
  keyOn,
  placeOf,
  send,
  signIn,
  stateOf,
} from './attacker.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
}, 60_000);
afterAll(() => door.close());
afterEach(async () => {
  await door.house.bind();
  await door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  door.house.clock.advance(3_600_000);
});

const otherWays: [name: string, path: string, body?: string][] = [
  ['the end of the login', '/authorize/resume?state=KEY'],
  ['the way back from a site', '/continue?state=KEY'],
  ['the way back by form', '/continue', 'state=KEY'],
  ['a form of the tenant', '/u/form?state=KEY', 'state=KEY&action=default'],
  ['another account', '/u/signup?state=KEY', 'state=KEY&email=new@x.example&password=Correct-horse-9'],
  ['the password again', '/u/login?state=KEY', 'state=KEY&username=ana@example.com&password=correct horse battery'],
  ['an enrollment', '/u/mfa-otp-enrollment-qr?state=KEY', 'state=KEY&code=000000'],
  ['a phone', '/u/mfa-sms-enrollment?state=KEY', 'state=KEY&phone=%2B447700900999'],
  ['the picker of things to enroll', '/u/mfa-begin-enroll-options?state=KEY', 'state=KEY&action=sms'],
];

test.each(otherWays)('while a factor is asked for, %s leads back to it', async (_name, path, body) => {
  const { house } = door;
  await house.user(`ways-${house.ports.random.hex(4)}`);
  const who = `ways-${house.ports.random.hex(4)}`;
  await house.user(who, ['otp']);
  await house.bind(CHALLENGE_OTP);
  const browser = door.browser();
  const page = await signIn(door, browser, who);
  const key = stateOf(page);
  const init = body === undefined ? {} : { method: 'POST', headers: FORM, body: body.replaceAll('KEY', key) };
  const answer = await send(door, browser, path.replaceAll('KEY', key), init);
  expect(answer.headers.get('location')).toBe(`/u/mfa-otp-challenge?state=${key}`);
  expect(await house.store.users.findByIdentifier(house.tenant.id, 'x', 'new@x.example')).toBeUndefined();
});

test('the policy is asked after a redirect, and a link used twice skips nothing', async () => {
  const { house } = door;
  await house.user('policy', ['otp']);
  await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
  await house.bind(AWAY);
  const browser = door.browser();
  const key = stateOf(await signIn(door, browser, 'policy'));
  for (const _time of ['first', 'second']) {
    const back = await send(door, browser, `/continue?state=${key}`);
    expect(back.headers.get('location')).toMatch(/^\/u\/mfa-otp-challenge/);
  }
});

test('one code opens one of two logins', async () => {
  const { house } = door;
  await house.user('twice', ['otp']);
  await house.bind(CHALLENGE_OTP);
  const browsers = [door.browser(), door.browser()];
  const pages = await Promise.all(browsers.map((browser) => signIn(door, browser, 'twice')));
  const code = appCode(door);
  const ends = await Promise.all(
    browsers.map((browser, index) => browser.post(pages[index] as (typeof pages)[0], { code, action: 'default' })),
  );
  expect(ends.filter(hasTokens)).toHaveLength(1);
});

test('an enrollment that was begun before the owner had a factor adds none to it', async () => {
  const { house } = door;
  const { id } = await house.user('early');
  await house.bind(ENROLL_OTP);
  const [thief, owner] = [door.browser(), door.browser()];
  const begun = await signIn(door, thief, 'early');
  const own = await signIn(door, owner, 'early');
  expect(hasTokens(await owner.post(own, { code: appCode(door, keyOn(own)), action: 'default' }))).toBe(true);
  await thief.post(begun, { code: appCode(door, keyOn(begun)), action: 'default' });
  const rows = await house.store.authenticators.ofUser(house.tenant.id, id);
  expect(rows.map(({ secret }) => secret)).toEqual([keyOn(own)]);
});

test('of windows that enroll one factor at once, one does', async () => {
  const { house } = door;
  const { id } = await house.user('windows');
  await house.bind(ENROLL_OTP);
  const windows = await Promise.all(
    [1, 2, 3].map(async () => {
      const browser = door.browser();
      return { browser, page: await signIn(door, browser, 'windows') };
    }),
  );
  // Each has looked at the account before any of them writes.
  const { takeAttempt } = house.store;
  const together = Promise.withResolvers<void>();
  let arrived = 0;
  house.store.takeAttempt = async (...attempt) => {
    arrived += 1;
    if (arrived === windows.length) together.resolve();
    await together.promise;
    return takeAttempt(...attempt);
  };
  await Promise.all(
    windows.map(({ browser, page }) => browser.post(page, { code: appCode(door, keyOn(page)), action: 'default' })),
  );
  house.store.takeAttempt = takeAttempt;
  expect(await house.store.authenticators.ofUser(house.tenant.id, id)).toHaveLength(1);
});

test('a browser that one person had remembered asks the next one', async () => {
  const { house } = door;
  await house.user('first', ['otp']);
  await house.user('next', ['otp']);
  await house.bind(CHALLENGE_OTP);
  const browser = door.browser();
  const page = await signIn(door, browser, 'first');
  await browser.post(page, { code: appCode(door), rememberBrowser: 'true', action: 'default' });
  browser.cookies.delete('sallyport_session');
  expect(placeOf(await signIn(door, browser, 'next'))).toBe('/u/mfa-otp-challenge');
  expect(placeOf(await signIn(door, browser, 'first', { prompt: 'login' }))).toBe('code');
});

test('a box that no page showed is not ticked', async () => {
  const { house } = door;
  await house.user('unasked', ['otp']);
  await house.bind(`exports.onExecutePostLogin = async (event, api) => {
  api.multifactor.enable('any', { allowRememberBrowser: false });
  api.authentication.challengeWith({ type: 'otp' });
};`);
  const browser = door.browser();
  const page = await signIn(door, browser, 'unasked');
  await browser.post(page, { code: appCode(door), rememberBrowser: 'true', action: 'default' });
  browser.cookies.delete('sallyport_session');
  await house.bind(CHALLENGE_OTP);
  expect(placeOf(await signIn(door, browser, 'unasked'))).toBe('/u/mfa-otp-challenge');
});

test('a remembered browser enrolls nothing', async () => {
  const { house } = door;
  await house.user('keeper', ['otp']);
  await house.bind(CHALLENGE_OTP);
  const browser = door.browser();
  const page = await signIn(door, browser, 'keeper');
  await browser.post(page, { code: appCode(door), rememberBrowser: 'true', action: 'default' });
  browser.cookies.delete('sallyport_session');
  await house.bind(`exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWith({ type: 'otp' });
  api.authentication.enrollWith({ type: 'phone' });
};`);
  expect(placeOf(await signIn(door, browser, 'keeper'))).toBe('access_denied');
});

test('a handler that sends people away for ever ends', async () => {
  const { house } = door;
  await house.user('circle');
  await house.bind(`const go = async (event, api) => api.redirect.sendUserTo('https://other.example/');
exports.onExecutePostLogin = go;
exports.onContinuePostLogin = go;`);
  const browser = door.browser();
  let page = await signIn(door, browser, 'circle');
  let times = 0;
  while (page.url.host === 'other.example' && times < 20) {
    times += 1;
    page = await browser.open(`/continue?state=${stateOf(page)}`);
  }
  expect(times).toBe(10);
  expect(placeOf(page)).toBe('access_denied');
});

test.each(['NaN', 'Infinity', '1e308', '-1e308', '0.5', '2 ** 53', '10n'])(
  'a session until %s breaks nothing',
  async (at) => {
    const { house } = door;
    const who = `until-${house.ports.random.hex(4)}`;
    await house.user(who);
    await house.bind(`exports.onExecutePostLogin = async (event, api) => {
  api.session.setExpiresAt(${at});
  api.session.setIdleExpiresAt(${at});
  api.refreshToken.setExpiresAt(${at});
};`);
    const browser = door.browser();
    expect(['code', 'access_denied']).toContain(placeOf(await signIn(door, browser, who)));
    const later = await browser.open(door.authorizeUrl());
    expect([0, 200]).toContain(later.status);
  },
);
