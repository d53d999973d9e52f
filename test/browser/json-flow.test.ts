// Test: a login of the JSON flow in a real Chromium: a new account with the keyboard alone and without JavaScript, and its page
// to the eye and the ear in two languages, narrow and dark.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Eye, openEye } from './gallery/eye.ts';
import { lookOver } from './gallery/look-over.ts';
import { SIGN_IN_SCENES } from './gallery/scenes-sign-in.ts';
import { type Gallery, openGallery } from './gallery/stage.ts';

let gallery: Gallery;
let eye: Eye;
beforeAll(async () => {
  gallery = await openGallery();
  eye = await openEye(gallery);
}, 120_000);
afterAll(async () => {
  await eye?.close();
  await gallery?.close();
});

function signUp() {
  const scene = SIGN_IN_SCENES.find(({ name }) => name === 'signup-phone');
  if (!scene) throw new Error('no scene of a sign-up with a phone');
  return scene;
}

test('a new account, by the keyboard alone', async () => {
  const page = await eye.see(signUp(), { language: 'en', withoutScript: true });
  const path = () => new URL(page.url()).pathname;
  const { keyboard } = page;
  // The address has the focus; the list of countries is found by typing.
  await keyboard.type('keyboard-flow@example.com');
  await keyboard.press('Tab');
  await keyboard.type('Japan');
  await keyboard.press('Tab');
  await keyboard.type('ring me');
  await keyboard.press('Tab');
  await keyboard.type('Sings-at-dawn-7');
  await keyboard.press('Enter');
  await page.locator('form[data-error="invalid-phone"]').waitFor();
  expect(await page.locator('[autofocus]').getAttribute('name')).toBe('phone');
  expect(await page.locator('#country').inputValue()).toBe('JP81');
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('080-1234-5678');
  await keyboard.press('Tab');
  await keyboard.type('Sings-at-dawn-7');
  await keyboard.press('Enter');
  await expect.poll(path).toBe('/u/mfa-sms-challenge');
  await keyboard.type('aaaaaa');
  await keyboard.press('Enter');
  await page.locator('form[data-error="invalid-code"]').waitFor();
  await keyboard.type((await gallery.messageTo('+818012345678')).code);
  await keyboard.press('Enter');
  await expect.poll(() => page.url()).toMatch(/^http:\/\/lantern\.example\/callback\?.*code=/);
  expect(eye.complaints()).toEqual([]);
  await page.close();
});

test.each(['en', 'ja'] as const)('its first page in %s', async (language) => {
  expect(await lookOver(eye, signUp(), language)).toEqual({});
});
