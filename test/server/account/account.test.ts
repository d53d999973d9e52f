// The pages on which people look after how they sign in: what they show and what they change.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import {
  ACCOUNT,
  answer,
  at,
  enter,
  factorsOf,
  has,
  heading,
  keyIn,
  logTypes,
  newName,
  open,
  press,
  showApp,
  totp,
  typesOf,
  visit,
} from './person.ts';

const MINUTE = 60_000;
const PHONE = '+447700900123';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ on: ['otp', 'sms', 'email', 'recovery-code'] });
});
afterAll(() => door.close());

describe('the page', () => {
  test('asks who it is, and then shows what they have, masked', async () => {
    const who = await visit(door, ['otp', 'phone']);
    for (const text of [`${who.name}@example.com`, 'Google Authenticator', 'XXXXXXXXX0123', 'Not used yet', 'Jan']) {
      expect(has(who.page, text)).toBe(true);
    }
    expect(has(who.page, PHONE)).toBe(false);
    expect(await logTypes(door, who.id)).toEqual(['s']);
  });

  test('is there at once for a session of an application, and gives no application a code', async () => {
    const name = newName();
    await door.house.user(name);
    const browser = door.browser();
    await door.signIn(browser, name);
    const page = await browser.open(ACCOUNT);
    expect([at(page), heading(page)]).toEqual([ACCOUNT, 'Your account']);
  });

  test('says nothing to a session that has ended, and begins a login instead', async () => {
    const who = await visit(door);
    await door.house.store.sessions.removeOfUser(door.house.tenant.id, who.id, 'session-revoked');
    expect(at(await open(who))).toBe('/u/login');
  });

  test.each([
    ['a blocked person', { blocked: true }],
    ['an account that became part of another', { linkedTo: 'auth0|main' }],
  ])('is closed to %s', async (_what, change) => {
    const who = await visit(door);
    const { store, tenant } = door.house;
    const main = { tenantId: tenant.id, id: 'auth0|main', email: `${newName()}@example.com` };
    const user = await store.users.find(tenant.id, who.id);
    if (user && 'linkedTo' in change) await store.users.insert({ ...user, ...main });
    await store.users.update(tenant.id, who.id, (current) => ({ ...current, ...change }));
    expect(at(await open(who))).toBe('/u/login');
  });

  test('a login of the application that is named, if it is the tenant’s own', async () => {
    const { ports, tenant } = door.house;
    const foreign = await newClient(ports, tenant.id, { id: 'foreign', name: 'Foreign' });
    if (foreign === 'conflict') throw new Error(foreign);
    await door.house.store.clients.update(tenant.id, 'foreign', (current) => ({
      ...current,
      settings: { ...current.settings, is_first_party: false },
    }));
    const name = newName();
    const { id: userId } = await door.house.user(name);
    const login = await door.browser().open(`${ACCOUNT}?client_id=web`);
    expect(has(login, `Log in to continue to ${tenant.name}.`)).toBe(true);
    expect(at(await enter(door.browser(), name, `${ACCOUNT}?client_id=web`))).toBe(ACCOUNT);
    const page = { offset: 0, limit: 1 };
    const { records } = await door.house.store.logs.list(tenant.id, { userId, type: 's', order: 'newest', page });
    expect(records[0]?.clientId).toBe('web');
    for (const id of ['foreign', 'nobody']) {
      expect((await door.browser().open(`${ACCOUNT}?client_id=${id}`)).status).toBe(400);
    }
  });

  test('a login that a script refuses ends with what the script says, and no session', async () => {
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => api.access.deny('Not <today>.');`);
    const name = newName();
    await door.house.user(name);
    const browser = door.browser();
    const page = await enter(browser, name);
    await door.house.bind();
    expect([page.status, heading(page), has(page, 'Not &lt;today&gt;.')]).toEqual([
      400,
      'You were not logged in',
      true,
    ]);
    expect(at(await browser.open(ACCOUNT))).toBe('/u/login');
  });

  test('speaks Japanese to those who do', async () => {
    await door.house.editTenant((tenant) => ({ ...tenant, enabledLocales: ['en', 'ja'] }));
    const page = await (await visit(door)).browser.open(`${ACCOUNT}?ui_locales=ja`);
    expect(heading(page)).toBe('アカウント');
  });

  test('a HEAD begins nothing', async () => {
    const seen = await door.app.request(`${door.site}${ACCOUNT}`, { method: 'HEAD' });
    expect([seen.status, seen.headers.get('set-cookie')]).toEqual([200, null]);
  });
});

describe('adding', () => {
  test('a first factor right after signing in, with its recovery code', async () => {
    const who = await visit(door);
    const { browser } = who;
    const rows = await press(browser, who.page, 'add');
    expect(at(rows)).toBe('/u/account-add-factor');
    const app = await press(browser, rows, 'otp');
    expect(at(app)).toBe('/u/mfa-otp-enrollment-qr');
    const code = await answer(browser, app, totp(door, keyIn(app)));
    expect(at(code)).toBe('/u/mfa-recovery-code-enrollment');
    expect(keyIn(code)).toMatch(/^[A-Z0-9]{24}$/);
    const done = await browser.post(code, { saved: 'on' });
    expect([at(done), has(done, 'The method was added.')]).toEqual([ACCOUNT, true]);
    expect(await typesOf(door, who.id)).toEqual(['recovery-code', 'totp']);
    expect(await logTypes(door, who.id)).toEqual(['s', 'gd_start_enroll', 'gd_enrollment_complete']);
    // It counts as shown: the next change within minutes asks for nothing.
    expect(at(await press(browser, done, 'add'))).toBe('/u/account-add-factor');
  });

  test('a first factor later asks for the password again, of the same person', async () => {
    const who = await visit(door, [], 11 * MINUTE);
    const { browser } = who;
    const login = await press(browser, await open(who), 'add');
    expect(at(login)).toBe('/u/login');
    const other = newName();
    await door.house.user(other);
    const fields = (name: string) => ({ username: `${name}@example.com`, password: PASSWORD, action: 'default' });
    expect(heading(await browser.post(login, fields(other)))).toBe('You were not logged in');
    const again = await browser.post(await press(browser, await open(who), 'add'), fields(who.name));
    expect(at(again)).toBe('/u/account-add-factor');
    expect(at(await press(browser, again, 'otp'))).toBe('/u/mfa-otp-enrollment-qr');
  });

  test('another phone after showing the app; a cancelled one changes nothing', async () => {
    const who = await visit(door, ['otp', 'phone'], 11 * MINUTE);
    const { browser } = who;
    const rows = await showApp(door, who, await press(browser, await open(who), 'add'));
    expect(at(rows)).toBe('/u/account-add-factor');
    // A second app would only be another one to lose.
    expect([has(rows, 'value="otp"'), has(rows, 'value="phone"')]).toEqual([false, true]);
    const nothing = await browser.open(`${ACCOUNT}?done=factor-added`);
    expect([has(nothing, 'was added'), has(nothing, 'Nothing was changed.')]).toEqual([false, true]);
    const number = await press(browser, rows, 'phone');
    expect(at(number)).toBe('/u/mfa-sms-enrollment');
    const sent = await browser.post(number, { phone: '+447700900555', action: 'default' });
    const done = await answer(browser, sent, await door.house.codeFor('+447700900555'));
    expect([at(done), has(done, 'The method was added.')]).toEqual([ACCOUNT, true]);
    expect(await typesOf(door, who.id)).toEqual(['phone', 'phone', 'totp']);
  });

  test('a mailbox that enrolled itself is proof only where there is nothing else', async () => {
    const alone = await visit(door, ['email'], 11 * MINUTE);
    expect(at(await press(alone.browser, await open(alone), 'add'))).toBe('/u/mfa-email-challenge');
    const both = await visit(door, ['email', 'phone'], 11 * MINUTE);
    const asked = await press(both.browser, await open(both), 'add');
    expect([at(asked), has(asked, 'pick-authenticator')]).toEqual(['/u/mfa-sms-challenge', false]);
  });

  test('one app in two windows: the second is told that nothing was changed', async () => {
    const who = await visit(door, ['phone']);
    const { browser } = who;
    door.house.clock.advance(11 * MINUTE);
    const asked = await press(browser, await open(who), 'add');
    const rows = await answer(browser, asked, await door.house.codeFor(PHONE));
    const [one, two] = [await press(browser, rows, 'otp'), await press(browser, rows, 'otp')];
    const ends = [
      await answer(browser, one, totp(door, keyIn(one))),
      await answer(browser, two, totp(door, keyIn(two))),
    ];
    expect(ends.map((end) => [at(end), has(end, 'Nothing was changed.')])).toEqual([
      [ACCOUNT, false],
      [ACCOUNT, true],
    ]);
    expect(await typesOf(door, who.id)).toEqual(['phone', 'totp']);
  });

  test('what is not offered is not begun', async () => {
    const who = await visit(door);
    const rows = await press(who.browser, who.page, 'add');
    for (const action of ['email', 'webauthn-roaming', 'passkey', 'recovery-code', 'duo', '__proto__']) {
      expect(at(await press(who.browser, rows, action))).toBe('/u/account-add-factor');
    }
    expect(await factorsOf(door, who.id)).toEqual([]);
  });
});

describe('removing', () => {
  test('asks for a factor first, then whether it is meant', async () => {
    const who = await visit(door, ['otp', 'phone'], 11 * MINUTE);
    const { browser } = who;
    const [phone] = (await factorsOf(door, who.id)).filter(({ type }) => type === 'phone');
    const confirm = await showApp(door, who, await press(browser, await open(who), `remove::${phone?.id}`));
    expect([at(confirm), has(confirm, 'XXXXXXXXX0123')]).toEqual(['/u/account-remove-factor', true]);
    expect(at(await press(browser, confirm, 'back-action'))).toBe(ACCOUNT);
    expect(await typesOf(door, who.id)).toEqual(['phone', 'totp']);
    const done = await press(browser, confirm, 'default');
    expect([at(done), has(done, 'The method was removed.')]).toEqual([ACCOUNT, true]);
    expect(await typesOf(door, who.id)).toEqual(['totp']);
    expect((await logTypes(door, who.id)).at(-1)).toBe('gd_unenroll');
    // Pressed twice: it is gone, and nothing else is.
    expect(at(await press(browser, confirm, 'default'))).toBe(ACCOUNT);
    expect(await typesOf(door, who.id)).toEqual(['totp']);
  });

  test('the last one takes the recovery code along, and remembered browsers', async () => {
    const who = await visit(door);
    const { browser } = who;
    const app = await press(browser, await press(browser, who.page, 'add'), 'otp');
    const code = await answer(browser, app, totp(door, keyIn(app)));
    const page = await browser.post(code, { saved: 'on' });
    const { store, tenant, clock } = door.house;
    const remembered = { tenantId: tenant.id, userId: who.id, device: 'd', renewedAt: clock.at, seenAt: clock.at };
    await store.commit([{ kind: 'browser.remember', browser: remembered }]);
    const [otp] = (await factorsOf(door, who.id)).filter(({ type }) => type === 'totp');
    await press(browser, await press(browser, page, `remove::${otp?.id}`), 'default');
    expect(await factorsOf(door, who.id)).toEqual([]);
    expect(await store.rememberedBrowsers.ofUser(tenant.id, who.id)).toEqual([]);
  });

  test('while another login rests at its challenge: that login goes on without it', async () => {
    await door.house.bind(
      `exports.onExecutePostLogin = async (event, api) =>
         event.user.enrolledFactors.length > 0 && api.authentication.challengeWithAny(event.user.enrolledFactors);`,
    );
    const name = newName();
    const { id } = await door.house.user(name, ['otp', 'phone']);
    const browser = door.browser();
    const picker = await enter(browser, name);
    const page = await answer(browser, await browser.post(picker, { action: 'otp' }), totp(door));
    expect(at(page)).toBe(ACCOUNT);
    door.house.clock.advance(30_000);
    const other = door.browser();
    const app = await other.post(await enter(other, name), { action: 'otp' });
    const [otp] = (await factorsOf(door, id)).filter(({ type }) => type === 'totp');
    await press(browser, await press(browser, page, `remove::${otp?.id}`), 'default');
    expect(at(await answer(other, app, totp(door)))).toBe('/u/mfa-sms-challenge');
    await door.house.bind();
  });
});

test('a new recovery code: after a proof, shown once, the former one gone', async () => {
  const who = await visit(door);
  const { browser } = who;
  const app = await press(browser, await press(browser, who.page, 'add'), 'otp');
  const first = await answer(browser, app, totp(door, keyIn(app)));
  const former = keyIn(first);
  await browser.post(first, { saved: 'on' });
  door.house.clock.advance(11 * MINUTE);
  const asked = await press(browser, await open(who), 'new-recovery-code');
  expect(at(asked)).toBe('/u/mfa-otp-challenge');
  // The old code is a proof as well, and is used up by it.
  const other = await browser.post(asked, { action: 'pick-authenticator' });
  const byCode = await browser.post(await browser.post(other, { action: 'recovery-code' }), {
    code: former,
    action: 'default',
  });
  expect(at(byCode)).toBe('/u/mfa-recovery-code-challenge-new-code');
  const confirm = await browser.post(byCode, { saved: 'on' });
  expect(at(confirm)).toBe('/u/account-recovery-code');
  const made = await press(browser, confirm, 'default');
  expect(keyIn(made)).toMatch(/^[A-Z0-9]{24}$/);
  expect([former, keyIn(byCode)]).not.toContain(keyIn(made));
  expect(has(await open(who), keyIn(made))).toBe(false);
  expect((await logTypes(door, who.id)).at(-1)).toBe('gd_update_device_account');
});
