// Tests: the real thing over mocks. Real isolates, SQLite, PostgreSQL and Chromium share two workers; a file that waits
// longer than these times is stuck, not slow.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global.ts'],
    // A crash in native code takes one worker with it, not the run.
    pool: 'forks',
    // isolated-vm asks for this from Node 20 on.
    execArgv: ['--no-node-snapshot'],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 15_000,
    // A test left alone with `.only` would silence all the others.
    allowOnly: false,
    reporters: ['default', './test/plain-line.ts'],
  },
});
