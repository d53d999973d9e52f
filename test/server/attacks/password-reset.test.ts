// Attacks: the way to a new password, used by somebody whose password it is not. Who has an account is not told; a link
// works once, in one browser, at one tenant, for the address it was sent to.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { type Office, openOffice } from '../management/office.ts';
import type { FrontDoor } from '../oauth/front-door.ts';
import { ask, choose, linksTo, logsOf, mailed, NEW, opens, REQUEST } from '../reset/mailed.ts';
import { FORM, send, stateOf } from './attacker.ts';

let office: Office;
let door: FrontDoor;
beforeAll(async () => {
  office = await openOffice();
  door = office.door;
});
afterAll(() => office.close());

let people = 0;
async function person(): Promise<string> {
  const name = `target-${String(++people).padStart(3, '0')}`;
  await door.house.user(name);
  return `${name}@example.com`;
}
const stranger = () => `nobody-${String(++people).padStart(3, '0')}@example.com`;

describe('who has an account', () => {
  test('is told by no answer of the API, and by none of its headers', async () => {
    const [known, unknown] = [await ask(door, await person()), await ask(door, stranger())];
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    // How often this address has asked so far is the same for both.
    const told = ({ headers }: typeof known) => [...headers].filter(([name]) => name !== 'x-ratelimit-remaining');
    expect(told(unknown)).toEqual(told(known));
    await door.house.runtime.settled(5000);
  });

  test('is told by no page', async () => {
    const told: string[] = [];
    for (const email of [await person(), stranger()]) {
      const browser = door.browser();
      const page = await browser.open(REQUEST, { email, action: 'default' });
      told.push(`${page.status} ${page.html}`);
    }
    expect(told[0]).toBe(told[1]);
    await door.house.runtime.settled(5000);
  });

  test('is told by no delay: the answer does not wait until it is known', async () => {
    const { users } = door.house.store;
    const find = users.findByIdentifier;
    const { promise: answered, resolve: release } = Promise.withResolvers<void>();
    users.findByIdentifier = async (...asked) => {
      await answered;
      return find(...asked);
    };
    const email = await person();
    expect((await ask(door, email)).status).toBe(200);
    expect((await ask(door, stranger())).status).toBe(200);
    expect(await door.house.store.messages.inbox(door.house.tenant.id, email, 1)).toEqual([]);
    users.findByIdentifier = find;
    release();
    expect(await linksTo(door, email)).toHaveLength(1);
  });

  test('is told by no limit: ten of each in a row, then one a minute', async () => {
    for (const email of [await person(), stranger()]) {
      for (let i = 0; i < 10; i++) expect((await ask(door, i % 2 ? email : email.toUpperCase())).status).toBe(200);
      const over = await ask(door, email);
      expect([over.status, over.headers.get('retry-after')]).toEqual([429, '60']);
      expect(JSON.parse(over.text)).toMatchObject({ name: 'TooManyRequestsError', code: 'too_many_requests' });
      const page = await door.browser().open(REQUEST, { email, action: 'default' });
      expect([page.status, /data-error="([^"]*)"/.exec(page.html)?.[1]]).toEqual([429, 'too-many-failures']);
      door.house.clock.advance(60_000);
      expect((await ask(door, email)).status).toBe(200);
    }
    await door.house.runtime.settled(5000);
    expect((await logsOf(door, 'fcpr')).filter(({ description }) => description.startsWith('Too many'))).toHaveLength(
      2,
    );
  });
});

test('who is blocked, and who has no address, gets no mail; the log says why', async () => {
  await door.house.user('locked', [], { blocked: true });
  await ask(door, 'locked@example.com');
  expect(await linksTo(door, 'locked@example.com')).toEqual([]);
  expect((await logsOf(door, 'fcpr'))[0]).toMatchObject({
    description: 'user is blocked',
    userName: 'locked@example.com',
  });
});

test('an account that was linked to another one is opened by no link of its own', async () => {
  const { store, tenant } = door.house;
  const primary = await door.house.user('primary');
  const second = await door.house.user('second');
  const user = encodeURIComponent(primary.id);
  const body = { provider: 'auth0', user_id: second.id.slice('auth0|'.length) };
  expect((await office.send('POST', `/api/v2/users/${user}/identities`, body)).status).toBe(201);
  await ask(door, 'second@example.com');
  expect(await linksTo(door, 'second@example.com')).toEqual([]);
  expect((await store.users.find(tenant.id, second.id))?.linkedTo).toBe(primary.id);
});

describe('a link', () => {
  test('that was followed sets no second password, from whatever page of it is still open', async () => {
    const email = await person();
    const link = await mailed(door, email);
    const thief = door.browser();
    const early = await thief.open(link);
    const owner = door.browser();
    await choose(owner, await owner.open(link));
    const late = await choose(thief, early, 'the thief was here 1');
    expect(late.status).toBe(400);
    expect((await thief.open(link)).status).toBe(400);
    expect(await opens(door, email, NEW)).toBe(true);
  });

  test('sets one password, however many browsers send theirs at once', async () => {
    const email = await person();
    const link = await mailed(door, email);
    const pages = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const browser = door.browser();
        return { browser, page: await browser.open(link) };
      }),
    );
    const ends = await Promise.all(pages.map(({ browser, page }, i) => choose(browser, page, `${NEW} ${i}`)));
    const done = ends.map(({ status }) => status === 200);
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await opens(door, email, `${NEW} ${done.indexOf(true)}`)).toBe(true);
  });

  test('sets none for a browser that has only heard of the page that it led to', async () => {
    const email = await person();
    const owner = door.browser();
    const page = await owner.open(await mailed(door, email));
    const other = door.browser();
    await other.open(door.authorizeUrl());
    expect((await choose(other, page)).status).toBe(400);
    expect(await opens(door, email, PASSWORD)).toBe(true);
  });

  test('tries a handful of passwords, not as many as somebody likes', async () => {
    const browser = door.browser();
    const email = await person();
    const page = await browser.open(await mailed(door, email));
    const told: number[] = [];
    for (let i = 0; i < 22; i++) told.push((await choose(browser, page, 'short')).status);
    expect([told.indexOf(429), told.lastIndexOf(400)]).toEqual([20, 19]);
    door.house.clock.advance(60_000);
    expect((await choose(browser, page)).status).toBe(200);
  });

  test('is one of many: each works until one has', async () => {
    const email = await person();
    const first = await mailed(door, email);
    const second = await mailed(door, email);
    const browser = door.browser();
    await choose(browser, await browser.open(first));
    expect((await browser.open(second)).status).toBe(400);
  });

  test('opens nothing at the neighbour, nor as a key of anything else', async () => {
    const link = new URL(await mailed(door, await person()));
    const key = link.searchParams.get('ticket') ?? '';
    const there = await door.app.request(office.neighbour.baseUrl + link.pathname + link.search);
    expect(there.status).toBe(400);
    expect(await there.text()).not.toContain('<form');
    for (const path of [
      `/u/unblock?ticket=${key}`,
      `/u/reset-password?state=${key}`,
      `/authorize/resume?state=${key}`,
    ]) {
      expect([path, (await door.get(path)).status]).toEqual([path, 400]);
    }
    expect((await door.get(link.pathname + link.search)).status).toBe(302);
  });

  test.each([
    ['no key', ''],
    ['an empty one', '?ticket='],
    ['one that was made up', `?ticket=${'A'.repeat(43)}`],
    ['an endless one', `?ticket=${'A'.repeat(9000)}`],
    ['two', '?ticket=a&ticket=b'],
    ['half a character', '?ticket=%ff'],
    ['U+0000', '?ticket=%00'],
    ['a path', '?ticket=../../x'],
  ])('with %s leads to a page without a form', async (_what, query) => {
    const answer = await door.get(`/u/reset-password/verify${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('<form');
  });

  test('that a program looks at, or opens without end, begins nothing', async () => {
    const email = await person();
    const link = await mailed(door, email);
    const head = await door.app.request(link, { method: 'HEAD' });
    expect([head.status, head.headers.get('set-cookie')]).toEqual([200, null]);
    for (let i = 0; i < 10; i++) expect((await door.app.request(link)).status).toBe(302);
    const over = await door.app.request(link);
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '60']);
    door.house.clock.advance(60_000);
    const browser = door.browser();
    expect((await choose(browser, await browser.open(link))).status).toBe(200);
  });

  test('is worth nothing once the address is another: whoever reads the former mailbox stays outside', async () => {
    const email = await person();
    const { store, tenant } = door.house;
    const user = await store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', email);
    const link = await mailed(door, email);
    const browser = door.browser();
    const page = await browser.open(link);
    await store.users.update(tenant.id, user?.id ?? '', (each) => ({ ...each, email: `new.${email}` }));
    expect((await door.browser().open(link)).status).toBe(400);
    expect((await choose(browser, page)).status).toBe(400);
    expect(await opens(door, `new.${email}`, PASSWORD)).toBe(true);
  });

  test('keeps its key to itself: no page, log, message of a script or address behind it holds it', async () => {
    const email = await person();
    const link = await mailed(door, email);
    const key = link.slice(-43);
    const browser = door.browser();
    const page = await browser.open(link);
    const done = await choose(browser, page);
    expect([page.html, page.url.href, done.html, done.url.href].join()).not.toContain(key);
    const { records } = await door.house.store.logs.list(door.house.tenant.id, {
      order: 'newest',
      page: { offset: 0, limit: 100 },
    });
    expect(JSON.stringify(records)).not.toContain(key);
    expect(JSON.stringify(records)).not.toContain(NEW);
  });

  test('leaves nobody signed in', async () => {
    const email = await person();
    const browser = door.browser();
    await choose(browser, await browser.open(await mailed(door, email)));
    expect(browser.cookies.has('sallyport_session')).toBe(false);
    expect((await browser.open(door.authorizeUrl())).url.pathname).toBe('/u/login');
  });

  test('lifts the block that guesses put on the account', async () => {
    const email = await person();
    for (let i = 0; i < 10; i++) expect(await opens(door, email, 'wrong')).toBe(false);
    expect(await opens(door, email, PASSWORD)).toBe(false);
    const browser = door.browser();
    await choose(browser, await browser.open(await mailed(door, email)));
    door.house.clock.advance(60_000);
    expect(await opens(door, email, NEW)).toBe(true);
  });
});

describe('a form that another site sends', () => {
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', ...FORM };

  test('sets no password, in the very browser of the person', async () => {
    const email = await person();
    const browser = door.browser();
    const page = await browser.open(await mailed(door, email));
    const body = String(new URLSearchParams({ state: stateOf(page), password: NEW, 're-enter-password': NEW }));
    const path = `${page.url.pathname}${page.url.search}`;
    expect((await send(door, browser, path, { method: 'POST', headers: foreign, body })).status).toBe(403);
    expect((await choose(browser, page)).status).toBe(200);
  });

  test('asks for no mail', async () => {
    const email = await person();
    const sent = { method: 'POST', headers: foreign, body: `email=${email}` };
    expect((await send(door, door.browser(), REQUEST, sent)).status).toBe(403);
    expect(await linksTo(door, email)).toEqual([]);
  });

  test('a request page of another browser’s login is none of this one', async () => {
    const page = await door.browser().open(door.authorizeUrl());
    const answer = await door.get(`${REQUEST}?state=${stateOf(page)}`);
    expect(answer.status).toBe(400);
  });
});

test('one mailbox is not filled, from however many addresses it is asked for', async () => {
  const { house } = door;
  const email = await person();
  const connection = await house.store.connections.findByKey(house.tenant.id, 'Username-Password-Authentication');
  if (!connection) throw new Error('no connection');
  const request = { tenant: house.tenant, connection, identifier: email, locale: 'en' };
  for (let i = 1; i <= 25; i++) {
    await house.runtime.requestPasswordReset({ ...request, caller: { ip: `198.51.100.${i}`, method: 'POST' } });
  }
  expect(await linksTo(door, email)).toHaveLength(20);
});

test('one address asks for a hundred names in a row, and then has to wait', async () => {
  door.house.clock.advance(3_600_000);
  const told: number[] = [];
  for (let i = 0; i < 110; i++) told.push((await ask(door, stranger())).status);
  expect([told.indexOf(429), told.lastIndexOf(200)]).toEqual([100, 99]);
  await door.house.runtime.settled(5000);
});
