// Auth0's SDK for single-page applications, as it is published, in a real Chromium: the browser's rules for frames, cookies
// and other origins are part of what is tested.

import { fileURLToPath } from 'node:url';
import type { Auth0Client } from '@auth0/auth0-spa-js';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#test/kit/chromium.ts';
import { freePort } from '#test/kit/free-port.ts';
import { enterPassword, fillPassword, requestsOf, servePage } from './pages.ts';
import type { Settings } from './programs/spa.ts';
import { fetchTrusting, newClient, newPerson, type Person, port, SITE } from './site.ts';

type Spa = typeof import('./programs/spa.ts');
declare global {
  /** Of the page: the bundled program, and its client. */
  var spa: Spa;
  var auth0: Auth0Client;
  var opened: Promise<void>;
}

let browser: Browser;
let context: BrowserContext;
let page: Page;
let seen: string[];
let stop: () => void;
let origin: string;
let clientId: string;
let person: Person;

beforeAll(async () => {
  const pagePort = await freePort();
  origin = `https://localhost:${pagePort}`;
  const bundle = build({
    entryPoints: [fileURLToPath(new URL('programs/spa.ts', import.meta.url))],
    bundle: true,
    write: false,
    globalName: 'spa',
  });
  const [launched, made, somebody, { outputFiles }] = await Promise.all([
    launchChromium(),
    newClient({
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      callbacks: [origin],
      allowed_logout_urls: [origin],
      web_origins: [origin],
      grant_types: ['authorization_code', 'refresh_token'],
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 },
    }),
    newPerson(),
    bundle,
  ]);
  browser = launched;
  clientId = made.clientId;
  person = somebody;
  stop = await servePage(pagePort, 'Single page', outputFiles[0]?.text ?? '');
  context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-US' });
  context.setDefaultTimeout(15_000);
  seen = requestsOf(context, SITE);
  page = await context.newPage();
});
afterAll(async () => {
  await browser.close();
  stop();
});

/** Loads the page anew; requests before this are forgotten. */
async function load(more: Partial<Settings> = {}): Promise<void> {
  seen.length = 0;
  await page.goto(origin);
  await startHere(more);
}

async function startHere(more: Partial<Settings> = {}): Promise<void> {
  const settings = { domain: `localhost:${port}`, clientId, useRefreshTokens: false, useDpop: false, ...more };
  await page.evaluate(async (given) => {
    globalThis.auth0 = await spa.start(given);
  }, settings);
}

/** By a redirect; the session of the tenant spares the password after the first time. */
async function signIn(more: Partial<Settings> = {}): Promise<void> {
  await load(more);
  await page.evaluate(() => spa.signIn(auth0));
  await page.waitForURL((url) => url.pathname === '/u/login' || url.searchParams.has('code'));
  if (new URL(page.url()).pathname === '/u/login') await enterPassword(page, person, origin);
  await startHere(more);
}

const renew = () => page.evaluate(() => spa.renew(auth0));
const ours = () => ({ iss: `${SITE}/`, sub: person.id, aud: clientId });

test('signs in by a redirect', async () => {
  await signIn();
  expect(await page.evaluate(() => auth0.getUser())).toMatchObject({ sub: person.id, email: person.email });
  expect(seen).toContain('POST /oauth/token authorization_code');
});

test('a reloaded page is signed in again through a hidden frame', async () => {
  await load();
  expect(await page.evaluate(() => auth0.isAuthenticated())).toBe(true);
  expect(seen).toEqual(['GET /authorize web_message', 'POST /oauth/token authorization_code']);
  expect((await renew()).claims).toMatchObject(ours());
});

test('renews by refresh tokens, each good once', async () => {
  await signIn({ useRefreshTokens: true });
  seen.length = 0;
  const [first, second] = [await renew(), await renew()];
  expect(seen).toEqual(['POST /oauth/token refresh_token', 'POST /oauth/token refresh_token']);
  expect(second.claims).toMatchObject(ours());
  expect(second.accessToken).not.toBe(first.accessToken);
});

test('DPoP: the tokens are of no use without the key', async () => {
  await signIn({ useRefreshTokens: true, useDpop: true });
  const { kind, accessToken } = await renew();
  expect(kind).toBe('DPoP');
  const address = `${SITE}/userinfo`;
  expect(await page.evaluate((to) => spa.askApi(auth0, to), address)).toMatchObject({ sub: person.id });
  const stolen = await fetchTrusting(address, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(stolen.status).toBe(401);
});

test('signs out, and the hidden frame hears of it', async () => {
  await signIn();
  await Promise.all([page.waitForEvent('framenavigated'), page.evaluate(() => spa.signOut(auth0))]);
  await page.waitForLoadState();
  await startHere();
  const silent = () => auth0.getTokenSilently({ cacheMode: 'off' }).catch(({ error }: { error: string }) => error);
  expect(await page.evaluate(silent)).toBe('login_required');
});

test('signs in in a window of its own', async () => {
  await load();
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(() => {
      globalThis.opened = spa.signInByWindow(auth0);
    }),
  ]);
  await popup.waitForURL((url) => url.pathname === '/u/login');
  await Promise.all([popup.waitForEvent('close'), fillPassword(popup, person)]);
  expect(await page.evaluate(() => opened.then(() => auth0.getUser()))).toMatchObject({ sub: person.id });
  expect(seen).toContain('GET /authorize web_message');
});
