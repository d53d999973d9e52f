// Test: takes the picture of every scene into docs/screens, in English and in Japanese, and writes the page that shows them
// (`npm run screens`). Arguments name the scenes to take; without any, all are taken.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEye } from './eye.ts';
import { PICTURES, PICTURES_PAGE, picturesOf, picturesPage } from './pictures.ts';
import { SCENES } from './scenes.ts';
import { smallPng } from './small-png.ts';
import { openGallery } from './stage.ts';

const WIDTH = 480;
/** A list of hundreds of rows needs no picture of each. */
const HIGHEST = 1800;
const ENOUGH = 720;
/** Under the last thing on the page. */
const RIM = 32;

const wanted = process.argv.slice(2);
const gallery = await openGallery();
const eye = await openEye(gallery);
await mkdir(PICTURES, { recursive: true });
await writeFile(PICTURES_PAGE, picturesPage(SCENES));
try {
  for (const scene of SCENES) {
    if (wanted.length > 0 && !wanted.includes(scene.name)) continue;
    for (const { file, look } of picturesOf(scene)) {
      const page = await eye.see(scene, { ...look, width: WIDTH, height: ENOUGH });
      const bottom = await page.evaluate(() => {
        window.scrollTo(0, 0);
        const parts = [...document.querySelectorAll('main > *, main form > *')];
        return Math.max(...parts.map((part) => part.getBoundingClientRect().bottom));
      });
      const height = bottom > HIGHEST ? ENOUGH : Math.ceil(bottom) + RIM;
      const clip = { x: 0, y: 0, width: WIDTH, height };
      const taken = await page.screenshot({ clip, fullPage: true, caret: 'hide', animations: 'disabled' });
      await writeFile(join(PICTURES, file), smallPng(taken));
      await page.close();
    }
  }
} finally {
  await eye.close();
  await gallery.close();
}
