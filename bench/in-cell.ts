// One script run in a fresh context, hot, without the way to the cell and back: what isolation itself costs.

import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { bundlePrelude } from '#runtime/sandbox/build.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { type BenchLine, percentile } from './bench-line.ts';
import type { InCellTask, InCellTimes } from './in-cell-program.ts';
import { COMMANDS, eventJson, loadHere, SOURCE } from './typical-run.ts';

const ROUNDS = 3000;
const WARM_UP = 500;

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

/** The same flags and the same bundle as a cell's, with the loop around it. */
async function measureInside(): Promise<InCellTimes> {
  const program = await programText();
  const task: InCellTask = {
    prelude: await bundlePrelude(),
    sample: JSON.stringify(postLoginSample),
    source: SOURCE,
    eventJson,
    limits: DEFAULT_LIMITS,
    rounds: ROUNDS,
    warmUp: WARM_UP,
  };
  const options: SpawnOptions = {
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    cwd: join(import.meta.dirname, '../runtime/sandbox/cell'),
  };
  const child = spawn(process.execPath, ['--no-node-snapshot', '--jitless', '--input-type=commonjs', '-'], options);
  child.stdin?.end(program);
  child.send(task);
  const [times] = (await once(child, 'message')) as [InCellTimes];
  return times;
}

export async function benchInCell(): Promise<BenchLine[]> {
  const runHere = loadHere();
  const here: number[] = [];
  const measureHere = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now();
      if ((await runHere()) !== COMMANDS) throw new Error('the yardstick did not do the same work');
      here.push((performance.now() - startedAt) * 1000);
    }
  };
  await measureHere(WARM_UP);
  here.length = 0;
  // The yardstick before and after, so that a slower minute falls on both.
  await measureHere(ROUNDS / 2);
  const { microseconds, fresh } = await measureInside();
  await measureHere(ROUNDS / 2);
  const value = percentile(microseconds, 0.5);
  const yardstick = percentile(here, 0.5);
  const name = 'script in a fresh context, inside the cell, hot, p50 µs';
  const note = `against in-process structuredClone; ${microseconds.length} runs in ${fresh} fresh contexts`;
  return [{ name, value, yardstick, ratio: value / yardstick, goal: 1.5, note }];
}
