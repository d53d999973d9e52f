// Test: sign-ins that a phone approves, in a real Chromium: a page where somebody signs in, beside the page on their phone,
// each in a browser of its own. The page goes on by itself, or by its button where no script runs.
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axe } from './gallery/inspect.ts';
import { answer, at, error, expectToFit, openLogin, photograph, press, server, signIn, somebody } from './stage.ts';

/** Who has no phone enrolls one, who has one is asked. */
const SCRIPT = `exports.onExecutePostLogin = async (event, api) => {
  const has = event.user.enrolledFactors.some(({ type }) => type === 'push-notification');
  api.authentication[has ? 'challengeWith' : 'enrollWith']({ type: 'push-notification' });
};`;

let people = 0;
async function newcomer(): Promise<{ id: string; email: string; password: string }> {
  const person = { email: `phoned-${++people}@example.com`, password: 'Opens-the-gate-1' };
  const made = await server.manage('POST', '/users', { connection: 'Username-Password-Authentication', ...person });
  return { ...person, id: String(made.user_id) };
}

/** A phone without a page, by the addresses for development. */
async function dev(path: string, body: unknown): Promise<Record<string, unknown>> {
  const answered = await fetch(`${server.site}/dev/devices${path}`, { method: 'POST', body: JSON.stringify(body) });
  return (await answered.json()) as Record<string, unknown>;
}

beforeAll(async () => {
  await server.manage('PUT', '/guardian/factors/push-notification', { enabled: true });
  await server.bind(SCRIPT);
}, 60_000);
afterAll(async () => {
  await server.bind();
  await server.manage('PUT', '/guardian/factors/push-notification', { enabled: false });
});

const scripted = { javaScriptEnabled: true };
const phoneLike = { ...scripted, viewport: { width: 320, height: 640 }, hasTouch: true };

/** The address of the picture on the page. */
async function addressOn(page: Page): Promise<string> {
  await press(page, 'toggle-view');
  expect(at(page)).toBe('/u/mfa-push-enrollment-code');
  return (await page.locator('a.address').getAttribute('href')) ?? '';
}

/** Photographed, and looked over by axe. */
async function inspected(page: Page, name: string): Promise<void> {
  await photograph(page, name);
  expect(await axe(page), name).toEqual([]);
}

/** Somebody new with a phone, from the first page to the last. */
async function enrolled(looks: { language?: string; colorScheme?: 'light' | 'dark'; photographed?: boolean } = {}) {
  const { language = 'en', colorScheme = 'light', photographed = true } = looks;
  const name = (view: string) => `60-push-${language}-${colorScheme}-${view}`;
  const photo = photographed ? inspected : async () => undefined;
  const person = await newcomer();
  const context = await somebody({ ...scripted, colorScheme });
  const page = await openLogin(context, `prompt=login&ui_locales=${language}`);
  await signIn(page, person);
  expect(at(page)).toBe('/u/mfa-push-welcome');
  await photo(page, name('welcome'));
  await press(page, 'enroll');
  expect(at(page)).toBe('/u/mfa-push-enrollment-qr');
  await page.locator('.waiting').waitFor();
  await photo(page, name('picture'));
  await expectToFit(page);
  const address = await addressOn(page);
  await photo(page, name('address'));

  const phone = await somebody({ ...phoneLike, colorScheme, locale: language === 'ja' ? 'ja-JP' : 'en-US' });
  const device = await phone.newPage();
  await device.goto(address);
  await device.locator('#name').waitFor();
  expect(await device.locator('main').textContent()).toContain(person.email);
  await photo(device, name('device-enroll'));
  await expectToFit(device);
  await device.fill('#name', 'Test phone');
  await device.locator('form button').click();
  await device.locator('.mark.good').waitFor();
  await photo(device, name('device-enrolled'));
  await expectToFit(device);
  // The key is out of the address, and the page goes on by itself.
  expect(device.url()).toBe(`${server.site}/push`);
  await turnTo(page);
  await page.waitForURL('**/u/mfa-push-success?**');
  await photo(page, name('success'));
  await press(page, 'continue');
  // With the first factor comes a recovery code.
  expect(at(page)).toBe('/u/mfa-recovery-code-enrollment');
  await page.check('[name=saved]');
  await press(page, 'default');
  expect(at(page)).toBe('/dev/try/callback');
  await device.locator('[data-do=home]').click();
  await device.locator('#accounts [role=listitem]').waitFor();
  await photo(device, name('device-home'));
  await expectToFit(device);
  return { person, context, device, phone, name };
}

/**
 * Pages ask again when somebody turns to them: no test waits for their next turn. One that asked by itself meanwhile may
 * be on its way to the next page already.
 */
async function turnTo(page: Page): Promise<void> {
  try {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  } catch (error) {
    if (!String(error).includes('Execution context was destroyed')) throw error;
  }
}

/** What the phone shows, once it is asked. */
async function asked(device: Page): Promise<void> {
  await turnTo(device);
  await device.locator('.numbers button').first().waitFor();
}

const numberOn = async (page: Page) => (await page.locator('.number').textContent()) ?? '';
const choose = (device: Page, number: string) => device.locator(`.numbers [data-mark="${number}"]`).click();

async function challenged(context: BrowserContext, person: { email: string; password: string }, query?: string) {
  const page = await openLogin(context, query);
  await signIn(page, person);
  expect(at(page)).toBe('/u/mfa-push-challenge-push');
  return page;
}

describe('a phone', () => {
  test('is enrolled by the picture, approves and refuses', async () => {
    const { person, context, device, name } = await enrolled();
    const page = await challenged(context, person);
    await page.locator('.waiting').waitFor();
    await inspected(page, name('challenge'));
    await expectToFit(page);
    await asked(device);
    expect(await device.locator('.facts').textContent()).toMatch(/Demo application.*Chrome/s);
    await inspected(device, name('device-request'));
    await expectToFit(device);
    await choose(device, await numberOn(page));
    await device.locator('.mark.good').waitFor();
    await inspected(device, name('device-approved'));
    await turnTo(page);
    await page.waitForURL('**/dev/try/callback?**');
    await device.locator('[data-do=home]').click();

    const other = await challenged(context, person);
    await asked(device);
    await device.locator('[data-do=refuse]').click();
    await device.locator('.mark').waitFor();
    await inspected(device, name('device-refused'));
    await turnTo(other);
    await other.locator('form[data-error=transaction-rejected]').waitFor();
    await inspected(other, name('challenge-refused'));
    await device.locator('[data-do=home]').click();
  });

  test('shows a code when no request arrives, and is removed', async () => {
    const { person, context, device, name } = await enrolled({ photographed: false });
    const other = await challenged(context, person);
    await press(other, 'enter-otp-code');
    expect(at(other)).toBe('/u/mfa-push-challenge-code');
    await inspected(other, name('challenge-code'));
    await asked(device);
    await device.locator('[data-do=refuse]').click();
    await device.locator('[data-do=home]').click();
    await device.locator('[data-do=code]').click();
    await device.locator('#code:not(:empty)').waitFor();
    await inspected(device, name('device-code'));
    await expectToFit(device);
    await answer(other, (await device.locator('#code').textContent()) ?? '');
    expect(at(other)).toBe('/dev/try/callback');

    await device.locator('[data-do=home]').click();
    await device.locator('[data-do=remove]').click();
    await inspected(device, name('device-remove'));
    await device.locator('[data-do=confirm]').click();
    await expect.poll(() => device.locator('#accounts').count()).toBe(0);
    await inspected(device, name('device-empty'));
  });

  test('in Japanese and dark: the whole way, and a wrong number', async () => {
    const { person, context, device, name } = await enrolled({ language: 'ja', colorScheme: 'dark' });
    const page = await challenged(context, person, 'prompt=login&ui_locales=ja');
    await page.locator('.waiting').waitFor();
    await inspected(page, name('challenge'));
    await asked(device);
    await inspected(device, name('device-request'));
    const number = await numberOn(page);
    await device.locator(`.numbers button:not([data-mark="${number}"])`).first().click();
    await device.locator('.mark.bad').waitFor();
    await inspected(device, name('device-wrong'));
    await turnTo(page);
    await page.locator('form[data-error=transaction-rejected]').waitFor();
  });

  test('approves for a browser without scripts, whose button goes on', async () => {
    const person = await newcomer();
    const { id } = await dev('', { user_id: person.id });
    const page = await challenged(await somebody(), person);
    await press(page, 'continue');
    expect(await error(page)).toBe('challenge-transaction-pending');
    const inbox = await fetch(`${server.site}/dev/inbox.json?to=${id}`);
    const [message] = (await inbox.json()) as { id: string; code: string }[];
    expect(message?.code).toBe(await numberOn(page));
    expect(await dev(`/${id}/answer`, { message_id: message?.id, approve: true })).toMatchObject({
      outcome: 'approved',
    });
    await press(page, 'continue');
    expect(at(page)).toBe('/dev/try/callback');
  });
});

test('a picture that was used opens nothing on another phone', async () => {
  const page = await openLogin(await somebody());
  await signIn(page, await newcomer());
  await press(page, 'enroll');
  const address = await addressOn(page);
  for (const expected of ['#name', '.mark.bad']) {
    const device = await (await somebody(phoneLike)).newPage();
    await device.goto(address);
    await device.locator(expected).waitFor();
    if (expected === '#name') {
      await device.locator('form button').click();
      await device.locator('.mark.good').waitFor();
    } else await inspected(device, '60-push-device-over');
  }
  await press(page, 'continue');
  expect(at(page)).toBe('/u/mfa-push-success');
});

test('a page without scripts says that it needs them', async () => {
  const device = await (await somebody()).newPage();
  await device.goto(`${server.site}/push`);
  expect(await device.locator('noscript').count()).toBe(1);
  expect(await device.locator('main').textContent()).toContain('JavaScript');
});

test('a message wakes the worker, which tells the open page and names the application', async () => {
  const context = await somebody(phoneLike);
  const device = await context.newPage();
  const devtools = await context.newCDPSession(device);
  const { promise: registered, resolve } = Promise.withResolvers<string>();
  devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    const running = versions.find(({ status }) => status === 'activated');
    if (running) resolve(running.registrationId);
  });
  await devtools.send('ServiceWorker.enable');
  const [worker] = await Promise.all([context.waitForEvent('serviceworker'), device.goto(`${server.site}/push`)]);
  const registrationId = await registered;
  // Chromium without a screen allows no notifications: what would be shown is kept.
  await worker.evaluate(() => {
    const kept = self as unknown as { shown: unknown; registration: object };
    const value = async (title: string, { body, tag }: NotificationOptions) => {
      kept.shown = [title, body, tag];
    };
    Object.defineProperty(kept.registration, 'showNotification', { value });
  });
  await device.evaluate(() => {
    navigator.serviceWorker.addEventListener('message', ({ data }) => {
      document.body.dataset.told = data.kind;
    });
  });
  const data = JSON.stringify({ request: 'r1', device: 'd1', application: 'My application' });
  await devtools.send('ServiceWorker.deliverPushMessage', { origin: server.site, registrationId, data });
  await device.locator('body[data-told=request]').waitFor();
  await expect
    .poll(() => worker.evaluate(() => (self as unknown as { shown: unknown }).shown))
    .toEqual(['Login at My application', 'Is it you? Tap to answer.', 'r1']);
});
