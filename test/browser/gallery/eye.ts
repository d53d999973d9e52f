// Test: one Chromium that looks at scenes: with scripts and without, light and dark, in any language and of any width. Two
// contexts serve all scenes; each scene brings the cookies of its own visitor.
import type { BrowserContext, Page, Request } from 'playwright-core';
import type { Language } from '#server/hosted/texts/catalogue.ts';
import { launchChromium } from '#test/kit/chromium.ts';
import type { Scene } from './scene.ts';
import { type Gallery, SITE } from './stage.ts';

export type Look = {
  language: Language;
  scheme?: 'light' | 'dark';
  /** Absent: the page's scripts run. */
  withoutScript?: true;
  width?: number;
  height?: number;
};

/** What a page was made of. `sent` counts bytes as they travelled, `unpacked` as they are read. */
export type Load = { sent: number; unpacked: number };

export type Eye = {
  /** The page of a scene; the caller closes it. */
  see(scene: Scene, look: Look): Promise<Page>;
  /** What the browser said against pages since it was last asked: errors, refusals of the policy, foreign addresses. */
  complaints(): string[];
  /** Of the page that was seen last. */
  load(): Promise<Load>;
  close(): Promise<void>;
};

const PATIENCE_MS = 10_000;

export async function openEye(gallery: Gallery): Promise<Eye> {
  const browser = await launchChromium([gallery.argument]);
  let complaints: string[] = [];
  let loads: Promise<Load>[] = [];
  const contexts = new Map<boolean, BrowserContext>();

  async function contextFor(runs: boolean): Promise<BrowserContext> {
    const known = contexts.get(runs);
    if (known) return known;
    const context = await browser.newContext({ javaScriptEnabled: runs, reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('console', (message) => {
      // A refused form answers 400 or 429, which Chromium reports as a failed load of the page.
      if (['error', 'warning'].includes(message.type()) && !/status of [45]\d\d/.test(message.text())) {
        complaints.push(message.text());
      }
    });
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (origin !== SITE && !request.url().startsWith('data:') && !request.isNavigationRequest()) {
        complaints.push(`asks ${origin}`);
      }
    });
    context.on('requestfinished', (request) => {
      if (!['document', 'stylesheet', 'script'].includes(request.resourceType())) return;
      loads.push(weigh(request));
    });
    contexts.set(runs, context);
    return context;
  }

  return {
    see: async (scene, { language, scheme = 'light', withoutScript, width = 480, height = 720 }) => {
      const visitor = gallery.visitor(language);
      const address = await scene.reach(gallery, visitor);
      const context = await contextFor(withoutScript !== true);
      await context.setExtraHTTPHeaders({ 'accept-language': language, 'x-forwarded-for': visitor.address });
      const page = await context.newPage();
      await prepare(context, page);
      await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url: SITE })));
      if (scene.passes)
        await page.route(/\.js$/, (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      loads = [];
      await page.goto(SITE + address);
      await scene.act?.(page, gallery, visitor);
      // A page that asks again and again would be gone while it is looked at.
      if (scene.reloads) await page.evaluate(() => window.stop());
      return page;
    },
    complaints: () => {
      const told = complaints;
      complaints = [];
      return told;
    },
    load: async () => {
      const each = await Promise.all(loads);
      return {
        sent: each.reduce((sum, { sent }) => sum + sent, 0),
        unpacked: each.reduce((sum, { unpacked }) => sum + unpacked, 0),
      };
    },
    close: () => browser.close(),
  };
}

/**
 * Nothing is left of who was here before, and there is an authenticator that nobody touches: pages that ask for a key go on
 * waiting, as they do for a person.
 */
async function prepare(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: SITE, storageTypes: 'all' });
  // What a page weighs is what its first visitor waits for.
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  });
}

async function weigh(request: Request): Promise<Load> {
  try {
    const [sizes, response] = await Promise.all([request.sizes(), request.response()]);
    return { sent: sizes.responseBodySize, unpacked: (await response?.body())?.length ?? 0 };
  } catch {
    return { sent: 0, unpacked: 0 }; // The page was left before anybody asked.
  }
}
