// The pages of an account: what is asked for before anything changes, whose forms count, and what a person sees of
// sessions and of what happened.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from '#test/kit/plain-browser.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import {
  ACCOUNT,
  answer,
  at,
  enter,
  errorOf,
  factorsOf,
  has,
  heading,
  logTypes,
  open,
  press,
  type Somebody,
  showApp,
  totp,
  typesOf,
  visit,
  wordOf,
} from './person.ts';

const MINUTE = 60_000;

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ on: ['otp', 'sms', 'email', 'recovery-code', 'push-notification'] });
});
afterAll(() => door.close());

describe('a proof', () => {
  test('lasts ten minutes, and then is asked for again on the very last press', async () => {
    const who = await visit(door, ['otp', 'phone'], 11 * MINUTE);
    const { browser } = who;
    const [phone] = (await factorsOf(door, who.id)).filter(({ type }) => type === 'phone');
    const confirm = await showApp(door, who, await press(browser, await open(who), `remove::${phone?.id}`));
    door.house.clock.advance(10 * MINUTE + 1);
    const asked = await press(browser, confirm, 'default');
    expect(at(asked)).toBe('/u/mfa-otp-challenge');
    expect(await typesOf(door, who.id)).toEqual(['phone', 'totp']);
  });

  test('is of one session: another of the same person has to give its own', async () => {
    const who = await visit(door, ['otp', 'phone'], 11 * MINUTE);
    const other = door.browser();
    const there = await enter(other, who.name);
    door.house.clock.advance(11 * MINUTE);
    await showApp(door, who, await press(who.browser, await open(who), 'add'));
    expect(at(await press(other, there, 'add'))).toBe('/u/mfa-otp-challenge');
  });

  test('goes with the factor that was shown: another of its kind has to be shown itself', async () => {
    const who = await visit(door, ['otp'], 11 * MINUTE);
    const { store, tenant } = door.house;
    await showApp(door, who, await press(who.browser, await open(who), 'add'));
    const [shown] = await factorsOf(door, who.id);
    if (!shown) throw new Error('nothing was shown');
    await store.authenticators.remove(tenant.id, shown.id);
    await store.authenticators.insert({ ...shown, id: `dev_${'n'.repeat(16)}` });
    expect(at(await press(who.browser, await open(who), 'add'))).toBe('/u/mfa-otp-challenge');
  });

  test('is not asked for what is not there', async () => {
    const who = await visit(door, ['otp'], 11 * MINUTE);
    for (const id of ['dev_unknown', '', 'x'.repeat(60_000)]) {
      const page = await press(who.browser, await open(who), `remove::${id}`);
      expect([page.status, at(page)]).toEqual([200, ACCOUNT]);
    }
  });

  test('is not had by a remembered browser, nor by its page in another browser', async () => {
    const who = await visit(door, ['otp'], 11 * MINUTE);
    const asked = await press(who.browser, await open(who), 'add');
    const { store, tenant, clock } = door.house;
    const [device] = await store.devices.ofUser(tenant.id, who.id);
    const at_ = { renewedAt: clock.at, seenAt: clock.at };
    const remembered = { tenantId: tenant.id, userId: who.id, device: device?.device ?? '', ...at_ };
    await store.commit([{ kind: 'browser.remember', browser: remembered }]);
    expect(at(await press(who.browser, await open(who), 'add'))).toBe('/u/mfa-otp-challenge');
    expect((await door.browser().open(asked.url.href)).status).toBe(400);
  });

  test('by a phone tells that phone whose page asks for it', async () => {
    const who = await visit(door, [], 11 * MINUTE);
    const { store, tenant, clock } = door.house;
    const id = `dev_${'p'.repeat(16)}`;
    const of = { tenantId: tenant.id, userId: who.id, createdAt: clock.at };
    await store.authenticators.insert({ ...of, id, type: 'push', confirmed: true, device: { publicKey: {} } });
    const asked = await press(who.browser, await open(who), 'add');
    expect(at(asked)).toBe('/u/mfa-push-challenge-push');
    const [request] = await store.pushRequests.pending(tenant.id, id, clock.at);
    expect(request?.about.application).toBe(tenant.friendlyName ?? tenant.name);
  });

  test('wrong codes and a session that ends meanwhile open nothing', async () => {
    const who = await visit(door, ['otp'], 11 * MINUTE);
    const asked = await press(who.browser, await open(who), 'add');
    const wrong = await answer(who.browser, asked, '000000');
    expect([wrong.status, errorOf(wrong)]).toEqual([400, 'invalid-code']);
    await door.house.store.sessions.removeOfUser(door.house.tenant.id, who.id, 'session-revoked');
    expect(at(await answer(who.browser, asked, totp(door)))).toBe('/u/login');
  });
});

describe('a form', () => {
  const gains = async (who: Somebody) => [await typesOf(door, who.id), (await logTypes(door, who.id)).slice(1)];

  test.each([
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, undefined],
    ['without the session’s word', {}, ''],
    ['with another word', {}, 'x'.repeat(43)],
  ])('%s is refused', async (_what, headers, word) => {
    const who = await visit(door, ['otp', 'phone']);
    const [first] = await factorsOf(door, who.id);
    const cookie = [...who.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const path of [
      '',
      '-add-factor',
      `-remove-factor?id=${first?.id}`,
      `-name-factor?id=${first?.id}`,
      '-sessions',
    ]) {
      const refused = await door.app.request(`${door.site}${ACCOUNT}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: String(new URLSearchParams({ state: word ?? wordOf(who.page), action: 'default', nickname: 'x' })),
      });
      expect(refused.status).toBe(403);
    }
    expect(await gains(who)).toEqual([['phone', 'totp'], []]);
  });

  test('of another person’s session is refused, and their factors are not found', async () => {
    const [mine, theirs] = [await visit(door, ['phone']), await visit(door, ['phone'])];
    const [target] = await factorsOf(door, theirs.id);
    const refused = await press(mine.browser, theirs.page, 'add');
    expect(refused.status).toBe(403);
    const named = await mine.browser.open(`/u/account-name-factor?id=${target?.id}`);
    expect(at(named)).toBe(ACCOUNT);
    for (const path of ['name', 'remove']) {
      const body = { state: wordOf(mine.page), action: 'default', nickname: 'Mine' };
      expect(at(await mine.browser.open(`/u/account-${path}-factor?id=${target?.id}`, body))).toBe(ACCOUNT);
    }
    expect(await factorsOf(door, theirs.id)).toEqual([target]);
  });

  test('is still good after another tab has gone on to an application', async () => {
    const who = await visit(door);
    const before = [...who.browser.cookies];
    const away = await who.browser.open(door.authorizeUrl());
    expect(away.url.origin).toBe('https://app.example');
    expect([...who.browser.cookies]).not.toEqual(before);
    expect(at(await press(who.browser, who.page, 'add'))).toBe('/u/account-add-factor');
  });

  test('after the session is over leads to the login and does nothing', async () => {
    const who = await visit(door);
    await door.house.store.sessions.removeOfUser(door.house.tenant.id, who.id, 'session-revoked');
    expect(at(await press(who.browser, who.page, 'add'))).toBe('/u/login');
  });
});

test('other sessions and remembered browsers are shown, and end', async () => {
  const who = await visit(door);
  const { store, tenant, clock } = door.house;
  const others = [door.browser(), door.browser()];
  for (const other of others) expect(at(await enter(other, who.name))).toBe(ACCOUNT);
  const remembered = { tenantId: tenant.id, userId: who.id, device: 'a-device', renewedAt: clock.at, seenAt: clock.at };
  await store.commit([{ kind: 'browser.remember', browser: remembered }]);
  const page = await who.browser.open('/u/account-sessions');
  expect([page.html.match(/class="device"/g)?.length, has(page, 'This device')]).toEqual([4, true]);
  const forgot = await press(who.browser, page, 'forget::a-device');
  expect([has(forgot, 'was forgotten'), await store.rememberedBrowsers.ofUser(tenant.id, who.id)]).toEqual([true, []]);
  const ids = [...page.html.matchAll(/value="end::([^"]+)"/g)].map(([, id]) => id ?? '');
  expect(ids).toHaveLength(2);
  await press(who.browser, page, `end::${ids[0]}`);
  expect((await store.sessions.ofUser(tenant.id, who.id, { offset: 0, limit: 9 })).total).toBe(2);
  await press(who.browser, page, 'end-others');
  const left = await Promise.all([who.browser, ...others].map(async (browser) => at(await browser.open(ACCOUNT))));
  expect(left).toEqual([ACCOUNT, '/u/login', '/u/login']);
  expect((await logTypes(door, who.id)).filter((type) => type === 'session_revoked')).toHaveLength(2);
  // Nobody ends what is not theirs.
  const stranger = await visit(door);
  const own = (await store.sessions.ofUser(tenant.id, who.id, { offset: 0, limit: 9 })).records[0]?.id;
  await press(stranger.browser, await stranger.browser.open('/u/account-sessions'), `end::${own}`);
  expect(at(await open(who))).toBe(ACCOUNT);
  expect(heading(await press(who.browser, await open(who), 'log-out'))).not.toBe('Your account');
  expect(at(await open(who))).toBe('/u/login');
});

test('however many other sessions there are, all of them end', async () => {
  const who = await visit(door);
  const { store, tenant, clock } = door.house;
  const [own] = (await store.sessions.ofUser(tenant.id, who.id, { offset: 0, limit: 9 })).records;
  if (!own) throw new Error('nobody is signed in');
  for (let n = 0; n < 230; n++) {
    const session = { ...own, id: `another-${n}`, createdAt: clock.at + (n % 2 ? n : -n) };
    await store.commit([{ kind: 'session.put', session }]);
  }
  await press(who.browser, await who.browser.open('/u/account-sessions'), 'end-others');
  const { records } = await store.sessions.ofUser(tenant.id, who.id, { offset: 0, limit: 300 });
  expect(records.map(({ id }) => id)).toEqual([own.id]);
});

test('the history: what happened, newest first, fifty to a page, of nobody else', async () => {
  const who = await visit(door);
  const { store, tenant, ports } = door.house;
  const line = (n: number, type: string, userId = who.id) => ({
    kind: 'log.insert' as const,
    log: {
      tenantId: tenant.id,
      id: `901${String(n).padStart(53, '0')}`,
      at: ports.now(),
      type,
      description: 'x',
      userId,
    },
  });
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
  const named = line(60, 'fp');
  await store.commit([
    ...Array.from({ length: 59 }, (_, n) => line(n + 1, 's')),
    { ...named, log: { ...named.log, userAgent: agent, ip: '198.51.100.9', clientName: 'Shop <i>' } },
    line(61, 'sapi'),
    line(62, 's', 'auth0|another'),
  ]);
  const first = await who.browser.open('/u/account-history');
  const rows = (page: Page) => page.html.match(/<tr role="row"><td/g)?.length;
  expect(rows(first)).toBe(50);
  for (const text of ['Login failed', 'Firefox · Linux', '198.51.100.9', 'Shop &lt;i&gt;', '?page=1']) {
    expect(has(first, text)).toBe(true);
  }
  const second = await who.browser.open('/u/account-history?page=1');
  expect([rows(second), has(second, '?page=2'), has(second, '?page=0')]).toEqual([11, false, true]);
  for (const odd of ['-1', '999', 'x', '1e9']) {
    expect((await who.browser.open(`/u/account-history?page=${odd}`)).status).toBe(200);
  }
});

test('a name: without a proof, up to 20 characters, told to the log', async () => {
  const who = await visit(door, ['phone'], 11 * MINUTE);
  const { browser } = who;
  const [phone] = await factorsOf(door, who.id);
  const path = `/u/account-name-factor?id=${phone?.id}`;
  const page = await browser.open(path);
  for (const [name, key] of [
    ['  ', 'no-nickname'],
    ['x'.repeat(21), 'nickname-too-long'],
  ] as const) {
    const refused = await press(browser, page, 'default', { nickname: name });
    expect([refused.status, errorOf(refused)]).toEqual([400, key]);
  }
  const done = await press(browser, page, 'default', { nickname: ' Küche <b> ' });
  expect([at(done), has(done, 'The name was changed.'), has(done, 'Küche &lt;b&gt;')]).toEqual([ACCOUNT, true, true]);
  expect((await factorsOf(door, who.id))[0]?.name).toBe('Küche <b>');
  expect((await logTypes(door, who.id)).at(-1)).toBe('gd_update_device_account');
});
