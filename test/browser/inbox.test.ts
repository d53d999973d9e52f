// Test: the dev inbox and the operators' pages in a real Chromium: how they look, what their buttons do, what a mail may not
// do, and that nothing a reader has open is taken away by news. With SALLYPORT_TEST_SCREENS=<folder> its pictures land there.
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { MessageRecord } from '#storage/records.ts';
import { draw } from '#test/kit/counts.ts';
import { type FrontDoor, openFrontDoor } from '../server/oauth/front-door.ts';
import { axe, fits } from './gallery/inspect.ts';

const OPERATOR = { username: 'operator', password: 'the operator of this test' };
const TRACKER = 'https://tracker.example/x.png';
const MAIL = `<style>h1 { color: rgb(1 2 3) }</style><h1>Hello</h1><img src="${TRACKER}" alt="">
<script>document.body.innerHTML = 'owned'</script><a href="https://app.example/verify">Verify</a>`;

let browser: Browser;
let door: FrontDoor;
beforeAll(async () => {
  const env = {
    SALLYPORT_DEV: '1',
    SALLYPORT_ADMIN_CLIENT_ID: OPERATOR.username,
    SALLYPORT_ADMIN_CLIENT_SECRET: OPERATOR.password,
  };
  [browser, door] = await Promise.all([chromium.connect(inject('chromium')), openFrontDoor({ env })]);
  await write('text', { code: '123456' });
  await write('call', { channel: 'voice', code: '654321', text: 'Your code is 6.5.4.3.2.1' });
  await write('mail', { channel: 'email', to: 'ana@example.com', mail: { subject: 'Welcome', html: MAIL } });
  await write('lost', { channel: 'email', to: `${'long'.repeat(12)}@example.com`, state: 'attempting' });
  const { tenant, store } = door.house;
  const outcome = { provider: 'smtp', detail: 'The server hung up before it said whether it takes the message.' };
  const end = { state: 'unconfirmed', outcome } as const;
  await store.commit([{ kind: 'message.settle', tenantId: tenant.id, id: 'lost', attempt: 1, end }]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await door?.close();
});

async function write(id: string, more: Partial<MessageRecord>): Promise<void> {
  const { tenant, clock, store } = door.house;
  clock.advance(1000);
  const message: MessageRecord = {
    ...{ tenantId: tenant.id, id, channel: 'sms', to: '+447700900123', text: `Your code: ${id}` },
    ...{ state: 'delivered', attempts: 1, at: clock.at, expiresAt: clock.at + 300_000, ...more },
  };
  expect(await store.commit([{ kind: 'message.insert', message }])).toEqual({ ok: true });
}

/** A page of ours, without a socket in between. `asked`: the addresses elsewhere that it asked for. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext({ httpCredentials: OPERATOR, ...options });
  const asked: string[] = [];
  await context.route('**/*', async (route) => {
    const url = route.request().url();
    if (!url.startsWith(door.site)) {
      asked.push(url);
      return route.abort();
    }
    const headers = {
      ...route.request().headers(),
      authorization: `Basic ${btoa(`${OPERATOR.username}:${OPERATOR.password}`)}`,
    };
    const answer = await door.app.request(url, { headers });
    return route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
  const page = await context.newPage();
  await page.goto(`${door.site}${path}`);
  return { page, asked };
}

async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.SALLYPORT_TEST_SCREENS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

describe.each(['/dev/inbox', '/dev/inbox?to=nobody', '/operator/messages', '/operator/logs', '/operator/log-streams'])(
  '%s',
  (path) => {
    const looks = [
      ['light', 320],
      ['dark', 1024],
      ['dark', 320],
    ] as const;
    test.each(draw(looks, 1))('is readable and whole, %s, %d pixels wide', async (colorScheme, width) => {
      const { page } = await open(path, { colorScheme, viewport: { width, height: 700 } });
      await photograph(page, `70-${path.replaceAll(/\W+/g, '-').slice(1)}-${colorScheme}-${width}`);
      expect(await axe(page)).toEqual([]);
      expect(await fits(page)).toEqual([]);
      await page.context().close();
    });
  },
);

describe('the inbox', () => {
  test('copies a code by one press, and says so', async () => {
    const { page } = await open('/dev/inbox', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#message-text').getByRole('button', { name: 'Copy code' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('123456');
    await page.context().close();
  });

  test('shows a mail as it looks, and lets it do nothing', async () => {
    const { page, asked } = await open('/dev/inbox');
    const mail = page.locator('#message-mail');
    await mail.getByText('As it looks').click();
    const shown = page.frameLocator('#message-mail iframe');
    await shown.getByRole('heading', { name: 'Hello' }).waitFor();
    // Its own style counts, its script does not, and nothing is fetched.
    const colour = await shown.locator('h1').evaluate((element) => getComputedStyle(element).color);
    expect(colour).toBe('rgb(1, 2, 3)');
    expect(asked).toEqual([]);
    await photograph(page, '71-inbox-mail');
    await mail.getByText('Load its pictures').click();
    await expect.poll(() => asked).toEqual([TRACKER]);
    await mail.getByText('Source').click();
    expect(await mail.locator('iframe').isVisible()).toBe(false);
    expect(await mail.locator('pre').textContent()).toContain(TRACKER);
    await page.context().close();
  });

  test('takes news in without closing what is open or taking the focus', async () => {
    await write('slow', { code: '888888', state: 'attempting' });
    const { page } = await open('/dev/inbox');
    const mail = page.locator('#message-mail');
    await mail.getByText('Plain text').click();
    await page.getByLabel('To').fill('somebody');
    await page.clock.install();
    await write('news', { code: '777777' });
    const { tenant, store } = door.house;
    const end = { state: 'failed', outcome: { provider: 'inbox' }, kept: { text: 'Other words' } } as const;
    await store.commit([{ kind: 'message.settle', tenantId: tenant.id, id: 'slow', attempt: 1, end }]);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.locator('#message-news').waitFor();
    expect(await page.locator('.messages > li').first().getAttribute('id')).toBe('message-news');
    expect(await page.locator('#message-news button').first().isVisible()).toBe(true);
    expect(await page.getByRole('status').textContent()).toBe('One new message');
    expect(await page.locator('#message-slow').textContent()).toMatch(/failed.+Other words/s);
    expect(await page.locator('#message-slow button').first().isVisible()).toBe(true);
    expect(await mail.locator('details[open]').count()).toBe(1);
    expect(await page.getByLabel('To').inputValue()).toBe('somebody');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('to');
    await page.context().close();
  });

  test('works without scripts: no button that does nothing, and what folds still opens', async () => {
    const { page } = await open('/dev/inbox', { javaScriptEnabled: false });
    expect(await page.getByRole('button', { name: /Copy|Play/ }).count()).toBe(0);
    await page.locator('#message-mail').getByText('Plain text').click();
    await page.locator('#message-mail .words').waitFor();
    await page.getByLabel('Channel').selectOption('voice');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await page.locator('.messages > li').count()).toBe(1);
    await page.context().close();
  });
});
