// Tests: the one Chromium of all browser tests, started once a run. Each test file has contexts of its own in it.
import type { TestProject } from 'vitest/node';
import { serveChromium } from '#test/kit/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a worker finds the Chromium of the run. */
    chromium: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromium = await serveChromium();
  project.provide('chromium', chromium.wsEndpoint());
  return () => chromium.close();
}
