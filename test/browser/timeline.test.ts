// Test: the timeline of a login in a real Chromium: readable, whole, and in an order that makes sense when it is heard. With
// SALLYPORT_TEST_SCREENS=<folder> its pictures land there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { draw } from '#test/kit/counts.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from '../server/oauth/front-door.ts';
import { axe, fits } from './gallery/inspect.ts';

const OPERATOR = { username: 'operator', password: 'the operator of this test' };
const AUTHORIZATION = `Basic ${btoa(`${OPERATOR.username}:${OPERATOR.password}`)}`;
const SCRIPTS = [
  `exports.onExecutePostLogin = async (event, api) => {
    console.log('asks', event.user.name, { for: 'one of two' });
    api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }, { type: 'webauthn-roaming' }]);
  };`,
  `exports.onExecutePostLogin = async (event, api) => {
    api.idToken.setCustomClaim('https://example.com/${'long'.repeat(20)}', { value: '${'x'.repeat(200)}' });
    if (event.user.name === 'ben') api.access.deny('Closed on Sundays.');
  };`,
];

let browser: Browser;
let door: FrontDoor;
const ids: { [who: string]: string } = {};
beforeAll(async () => {
  const env = {
    SALLYPORT_DEV: '1',
    SALLYPORT_ADMIN_CLIENT_ID: OPERATOR.username,
    SALLYPORT_ADMIN_CLIENT_SECRET: OPERATOR.password,
  };
  [browser, door] = await Promise.all([chromium.connect(inject('chromium')), openFrontDoor({ env })]);
  await door.house.bind(...SCRIPTS);
  for (const who of ['ana', 'ben']) ids[who] = await login(who);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await door?.close();
});

/** The id of a login with a picker, a code of the phone and a wrong one before it. */
async function login(who: string): Promise<string> {
  const { house, browser: visit, authorizeUrl } = door;
  const user = await house.user(who, ['phone', 'otp']);
  const visitor = visit();
  const page = await visitor.open(authorizeUrl());
  const picker = await visitor.post(page, { username: `${who}@example.com`, password: PASSWORD, action: 'default' });
  const challenge = await visitor.post(picker, { action: 'sms' });
  house.clock.advance(42_000);
  const again = await visitor.post(challenge, { code: '000000', action: 'default' });
  await visitor.post(again, { code: await house.codeFor('+447700900123'), action: 'default' });
  const { records } = await house.store.loginSteps.logins(house.tenant.id, { userId: user.id, limit: 1 });
  return records[0]?.transactionId ?? '';
}

/** A page of ours, without a socket in between and without scripts. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: true, ...options });
  await context.route('**/*', async (route) => {
    const headers = { ...route.request().headers(), authorization: AUTHORIZATION };
    const answer = await door.app.request(route.request().url(), { headers });
    return route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
  const page = await context.newPage();
  await page.goto(`${door.site}${path}`);
  return page;
}

async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.SALLYPORT_TEST_SCREENS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

describe.each(['/dev/logins', '/operator/logins', 'ana', 'ben'])('%s', (what) => {
  const looks = [
    ['light', 320],
    ['dark', 1024],
    ['light', 1024],
    ['dark', 320],
  ] as const;
  test.each(draw(looks, 1))('is readable and whole, %s, %d pixels wide', async (colorScheme, width) => {
    const path = what.startsWith('/') ? what : `/dev/logins/${ids[what]}`;
    const page = await open(path, { colorScheme, viewport: { width, height: 700 } });
    await photograph(page, `80-${what.replaceAll(/\W+/g, '-')}-${colorScheme}-${width}`);
    expect(await axe(page)).toEqual([]);
    expect(await fits(page)).toEqual([]);
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await axe(page)).toEqual([]);
    await photograph(page, `81-${what.replaceAll(/\W+/g, '-')}-${colorScheme}-${width}-open`);
    await page.context().close();
  });
});

describe('a timeline', () => {
  test('is found from the list, and tells the steps in their order', async () => {
    const page = await open('/operator/logins');
    await page
      .getByRole('row', { name: /ben@example\.com/ })
      .getByRole('link')
      .click();
    expect(new URL(page.url()).pathname).toBe(`/operator/logins/${ids.ben}`);
    expect(await page.locator('.step h3').allTextContents()).toEqual([
      'The login began',
      'The password was sent',
      'Phone was chosen, by SMS',
      'A code was entered',
      'A code was entered',
    ]);
    const text = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      'Closed on Sundays.',
      'Several can be used, so the person picks.',
      'Asked for phone or authenticator app or security key',
      'switched off for the tenant',
      'asks ben',
      'invalid-code',
      '42.0 s for the person',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('+447700900123');
    await page.emulateMedia({ media: 'print' });
    await page.locator('.lines').first().waitFor({ state: 'visible' });
    await photograph(page, '82-timeline-print');
    await page.context().close();
  });

  test('is nobody else’s: it asks for the operator, and there is none of another login', async () => {
    expect((await door.get(`/operator/logins/${ids.ana}`)).status).toBe(401);
    expect((await door.get('/dev/logins/none')).status).toBe(404);
    expect((await door.get(`/dev/logins/${ids.ana}`)).status).toBe(200);
  });
});
