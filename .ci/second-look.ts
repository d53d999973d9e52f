// The tests as CI runs them (`npm run test:ci`). Most of them start processes, cells and browsers, and a machine that is busy
// with something else can make one of thousands late. Where a few files failed they are run again by themselves: what fails
// then is broken; what passes is named, for it has a race in it, or the product has.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { LAST_RUN, type LastRun } from '../test/plain-line.ts';

/** More than these are no accident. */
const MOST_FILES = 3;

function run(files: readonly string[]): { status: number; lastRun: LastRun | undefined } {
  rmSync(LAST_RUN, { force: true });
  const { status } = spawnSync('vitest', ['run', ...files], { stdio: 'inherit' });
  try {
    return { status: status ?? 1, lastRun: JSON.parse(readFileSync(LAST_RUN, 'utf8')) as LastRun };
  } catch (_brokeOff) {
    return { status: 1, lastRun: undefined };
  }
}

const first = run([]);
const failed = first.lastRun?.failed ?? [];
const files = [...new Set(failed.map(({ file }) => file))];
if (
  first.status === 0 ||
  !first.lastRun ||
  first.lastRun.strays > 0 ||
  files.length === 0 ||
  files.length > MOST_FILES
) {
  process.exit(first.status);
}
process.stdout.write(
  `\nA second look at what failed:\n${failed.map(({ file, test }) => `  ${file}: ${test}\n`).join('')}`,
);
const second = run(files);
if (second.status !== 0) process.exit(second.status);
process.stdout.write(
  `\nFailed beside others and passed alone:\n${failed.map(({ file, test }) => `  ${file}: ${test}\n`).join('')}`,
);
const { passed, skipped } = first.lastRun.count;
process.stdout.write(`\n${passed + failed.length} passed, 0 failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
