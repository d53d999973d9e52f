// Builds: the program of a build process. It works for one build at a time and does what the house tells it over its
// channel; when the channel closes it ends.

import { stop } from 'esbuild';
import { buildScript } from './build-script.ts';
import type { BuildOrder, BuildReport } from './order.ts';

/** What esbuild's client says when the program behind it has fallen, which a text can bring about by its size. */
const FELL = /^The service (?:was stopped|is no longer running)/;

const report = (message: BuildReport): void => void process.send?.(message);

process.on('disconnect', () => {
  // Long enough to take note of esbuild's end: a child that nobody waits for stays in the table of processes.
  void stop().finally(() => setTimeout(() => process.exit(), 50));
});
process.on('message', (order: BuildOrder) => {
  buildScript(order, (stage) => report({ kind: 'stage', stage })).then(
    (built) => report({ kind: 'result', ...built }),
    (error: unknown) => {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      if (FELL.test(message)) process.exit(1);
      report({ kind: 'broken', stack: stack ?? message });
    },
  );
});
report({ kind: 'ready' });
