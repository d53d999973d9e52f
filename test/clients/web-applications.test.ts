// Web applications behind Auth0's middleware for Express and for Hono, as they are published, each a process of its own;
// people reach them with a real Chromium.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#test/kit/chromium.ts';
import { freePort } from '#test/kit/free-port.ts';
import { enterPassword, requestsOf } from './pages.ts';
import { openProgram, type Program } from './program.ts';
import { SECOND_HOST } from './server.ts';
import {
  certFile,
  type Json,
  keyFile,
  newClient,
  newPerson,
  openSecondTenant,
  type Person,
  port,
  SITE,
} from './site.ts';

let browser: Browser;
let onExpress: Program<typeof import('./programs/express-openid-connect.ts')>;
let onHono: Program<typeof import('./programs/auth0-hono.ts')>;

beforeAll(async () => {
  onExpress = openProgram('express-openid-connect.ts');
  onHono = openProgram('auth0-hono.ts');
  browser = await launchChromium([`--host-resolver-rules=MAP ${SECOND_HOST}:443 127.0.0.1:${port}`]);
});
afterAll(async () => {
  await Promise.all([browser.close(), onExpress.close(), onHono.close()]);
});

async function newBrowser(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-US' });
  context.setDefaultTimeout(15_000);
  return { context, page: await context.newPage() };
}

const shown = async (page: Page) => JSON.parse((await page.textContent('body')) ?? '') as Json;

/** What every application goes through: signs in, is known, signs out at the tenant too. */
async function comeAndGo(
  page: Page,
  person: Person,
  { site = SITE, origin, logout = '/logout' }: { site?: string; origin: string; logout?: string },
): Promise<Json> {
  await page.goto(`${origin}/`);
  expect(new URL(page.url()).origin).toBe(site);
  await enterPassword(page, person, origin);
  const inside = await shown(page);
  expect(inside.claims).toMatchObject({ sub: person.id, email: person.email });
  // Back from there, the page of the application wants somebody again, and the tenant knows nobody any more.
  const left = page.waitForRequest(
    (request) => request.url().startsWith(`${origin}/?`) || request.url() === `${origin}/`,
  );
  await page.goto(`${origin}${logout}`);
  // Where the application does not say whose session it is, the person is asked.
  if (new URL(page.url()).pathname === '/u/logout') await page.click('button[name=action]:first-of-type');
  await left;
  await page.waitForURL((url) => url.pathname === '/u/login');
  return inside;
}

/** Signs in again, ends the session at the tenant, and waits until the application has heard of it. */
async function endElsewhere(page: Page, person: Person, { site = SITE, origin }: { site?: string; origin: string }) {
  await enterPassword(page, person, origin);
  const elsewhere = await page.context().newPage();
  await elsewhere.goto(`${site}/v2/logout`);
  await expect
    .poll(() => page.goto(`${origin}/`).then(() => new URL(page.url()).pathname), { timeout: 10_000 })
    .toBe('/u/login');
}

async function application(settings: Json) {
  const own = await freePort();
  const origin = `https://localhost:${own}`;
  const client = await newClient({
    callbacks: [`${origin}/callback`],
    allowed_logout_urls: [origin],
    oidc_logout: { backchannel_logout_urls: [`${origin}/backchannel-logout`] },
    ...settings,
  });
  return { origin, given: { site: SITE, port: own, certFile, keyFile, ...client } };
}

test('Express, with an ID token that the browser posts', async () => {
  const { origin, given } = await application({ grant_types: ['implicit'] });
  await onExpress.run('serveByIdToken', given);
  const { context, page } = await newBrowser();
  const seen = requestsOf(context, SITE);
  await comeAndGo(page, await newPerson(), { origin });
  expect(seen[0]).toBe('GET /authorize form_post');
});

test('Express, with a code and a refresh token', async () => {
  const { origin, given } = await application({ grant_types: ['authorization_code', 'refresh_token'] });
  await onExpress.run('serveByCode', given);
  const { page } = await newBrowser();
  const person = await newPerson();
  expect(await comeAndGo(page, person, { origin })).toMatchObject({ renewed: true });
  await endElsewhere(page, person, { origin });
});

test('Hono, at a tenant whose host has no port', async () => {
  const { site, manage } = await openSecondTenant();
  const own = await freePort();
  const origin = `https://localhost:${own}`;
  const settings = {
    callbacks: [`${origin}/auth/callback`],
    allowed_logout_urls: [origin],
    oidc_logout: { backchannel_logout_urls: [`${origin}/auth/backchannel-logout`] },
  };
  const client = await newClient(settings, manage);
  await onHono.run('serve', { domain: SECOND_HOST, ...client, port: own, certFile, keyFile, tenantPort: port });
  const { page } = await newBrowser();
  const person = await newPerson(manage);
  await comeAndGo(page, person, { site, origin, logout: '/auth/logout' });
  await endElsewhere(page, person, { site, origin });
});
