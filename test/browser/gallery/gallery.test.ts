// Test: every page of the product in a real Chromium: without scripts and with them, to the eye, to the ear and under the
// fingers. Each run takes some of the scenes, `npm run test:long` all of them in every combination.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pathIn } from '#server/hosted/screen.ts';
import { SCREENS } from '#server/hosted/screens.ts';
import { LANGUAGES } from '#server/hosted/texts/catalogue.ts';
import { draw } from '#test/kit/counts.ts';
import { type Eye, openEye } from './eye.ts';
import { frame, refusal } from './inspect.ts';
import { lookOver } from './look-over.ts';
import { leadOn } from './plainly.ts';
import { SCENES } from './scenes.ts';
import { type Gallery, openGallery } from './stage.ts';

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
afterEach(() => {
  expect(eye.complaints()).toEqual([]);
});

test('every screen has a scene, and every scene a name of its own', () => {
  const paths = new Set(SCENES.map(({ path }) => path));
  const unseen = SCREENS.map((screen) => pathIn({ purpose: 'login' }, screen)).filter((path) => !paths.has(path));
  expect(unseen).toEqual([]);
  expect(new Set(SCENES.map(({ name }) => name)).size).toBe(SCENES.length);
});

/** One for each way of writing: what is said in the others is the same page. */
const rows = SCENES.flatMap((scene) =>
  LANGUAGES.filter((language) => ['en', 'ar'].includes(language)).map((language) => ({ scene, language })),
);

describe('with scripts', () => {
  test.each(draw(rows, 5))('$scene.name in $language', async ({ scene, language }) => {
    expect(await lookOver(eye, scene, language)).toEqual({});
  });
});

describe('without scripts', () => {
  const plain = SCENES.filter(({ act, needsScript }) => !(act && needsScript));
  test.each(draw(plain, 5))('$name can be used', async (scene) => {
    const page = await eye.see(scene, { language: 'en', withoutScript: true });
    try {
      expect(await frame(page, 'en', 'Lighthouse')).toEqual([]);
      expect(await page.locator('main form, main a').count()).toBeGreaterThanOrEqual(scene.isEnd ? 0 : 1);
      if (scene.refuses !== undefined) {
        const field = page.locator('form [autofocus]');
        await field.fill('');
        await field.press('Enter');
        await page.locator(`form[data-error="${scene.refuses}"]`).waitFor();
        expect(await refusal(page)).toEqual([]);
      }
      if (scene.plainly) await leadOn(page, gallery, scene.plainly);
    } finally {
      await page.close();
    }
  });
});
