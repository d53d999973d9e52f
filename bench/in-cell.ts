// One script run in a fresh context, hot, without the way to the cell and back: what isolation itself costs.

import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { bundlePrelude } from '#runtime/sandbox/build.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { type BenchLine, type Block, inTurns, percentile } from './bench-line.ts';
import type { InCellTask, InCellTimes } from './in-cell-program.ts';
import { COMMANDS, eventJson, loadHere, SOURCE } from './typical-run.ts';

/** Blocks of both take turns: the speed of a shared machine changes by the second. */
const BLOCKS = 20;
const WARM_UP_BLOCKS = 3;
const ROUNDS = 150;

async function programText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'in-cell-program.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['isolated-vm'],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** The same flags and the same bundle as a cell's, with the loop around it. `measure` answers one block of times. */
async function openInside(): Promise<{ measure(): Promise<InCellTimes>; close(): void }> {
  const options: SpawnOptions = {
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    cwd: join(import.meta.dirname, '../runtime/sandbox/cell'),
  };
  const child = spawn(process.execPath, ['--no-node-snapshot', '--jitless', '--input-type=commonjs', '-'], options);
  child.stdin?.end(await programText());
  const task: InCellTask = {
    prelude: await bundlePrelude(),
    sample: JSON.stringify(postLoginSample),
    source: SOURCE,
    eventJson,
    limits: DEFAULT_LIMITS,
    rounds: ROUNDS,
  };
  return {
    async measure() {
      child.send(task);
      const [times] = (await once(child, 'message')) as [InCellTimes];
      return times;
    },
    close: () => void child.kill(),
  };
}

export async function benchInCell(): Promise<BenchLine[]> {
  const runHere = loadHere();
  const inside = await openInside();
  const blocks: Block[] = [];
  let runs = 0;
  let fresh = 0;
  for (let block = 0; block < BLOCKS + WARM_UP_BLOCKS; block++) {
    const here: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now();
      if ((await runHere()) !== COMMANDS) throw new Error('the yardstick did not do the same work');
      here.push((performance.now() - startedAt) * 1000);
    }
    const there = await inside.measure();
    runs += there.microseconds.length;
    fresh += there.fresh;
    if (block >= WARM_UP_BLOCKS)
      blocks.push({ value: percentile(there.microseconds, 0.5), yardstick: percentile(here, 0.5) });
  }
  inside.close();
  const name = 'script in a fresh context, inside the cell, hot, p50 µs';
  const note = `against in-process structuredClone; ${runs} runs in ${fresh} fresh contexts`;
  return [{ name, ...inTurns(blocks), goal: 1.5, note }];
}
