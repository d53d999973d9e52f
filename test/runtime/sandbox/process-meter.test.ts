// The two ways to learn what a process holds agree, roughly: one is exact, the other is a poll.

import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { residentBytes } from '#runtime/sandbox/process-meter.ts';

test.runIf(process.platform === 'linux' && existsSync('/bin/ps'))('ps says what the kernel says', async () => {
  expect(residentBytes(process.pid, 'darwin')).toBeUndefined();
  await expect.poll(() => residentBytes(process.pid, 'darwin'), { timeout: 5000 }).toBeGreaterThan(0);
  const [polled = 0, exact = 0] = [residentBytes(process.pid, 'darwin'), residentBytes(process.pid)];
  expect(polled / exact).toBeGreaterThan(0.5);
  expect(polled / exact).toBeLessThan(2);
});

test('a process that is not there has no memory', async () => {
  expect(residentBytes(2 ** 30)).toBeUndefined();
});
