// Test: what every browser test stands on: the demo server, the Chromium of the run, and people with browsers of their own, without
// JavaScript. With SALLYPORT_TEST_SCREENS=<folder> every photographed page lands there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { DEMO_PEOPLE, type DemoPerson } from '#server/demo/people.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';

export const [ana, ben, cleo] = DEMO_PEOPLE as [DemoPerson, DemoPerson, DemoPerson];
export const phone = ana.phone ?? '';

export let server: DemoServer;
let browser: Browser;
const contexts: BrowserContext[] = [];
/** What pages complained about: a blocked resource, a broken policy. */
let complaints: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([startDemoServer(), chromium.connect(inject('chromium'))]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  const told = complaints;
  complaints = [];
  expect(told).toEqual([]);
});

/** Somebody with a browser of their own. */
export async function somebody(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-US', ...options });
  context.setDefaultTimeout(10_000);
  context.on('console', (message) => {
    // A refused form answers 400 or 429, which Chromium reports as a failed load of the page; and a test may have filled in
    // a field before the page had put the focus there by itself.
    const isExpected = /status of 4\d\d|Autofocus processing was blocked/.test(message.text());
    if (!isExpected) complaints.push(message.text());
  });
  contexts.push(context);
  return context;
}

export async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.SALLYPORT_TEST_SCREENS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Nothing is cut off at the sides, and everything that can be used is found by those who only hear the page. */
export async function expectToFit(page: Page): Promise<void> {
  const looks = await page.evaluate(() => {
    const seen = 'main, h1, p, label, input:not([type=hidden]), select, textarea, button, svg.qr';
    const edges = [...document.querySelectorAll(seen)].map((element) => element.getBoundingClientRect());
    const fields = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
    return {
      left: Math.min(...edges.map(({ left }) => left)),
      right: Math.max(document.documentElement.scrollWidth, ...edges.map(({ right }) => right)),
      headings: document.querySelectorAll('h1').length,
      nameless: fields.filter(({ id }) => document.querySelectorAll(`label[for="${id}"]`).length !== 1).length,
    };
  });
  expect(looks).toMatchObject({ headings: 1, nameless: 0 });
  expect(looks.left).toBeGreaterThanOrEqual(0);
  expect(looks.right).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

export async function openLogin(context: BrowserContext, query = 'prompt=login'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.site}/dev/try/start?${query}`);
  expect(new URL(page.url()).pathname).toBe('/u/login');
  return page;
}

export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.fill('[name=username]', email);
  await page.fill('[name=password]', password);
  await press(page, 'default');
}

/** Presses the button of an action and waits for what follows. */
export async function press(page: Page, action: string): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), page.click(`button[name=action][value="${action}"]`)]);
  await page.waitForLoadState();
}

export async function answer(page: Page, code: string): Promise<void> {
  await page.fill('[name=code]', code);
  await press(page, 'default');
}

export const at = (page: Page): string => new URL(page.url()).pathname;
export const error = (page: Page): Promise<string | null> => page.locator('form').getAttribute('data-error');
