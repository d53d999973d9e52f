// Test: how somebody without scripts gets on from a page.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Scene } from './scene.ts';
import type { Gallery } from './stage.ts';

/** Fills in the form, presses its button, and finds where that leads. */
export async function leadOn(
  page: Page,
  gallery: Gallery,
  { fill, tick, press, to }: NonNullable<Scene['plainly']>,
): Promise<void> {
  for (const [name, value] of Object.entries(fill?.(gallery) ?? {})) await page.fill(`form [name="${name}"]`, value);
  if (tick !== undefined) await page.check(`form [name="${tick}"]`);
  const button = press === undefined ? 'form button[type=submit]' : `form button[value="${press}"]`;
  await Promise.all([page.waitForEvent('framenavigated'), page.locator(button).first().click()]);
  await page.waitForLoadState();
  expect(new URL(page.url()).pathname).toMatch(to);
}
