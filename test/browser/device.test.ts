// Test: a device is connected in a real Chromium, without JavaScript and without a mouse.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ben, expectToFit, photograph, server, somebody } from './stage.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

describe('a device', () => {
  let clientId: string;
  beforeAll(async () => {
    const client = await server.manage('POST', '/clients', {
      name: 'Television',
      token_endpoint_auth_method: 'none',
      grant_types: [GRANT],
    });
    clientId = String(client.client_id);
  });

  async function post(path: string, body: Record<string, string>): Promise<Record<string, unknown>> {
    const answer = await fetch(server.site + path, { method: 'POST', body: new URLSearchParams(body) });
    return (await answer.json()) as Record<string, unknown>;
  }
  const ask = () => post('/oauth/device/code', { client_id: clientId, scope: 'openid' });
  const poll = ({ device_code }: Record<string, unknown>) =>
    post('/oauth/token', { grant_type: GRANT, client_id: clientId, device_code: String(device_code) });

  async function arrive(page: Page, path: string): Promise<void> {
    await page.waitForURL((url) => url.pathname === path);
  }
  /** Into the field that has the focus when the page opens. */
  async function type(page: Page, text: string): Promise<void> {
    await page.locator('[autofocus]:focus').waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  }
  /** The button that so many steps of the Tab key lead to. */
  async function press(page: Page, tabs: number, name: string): Promise<void> {
    for (let step = 0; step < tabs; step += 1) await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe(name);
    await page.keyboard.press('Enter');
  }

  test('is connected by the keyboard: code, password, SMS, the last question', async () => {
    const asked = await ask();
    const page = await (await somebody()).newPage();
    await page.goto(String(asked.verification_uri));
    await expectToFit(page);
    await photograph(page, 'device-1-entry');
    await type(page, 'no code');
    await page.getByRole('alert').waitFor();
    await page.locator('[autofocus]:focus').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await type(page, String(asked.user_code).toLowerCase());
    await arrive(page, '/u/login');
    await page.locator('[autofocus]:focus').waitFor();
    await page.keyboard.type(ben.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ben.password);
    await page.keyboard.press('Enter');
    await arrive(page, '/u/mfa-sms-challenge');
    await type(page, await server.codeFor(ben.phone ?? ''));
    await arrive(page, '/u/device-code-confirmation');
    expect(await page.locator('.key').textContent()).toBe(asked.user_code);
    await expectToFit(page);
    await photograph(page, 'device-2-confirmation');
    await press(page, 1, 'Connect');
    await arrive(page, '/u/device-code-activation-allowed');
    await photograph(page, 'device-3-allowed');
    expect(await poll(asked)).toMatchObject({ token_type: 'Bearer', id_token: expect.any(String) });
  });

  test('in Japanese on a small screen: the link with the code in it, declined', async () => {
    const asked = await ask();
    const page = await (await somebody({ locale: 'ja-JP', viewport: { width: 320, height: 640 } })).newPage();
    await page.goto(String(asked.verification_uri_complete));
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    expect(await page.locator('.key').textContent()).toBe(asked.user_code);
    await expectToFit(page);
    await photograph(page, 'device-4-check-ja');
    await press(page, 2, '接続しない');
    await arrive(page, '/u/device-code-activation-denied');
    await expectToFit(page);
    await photograph(page, 'device-5-denied-ja');
    expect((await poll(asked)).error).toBe('access_denied');
  });
});
