// Test: one visit to a page with its scripts, in which everything is looked at: light and dark, narrow and with large text.
import type { Language } from '#server/hosted/texts/catalogue.ts';
import type { Eye } from './eye.ts';
import { axe, enlarge, fits, frame, names } from './inspect.ts';
import { keyboard } from './keyboard.ts';
import type { Scene } from './scene.ts';

/** As it is sent, pictures aside. */
const HEAVIEST_BYTES = 30 * 1024;
const NARROW = { width: 320, height: 640 };
/** As wide as the narrow one where everything is twice as large. */
const LARGE = { width: 640, height: 1280 };

/** What is wrong, in words, by what was looked at; only what has something wrong. */
export async function lookOver(eye: Eye, scene: Scene, language: Language): Promise<Record<string, string[]>> {
  const page = await eye.see(scene, { language });
  try {
    const { sent } = await eye.load();
    const wrong: Record<string, string[]> = {
      weight: sent > HEAVIEST_BYTES ? [`${sent} bytes`] : [],
      frame: await frame(page, language, 'Lighthouse'),
      names: await names(page),
      keyboard: await keyboard(page),
      fits: await fits(page),
      light: await axe(page),
    };
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    wrong.dark = await axe(page);
    await page.setViewportSize(NARROW);
    wrong.narrow = await fits(page);
    await page.setViewportSize(LARGE);
    await enlarge(page);
    wrong.large = await fits(page);
    wrong.complaints = eye.complaints();
    return Object.fromEntries(Object.entries(wrong).filter(([, each]) => each.length > 0));
  } finally {
    await page.close();
  }
}
