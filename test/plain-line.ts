// Tests: the one line that a machine reads, `N passed, N failed[, N skipped]`. It is written as the process ends, so
// that nothing follows it, and it never says more than was seen: a file that did not load is a failure, and so is a
// run without tests or one that broke off before its end.
import type { Reporter, TestModule } from 'vitest/node';

type Count = { passed: number; failed: number; skipped: number };

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
  }
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
