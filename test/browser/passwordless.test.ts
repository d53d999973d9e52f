// Test: somebody logs in by a code in a real Chromium without JavaScript, with the keyboard alone: the number, a wrong code,
// the right one, and what the application asks for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Eye, openEye } from './gallery/eye.ts';
import { PASSWORDLESS_SCENES } from './gallery/scenes-passwordless.ts';
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

test.each([
  ['login-passwordless-sms', '+14155559999'],
  ['login-passwordless-email', 'keyboard@example.com'],
])('%s', async (name, address) => {
  const scene = PASSWORDLESS_SCENES.find((each) => each.name === name);
  if (!scene) throw new Error(`no scene ${name}`);
  const page = await eye.see(scene, { language: 'en', withoutScript: true });
  const path = () => new URL(page.url()).pathname;
  // The field has the focus on each of these pages.
  await page.keyboard.type(address);
  await page.keyboard.press('Enter');
  await expect.poll(path).toBe(`${scene.path}-challenge`);
  await page.keyboard.type('0000');
  await page.keyboard.press('Enter');
  await page.locator('form[data-error="invalid-code"]').waitFor();
  expect(await page.locator('[autofocus]').getAttribute('aria-invalid')).toBe('true');
  await page.keyboard.type((await gallery.messageTo(address)).code);
  await page.keyboard.press('Enter');
  await expect.poll(path).toBe('/u/consent');
  expect(eye.complaints()).toEqual([]);
  await page.close();
});
