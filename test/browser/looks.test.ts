// Test: how pages look and sound in a real Chromium: languages, widths, colours, headings, labels, focus.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { draw } from '#test/kit/counts.ts';
import { ana, answer, at, openLogin, phone, photograph, press, server, signIn, somebody } from './stage.ts';

describe('how it looks', () => {
  test('in Japanese, by ui_locales and by the browser', async () => {
    const asked = await openLogin(await somebody(), 'prompt=login&ui_locales=ja');
    expect(await asked.locator('html').getAttribute('lang')).toBe('ja');
    await asked.getByLabel('メールアドレス').fill(ana.email);
    await asked.getByLabel('パスワード').fill('x');
    await asked.getByRole('button', { name: '続ける' }).click();
    await expect.poll(() => asked.locator('[role=alert]').textContent()).toContain('正しくありません');
    const preferred = await openLogin(await somebody({ locale: 'ja-JP' }));
    expect(await preferred.locator('html').getAttribute('lang')).toBe('ja');
  });

  const looks = [
    ['light', 320],
    ['dark', 320],
    ['dark', 1024],
  ] as const;
  test.each(draw(looks, 1))('%s, %d pixels wide: nothing is cut off', async (colorScheme, width) => {
    const context = await somebody({ colorScheme, viewport: { width, height: 640 } });
    const start = await context.newPage();
    const fits = async (page: Page, name: string) => {
      await photograph(page, `${colorScheme}-${width}-${name}`);
      const box = await page.locator('main').boundingBox();
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? Infinity) <= width).toBe(true);
      for (const element of await page.locator('h1, input:not([type=hidden]):visible, button:visible').all()) {
        const inner = await element.boundingBox();
        expect((inner?.x ?? 0) + (inner?.width ?? Infinity)).toBeLessThanOrEqual(width);
      }
    };
    await start.goto(`${server.site}/dev/try`);
    await fits(start, 'try');
    const page = await openLogin(context);
    await fits(page, 'login');
    await signIn(page, ana);
    await fits(page, 'picker');
    await press(page, 'sms');
    await answer(page, 'x');
    await fits(page, 'refused');
    await answer(page, await server.codeFor(phone));
    await answer(page, await server.codeFor(ana.email));
    await fits(page, 'tokens');
  });

  test('every page has one heading, a language, and labels on its fields', async () => {
    const page = await openLogin(await somebody());
    const check = async () => {
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      for (const field of await page.locator('input:not([type=hidden])').all()) {
        expect(await page.locator(`label[for="${await field.getAttribute('id')}"]`).count()).toBe(1);
      }
      // The picker is read from its top.
      if (at(page) !== '/u/mfa-login-options') await page.locator('[autofocus]:focus').waitFor();
    };
    await check();
    await signIn(page, ana);
    await check();
    await press(page, 'sms');
    await check();
  });

  test("in the tenant's colours and frame, light and dark", async () => {
    const template = `<!DOCTYPE html><html><head>{%- auth0:head -%}
<style>.acme { outline: 7px solid rgb(1 2 3) }</style></head>
<body><p class="acme">{{ prompt.screen.name }}</p>{%- auth0:widget -%}</body></html>`;
    const colors = {
      primary: '#ffcc00',
      page_background: { type: 'linear-gradient', start: '#0b3d91', end: '#ffffff', angle_deg: 90 },
    };
    await server.manage('PATCH', '/branding', { colors });
    await server.manage('PUT', '/branding/templates/universal-login', { template });
    const looks = (page: Page) =>
      page.evaluate(() => {
        const style = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
        const { backgroundColor, color } = style('button');
        return [style('body').backgroundImage, backgroundColor, color, style('.acme').outlineWidth];
      });
    try {
      const light = await openLogin(await somebody({ colorScheme: 'light' }));
      expect(await light.locator('.acme').textContent()).toBe('login');
      const [sky, ...rest] = await looks(light);
      expect(sky).toContain('linear-gradient(90deg, rgb(11, 61, 145), rgb(255, 255, 255))');
      expect(rest).toEqual(['rgb(255, 204, 0)', 'rgb(0, 0, 0)', '7px']);
      const dark = await openLogin(await somebody({ colorScheme: 'dark' }));
      expect((await looks(dark))[0]).not.toContain('rgb(255, 255, 255)');
      await photograph(dark, 'branded');
    } finally {
      await server.manage('PATCH', '/branding', { colors: null });
      await server.manage('DELETE', '/branding/templates/universal-login');
    }
  });
});
