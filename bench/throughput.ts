// Fresh-context runs per second while there is always another one waiting: this process and its cells share the machine.

import { type BenchLine, pause } from './bench-line.ts';
import { COMMANDS, countFresh, loadHere, openSandbox, request } from './typical-run.ts';

const SECONDS = 6;
const WARM_UP_MS = 2000;
const TENANTS = 40;
/** Runs under way at once: enough that no cell rests. */
const DEPTH = 32;
const GOAL = 2500;

async function runsHere(): Promise<number> {
  const runHere = loadHere();
  const endsAt = performance.now() + 1000;
  let runs = 0;
  while (performance.now() < endsAt) {
    if ((await runHere()) !== COMMANDS) throw new Error('the yardstick did not do the same work');
    runs++;
  }
  return runs;
}

export async function benchThroughput(): Promise<BenchLine[]> {
  const sandbox = await openSandbox();
  let runs = 0;
  let fresh = 0;
  let over = false;
  const work = Array.from({ length: DEPTH }, async () => {
    while (!over) {
      const at = runs++;
      const result = await sandbox.run(request(`tenant-${at % TENANTS}`, String(at)));
      fresh += countFresh(result);
    }
  });
  await pause(WARM_UP_MS);
  const before = fresh;
  const startedAt = performance.now();
  await pause(SECONDS * 1000);
  const perSecond = (fresh - before) / ((performance.now() - startedAt) / 1000);
  over = true;
  await Promise.all(work);
  await sandbox.drain(1000);
  const yardstick = await runsHere();
  return [
    {
      name: 'fresh-context runs per second, parent and cells on one machine, against runs here on one core',
      value: perSecond,
      yardstick,
      ratio: perSecond / yardstick,
      goal: GOAL / yardstick,
      atLeast: true,
      note: `goal ${GOAL} runs/s; ${runs} runs in ${fresh} fresh contexts`,
    },
  ];
}
