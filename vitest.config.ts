// Tests: the real thing over mocks. Real isolates, SQLite, PostgreSQL and Chromium share two workers; a file that waits
// longer than these times is stuck, not slow. Most files share a worker's modules, which saves loading the house for each
// of them; those that compare with Node itself (its globals, its queue of OpenSSL's errors), or keep a browser, have a
// worker of their own.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { sittingOut } from './test/turns.ts';

const BROWSER = ['test/browser/**/*.test.ts'];
const APART = ['test/runtime/sandbox/web/**/*.test.ts', 'test/runtime/sandbox/node/like-node.test.ts'];
const CLIENTS = ['test/clients/**/*.test.ts'];
const GUIDE = ['test/docs/guide/**/*.test.ts'];
const MINUTE_MS = 60_000;
const OUT = sittingOut();
if (OUT.length > 0) process.stdout.write(`Sitting out this time (npm run test:long takes all): ${OUT.join(', ')}\n`);

// Servers, builds and cells are started hundreds of times: what Node has compiled of them once need not be compiled again.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/sallyport-compiled');

export default defineConfig({
  test: {
    // A crash in native code takes one worker with it, not the run.
    pool: 'forks',
    // isolated-vm asks for this from Node 20 on.
    execArgv: ['--no-node-snapshot'],
    maxWorkers: 2,
    testTimeout: process.env.SALLYPORT_TEST_LONG === '1' ? 15 * MINUTE_MS : MINUTE_MS,
    hookTimeout: 2 * MINUTE_MS,
    teardownTimeout: 15_000,
    // A test left alone with `.only` would silence all the others.
    allowOnly: false,
    reporters: ['default', './test/plain-line.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...BROWSER, ...APART, ...CLIENTS, ...GUIDE, ...OUT],
          isolate: false,
          globalSetup: ['test/global.ts'],
        },
      },
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        test: { name: 'guide', include: GUIDE, isolate: false, setupFiles: ['test/docs/enter-guide.ts'] },
      },
      {
        extends: true,
        test: { name: 'browser', include: BROWSER, exclude: OUT, globalSetup: ['test/browser/chromium.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'clients',
          include: CLIENTS,
          exclude: OUT,
          isolate: false,
          globalSetup: ['test/clients/server.ts'],
        },
      },
    ],
  },
});
