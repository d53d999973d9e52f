// Tests: the one line that a machine reads, `N passed, N failed[, N skipped]`. It is written as the process ends, so
// that nothing follows it, and it never says more than was seen: a file that did not load is a failure, and so is a
// run without tests or one that broke off before its end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export type Count = { passed: number; failed: number; skipped: number };
/** What a run leaves for whoever looks at its failures again. `strays`: errors that belong to no test. */
export type LastRun = { count: Count; failed: { file: string; test: string }[]; strays: number };

const ROOT = join(import.meta.dirname, '..');
export const LAST_RUN = join(ROOT, 'node_modules/.cache/sallyport-last-run.json');

export default class PlainLine implements Reporter {
  #count: Count = { passed: 0, failed: 1, skipped: 0 };

  onInit(): void {
    process.once('exit', (code) => {
      const { passed, skipped } = this.#count;
      let { failed } = this.#count;
      // The line and the status never disagree: a run that proves nothing, or that broke outside its tests, failed.
      if (failed === 0 && (code !== 0 || passed === 0)) failed = 1;
      if (failed > 0 && code === 0) process.exitCode = 1;
      process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.#count = tally(modules, errors.length);
    const failed = modules.filter((module) => module.state() === 'failed').flatMap(failuresOf);
    const lastRun: LastRun = { count: this.#count, failed, strays: errors.length };
    mkdirSync(dirname(LAST_RUN), { recursive: true });
    writeFileSync(LAST_RUN, JSON.stringify(lastRun));
  }
}

/** A module whose tests all passed failed outside of them. */
function failuresOf(module: TestModule): LastRun['failed'] {
  const file = relative(ROOT, module.moduleId);
  const tests = [...module.children.allTests()].filter((test) => test.result().state === 'failed');
  return tests.length > 0
    ? tests.map(({ fullName }) => ({ file, test: fullName }))
    : [{ file, test: 'outside of its tests' }];
}

/** Counts tests by how they ended; `strays` are errors that belong to no test. */
function tally(modules: readonly TestModule[], strays: number): Count {
  const count: Count = { passed: 0, failed: strays, skipped: 0 };
  for (const module of modules) {
    let failedInside = false;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') count.passed += 1;
      else if (state === 'failed') count.failed += 1;
      // A test that never ran although nobody skipped it was cut off.
      else if (state === 'pending') count.failed += 1;
      else count.skipped += 1;
      failedInside ||= state === 'failed';
    }
    // It did not load, or a hook around its tests broke.
    if (module.state() === 'failed' && !failedInside) count.failed += 1;
  }
  return count;
}
