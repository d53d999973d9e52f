// Test: the scenes on a phone that approves sign-ins. Its page is drawn by its scripts, which keep what they know in the
// browser, so most of the way there is walked in it.
import type { Page as BrowserPage } from 'playwright-core';
import type { Page } from '#test/kit/plain-browser.ts';
import { challengeWith, enrollWithAny, meet, type Scene } from './scene.ts';
import type { Gallery, Visitor } from './stage.ts';

type Way = { page: BrowserPage; gallery: Gallery; visitor: Visitor; login: Page };
type Walk = (way: Way) => Promise<void>;

const ON_THE_PHONE = { flow: 'phone', isEnd: true, needsScript: true } as const;

export const PHONE_SCENES: Scene[] = [
  { ...ON_THE_PHONE, name: 'push-device-empty', path: '/push', reach: async () => '/push', act: drawn('h1') },
  {
    ...ON_THE_PHONE,
    name: 'push-device-enrollment-over',
    path: '/push/enroll',
    reach: async () => `/push/enroll#${'x'.repeat(43)}`,
    act: drawn('.mark.bad'),
  },
  paired('push-device-enrollment'),
  paired('push-device-enrolled', enroll),
  paired('push-device', home),
  paired('push-device-code', async (way) => {
    const { page } = way;
    await home(way);
    await page.locator('[data-do=code]').click();
    await page.locator('.number').waitFor();
  }),
  paired('push-device-remove', async (way) => {
    const { page } = way;
    await home(way);
    await page.locator('[data-do=remove]').click();
    await page.locator('[data-do=confirm]').waitFor();
  }),
  asked('push-device-request'),
  asked('push-device-approved', async ({ page, login }) => {
    await page.locator(`[data-do=approve]:text-is("${numberOn(login)}")`).click();
    await page.locator('.mark.good').waitFor();
  }),
  asked('push-device-wrong-number', async ({ page, login }) => {
    await page
      .locator(`[data-do=approve]:not(:text-is("${numberOn(login)}"))`)
      .first()
      .click();
    await page.locator('.mark.bad').waitFor();
  }),
  asked('push-device-refused', async ({ page }) => {
    await page.locator('[data-do=refuse]').click();
    await page.locator('.mark').waitFor();
  }),
];

/** Until scripts have drawn something. */
function drawn(selector: string): NonNullable<Scene['act']> {
  return (page) => page.locator(`#stage ${selector}`).waitFor();
}

async function enroll({ page }: Way): Promise<void> {
  await page.fill('[name=name]', 'My phone');
  await page.locator('[data-do=enroll] button').click();
  await page.locator('.mark.good').waitFor();
}

async function home(way: Way): Promise<void> {
  const { page } = way;
  await enroll(way);
  await page.locator('[data-do=home]').click();
  await page.locator('[data-do=code]').waitFor();
}

/** A phone that has read the picture; `login` is the page that shows it. */
function paired(name: string, walk?: Walk): Scene {
  const logins = new WeakMap<Visitor, Page>();
  return {
    ...ON_THE_PHONE,
    name,
    path: '/push/enroll',
    reach: async (gallery, visitor) => {
      const welcome = await meet(gallery, visitor, enrollWithAny('push-notification'));
      const picture = await visitor.post(welcome, { action: 'enroll' });
      const login = await visitor.post(picture, { action: 'toggle-view' });
      logins.set(visitor, login);
      return `/push/enroll#${/\/push\/enroll#([\w-]+)/.exec(login.html)?.[1]}`;
    },
    act: async (page, gallery, visitor) => {
      await page.locator('#stage [name=name]').waitFor();
      const login = logins.get(visitor);
      if (login) await walk?.({ page, gallery, visitor, login });
    },
  };
}

/** A phone that is asked about a sign-in; `login` is the page that waits for it. */
function asked(name: string, walk?: Walk): Scene {
  return paired(name, async (way) => {
    const { page, gallery, visitor, login } = way;
    await enroll(way);
    await visitor.post(login, { action: 'continue' });
    const waiting = await gallery.signIn(gallery.visitor(visitor.language), challengeWith('push-notification'));
    await page.locator('[data-do=home]').click();
    await page.locator('.facts').waitFor();
    await walk?.({ ...way, login: waiting });
  });
}

/** What the page that waits shows. */
function numberOn({ html }: Page): string {
  return /<b class="number"[^>]*>(\d+)</.exec(html)?.[1] ?? '';
}
