// The sign-up page with scripts before it, through the whole application: what a person without JavaScript meets.
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
});
afterAll(() => door.close());
afterEach(() => bindTo(door.house, 'pre-user-registration', []));

const pre = (body: string) => `exports.onExecutePreUserRegistration = async (event, api) => { ${body} };`;

async function signUp(browser: PlainBrowser, fields: Record<string, string>) {
  const page = await browser.open(door.authorizeUrl());
  const state = page.url.searchParams.get('state') ?? '';
  const form = await browser.open(`/u/signup?state=${state}`);
  return browser.post(form, { password: 'a long enough one', action: 'default', ...fields });
}

test('what a script tells the person stands on the page, as text; the same page then goes on to the application', async () => {
  await bindTo(door.house, 'pre-user-registration', [
    pre(`if (event.request.body['ulp-code'] !== 'friend') api.access.deny('no code', 'Ask <b>us</b> for a code.');`),
  ]);
  const browser = door.browser();
  const refused = await signUp(browser, { email: 'page@example.com' });
  expect(refused.status).toBe(400);
  expect(refused.html).toContain('data-error="sign-up-refused"');
  expect(refused.html).toContain('Ask &lt;b&gt;us&lt;/b&gt; for a code.');
  expect(refused.html).not.toContain('no code');
  const fields = { email: 'page@example.com', password: 'a long enough one', 'ulp-code': 'friend', action: 'default' };
  const end = await browser.post(refused, fields);
  const { body } = await door.exchange(end.url.searchParams.get('code') ?? '');
  expect(decodeJwt(String(body.id_token))).toMatchObject({ email: 'page@example.com', email_verified: false });
});

test('a script that fails leaves the person on the page with nothing of its error', async () => {
  await bindTo(door.house, 'pre-user-registration', [pre(`throw new Error('the database at 10.0.0.1 is down');`)]);
  const refused = await signUp(door.browser(), { email: 'other@example.com' });
  expect(refused.status).toBe(400);
  expect(refused.html).toContain('data-error="authenticator-error"');
  expect(refused.html).not.toContain('10.0.0.1');
});
