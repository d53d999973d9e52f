// The tests as CI runs them (`npm run test:ci`): `npm test`, then what takes too long to be in it. Most of them start processes,
// cells and browsers, and a machine that is busy with something else can make one of thousands late. Where a few files failed
// they are run again by themselves: what fails then is broken; what passes is named, for it has a race in it, or the product has.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { LAST_RUN, type LastRun } from '../test/plain-line.ts';

/** More than these are no accident. */
const MOST_FILES = 3;
/** A minute or two of somebody else's program, which no other suite stands in for. */
const SLOW = ['test/clients/deploy-tool.test.ts'];

/** Undefined: it broke off before its end. */
function run(files: readonly string[]): LastRun | undefined {
  rmSync(LAST_RUN, { force: true });
  const { status } = spawnSync('vitest', ['run', ...files], { stdio: 'inherit' });
  try {
    const lastRun = JSON.parse(readFileSync(LAST_RUN, 'utf8')) as LastRun;
    return status === 0 || lastRun.failed.length + lastRun.strays > 0 ? lastRun : undefined;
  } catch (_brokeOff) {
    return undefined;
  }
}

const runs = [run([]), run(SLOW)].filter((each) => each !== undefined);
const failed = runs.flatMap((each) => each.failed);
const files = [...new Set(failed.map(({ file }) => file))];
const sum = (of: (each: LastRun) => number): number => runs.reduce((total, each) => total + of(each), 0);
const list = failed.map(({ file, test }) => `  ${file}: ${test}\n`).join('');

const isBeyond = runs.length < 2 || sum(({ strays }) => strays) > 0 || files.length > MOST_FILES;
let left = failed.length;
if (left > 0 && !isBeyond) {
  process.stdout.write(`\nA second look at what failed:\n${list}`);
  const again = run(files);
  left = again ? again.failed.length + again.strays : left;
  if (left === 0) process.stdout.write(`\nFailed beside others and passed alone:\n${list}`);
}
const passed = sum(({ count }) => count.passed) + failed.length - left;
const skipped = sum(({ count }) => count.skipped);
const wrong = isBeyond ? Math.max(left + sum(({ strays }) => strays), 1) : left;
process.stdout.write(`\n${passed} passed, ${wrong} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = wrong === 0 ? 0 : 1;
