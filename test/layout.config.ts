// Tests: the layout rules alone, for `npm run check`. They read files only, so nothing is started for them.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/layout.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    allowOnly: false,
    reporters: ['default'],
  },
});
