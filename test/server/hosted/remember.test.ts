// Test: the box that spares a browser the second factor: where it stands, and that it is read only there.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, TOTP_KEY } from '#test/kit/house.ts';
import { openPages, type Pages, signInOn, stateIn } from './pages.ts';

let house: House;
let pages: Pages;
beforeAll(async () => {
  house = await openHouse();
  await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
  for (const name of ['ana', 'ben', 'cleo']) await house.user(name, ['otp']);
  pages = openPages(house);
}, 60_000);
afterAll(() => house.close());

/** Signs in; when a code is asked for, answers it with these fields. */
async function login(who: string, fields: Record<string, string> = {}): Promise<'asked' | 'spared'> {
  house.clock.advance(60_000);
  const at = await signInOn(house, pages, who);
  if (at.location?.startsWith('/authorize/resume')) return 'spared';
  expect(at.location).toMatch(/^\/u\/mfa-otp-challenge/);
  const code = generateSync({ secret: TOTP_KEY, epoch: Math.floor(house.clock.at / 1000) });
  const done = await pages.post(at.location ?? '', { state: stateIn(at), code, action: 'default', ...fields });
  expect(done.location).toMatch(/^\/authorize\/resume/);
  return 'asked';
}

test('ticked, the browser is not asked again; not ticked, it is', async () => {
  expect(await login('ana')).toBe('asked');
  expect(await login('ana', { rememberBrowser: 'true' })).toBe('asked');
  expect(await login('ana')).toBe('spared');
  expect(await login('ben', { rememberBrowser: 'false' })).toBe('asked');
  expect(await login('ben')).toBe('asked');
});

test('a refused code keeps the tick', async () => {
  const at = await signInOn(house, pages, 'cleo');
  const page = await pages.get(at.location ?? '');
  expect(page.text).toMatch(/<input id="rememberBrowser"[^>]*type="checkbox" value="true">/);
  expect(page.text).toContain('Remember this device for 30 days');
  const refused = await pages.post(at.location ?? '', { state: stateIn(at), code: '1', rememberBrowser: 'true' });
  expect(refused.text).toMatch(/<input id="rememberBrowser"[^>]* checked>/);
});

test('where a script wants a factor each time, there is no box, and none is believed', async () => {
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => {
       api.multifactor.enable('any', { allowRememberBrowser: false });
     };`,
  );
  const at = await signInOn(house, pages, 'cleo');
  expect((await pages.get(at.location ?? '')).text).not.toContain('rememberBrowser');
  expect(await login('cleo', { rememberBrowser: 'true' })).toBe('asked');
  expect(await login('cleo')).toBe('asked');
  await house.bind();
});
