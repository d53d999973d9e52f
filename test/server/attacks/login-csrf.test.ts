// Attacks by which somebody is signed in as somebody else, or lends their browser: forms that another site posts, logins
// that another browser began, answers that were meant for another window (RFC 9700 §4.7, RFC 6749 §10.12).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { appCode, CHALLENGE_OTP, FORM, hasTokens, send, signIn, stateOf } from './attacker.ts';

let door: FrontDoor;
let people = 0;
let mallory: string;
beforeAll(async () => {
  door = await openFrontDoor();
  await door.deps.store.clients.update(door.house.tenant.id, 'spa', (client) => ({
    ...client,
    settings: { allowed_logout_urls: ['https://app.example/out'] },
  }));
}, 60_000);
afterAll(() => door.close());
beforeEach(async () => {
  door.house.clock.advance(30_000);
  await door.house.bind();
  mallory = `mallory-${++people}`;
  await door.house.user(mallory, ['otp']);
});

const FOREIGN: [name: string, headers: Record<string, string>][] = [
  ['by its origin', { origin: 'https://evil.example' }],
  ['from a frame without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['from a sibling', { origin: 'http://other.localhost:3000', 'sec-fetch-site': 'same-site' }],
];
const credentials = () => ({ username: `${mallory}@example.com`, password: PASSWORD, action: 'default' });
const post = (browser: PlainBrowser, path: string, fields: Record<string, string>, headers: Record<string, string>) =>
  send(door, browser, path, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: String(new URLSearchParams(fields)),
  });
const placeIn = ({ url }: Page) => url.pathname + url.search;

/** What the person is, afterwards, in this browser. */
const isSignedIn = async (browser: PlainBrowser) =>
  hasTokens(await browser.open(door.authorizeUrl({ prompt: 'none' })));

describe.each(FOREIGN)('a form of another site, known %s', (_name, headers) => {
  test('signs nobody in as its author', async () => {
    const victim = door.browser();
    const page = await victim.open(door.authorizeUrl());
    const answer = await post(victim, placeIn(page), { state: stateOf(page), ...credentials() }, headers);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    expect(await isSignedIn(victim)).toBe(false);
  });

  test('proves no factor, picks none and goes nowhere', async () => {
    await door.house.bind(CHALLENGE_OTP);
    const victim = door.browser();
    const page = await signIn(door, victim, mallory);
    for (const fields of [{ code: appCode(door) }, { action: 'pick-authenticator' }, { action: 'back-action' }]) {
      expect((await post(victim, placeIn(page), { state: stateOf(page), ...fields }, headers)).status).toBe(403);
    }
    expect(hasTokens(await victim.post(page, { code: appCode(door), action: 'default' }))).toBe(true);
  });

  test('signs nobody out by the button', async () => {
    const victim = door.browser();
    await signIn(door, victim, mallory);
    const asked = await victim.open('/oidc/logout');
    expect(asked.url.pathname).toBe('/u/logout');
    const answer = await post(victim, placeIn(asked), { state: stateOf(asked), action: 'accept' }, headers);
    expect(answer.status).toBe(403);
    expect(await isSignedIn(victim)).toBe(true);
  });

  test('lets no device in', async () => {
    const victim = door.browser();
    await signIn(door, victim, mallory);
    const answer = await post(victim, '/activate', { user_code: 'BCDF-GHJK', action: 'accept' }, headers);
    expect(answer.status).toBe(403);
  });

  test('asks for no mail about a new password', async () => {
    const fields = { email: `${mallory}@example.com`, action: 'default' };
    expect((await post(door.browser(), '/u/reset-password/request', fields, headers)).status).toBe(403);
    await door.house.runtime.settled(1000);
    const { store, tenant } = door.house;
    expect(await store.messages.inbox(tenant.id, fields.email, 9)).toEqual([]);
  });
});

describe('a login that another browser began', () => {
  test.each<[string, (page: Page) => string]>([
    ['its page', (page) => `/u/login?state=${stateOf(page)}`],
    ['its end', (page) => `/authorize/resume?state=${stateOf(page)}`],
    ['its way back', (page) => `/continue?state=${stateOf(page)}`],
  ])('shows %s to nobody else', async (_name, address) => {
    const [thief, victim] = [door.browser(), door.browser()];
    const page = await thief.open(door.authorizeUrl());
    const shown = await victim.open(address(page));
    expect(shown.status).toBe(400);
    expect(shown.html).not.toContain('<form');
  });

  test('takes no password of somebody who was sent its address', async () => {
    const [thief, victim] = [door.browser(), door.browser()];
    const page = await thief.open(door.authorizeUrl());
    const answer = await post(victim, placeIn(page), { state: stateOf(page), ...credentials() }, {});
    expect(answer.status).toBe(400);
    expect(hasTokens(await thief.open(`/authorize/resume?state=${stateOf(page)}`))).toBe(false);
  });

  test('signs in nobody who is handed its end', async () => {
    const [thief, victim] = [door.browser(), door.browser()];
    const page = await thief.open(door.authorizeUrl());
    const done = await post(thief, placeIn(page), { state: stateOf(page), ...credentials() }, { origin: door.site });
    const end = done.headers.get('location') ?? '';
    expect(end).toMatch(/^\/authorize\/resume/);
    expect((await victim.open(end)).status).toBe(400);
    expect(victim.cookies.has('sallyport_session')).toBe(false);
    // It was not spent by the one who may not have it.
    expect(hasTokens(await thief.open(end))).toBe(true);
  });

  test('is not the login of a browser whose cookie somebody planted, once there is another', async () => {
    const [thief, victim] = [door.browser(), door.browser()];
    await victim.open(door.authorizeUrl());
    const own = victim.cookies.get('sallyport_browser');
    const page = await thief.open(door.authorizeUrl());
    expect(thief.cookies.get('sallyport_browser')).not.toBe(own);
    const both = `sallyport_browser=${own}; sallyport_browser=${thief.cookies.get('sallyport_browser')}`;
    const answer = await door.get(placeIn(page), { cookie: both });
    // Cookies of the more exact path come first; ours are of the root and of no name that another host may set on https.
    expect(answer.status).toBe(400);
  });
});

test('a code and its answer name who issued them, and go to the window that asked', async () => {
  const browser = door.browser();
  const end = await signIn(door, browser, mallory, { state: 'of this window' });
  expect(Object.fromEntries(end.url.searchParams)).toMatchObject({ state: 'of this window', iss: door.issuer });
  const code = end.url.searchParams.get('code') ?? '';
  // Injected into another window, whose verifier is another (RFC 7636 §1).
  const other = await door.exchange(code, { code_verifier: 'x'.repeat(43) });
  expect(other).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
});
