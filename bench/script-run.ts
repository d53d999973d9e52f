// One script run in a fresh context, through the cell's process, against calling the same function here. Spaced as logins
// are, so that neither lives off warm caches; a run is announced a millisecond ahead, as the runtime does while it claims
// the login's row. Blocks of both take turns, so that a slower minute falls on both.

import { type BenchLine, inTurns, pause, percentile } from './bench-line.ts';
import { COMMANDS, countFresh, eventJson, loadHere, openSandbox, request, script } from './typical-run.ts';

const BLOCKS = 12;
const ROUNDS = 60;
const WARM_UP_BLOCKS = 2;
const GAP_MS = 3;
/** About what the claim of a row takes on a disk. */
const CLAIM_MS = 1;
const TENANTS = 8;

/** p50 and p99 of one run; the yardstick is the handler called in this process with `structuredClone(event)`. */
export async function benchScriptRun(): Promise<BenchLine[]> {
  const sandbox = await openSandbox();
  const runHere = loadHere();
  let runs = 0;
  let fresh = 0;
  const through = async (round: number): Promise<void> => {
    const result = await sandbox.run(request(`tenant-${round % TENANTS}`, String(round)));
    fresh += countFresh(result);
    runs++;
  };
  const microseconds = async (work: () => Promise<void>): Promise<number> => {
    const startedAt = performance.now();
    await work();
    return (performance.now() - startedAt) * 1000;
  };
  const here = async (): Promise<number> => {
    await pause(GAP_MS);
    return microseconds(async () => {
      if ((await runHere()) !== COMMANDS) throw new Error('the yardstick did not do the same work');
    });
  };
  const announced = async (round: number): Promise<number> => {
    await pause(GAP_MS - CLAIM_MS);
    sandbox.expect(`tenant-${round % TENANTS}`, script.versionId);
    await pause(CLAIM_MS);
    return microseconds(() => through(round));
  };
  const unannounced = async (round: number): Promise<number> => {
    await pause(GAP_MS);
    return microseconds(() => through(round));
  };
  const block = async (one: (round: number) => Promise<number>): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await one(round));
    return times;
  };
  const blocks: { here: number[]; announced: number[]; unannounced: number[] }[] = [];
  for (let turn = 0; turn < BLOCKS + WARM_UP_BLOCKS; turn++) {
    const times = { here: await block(here), announced: await block(announced), unannounced: await block(unannounced) };
    if (turn >= WARM_UP_BLOCKS) blocks.push(times);
  }
  await sandbox.drain(1000);
  const note = `event ${eventJson.length} bytes, ${runs} runs in ${fresh} fresh contexts`;
  const line = (name: string, of: 'announced' | 'unannounced', share: number, goal: number): BenchLine => {
    const both = blocks.map((times) => ({
      value: percentile(times[of], share),
      yardstick: percentile(times.here, share),
    }));
    return { name, ...inTurns(both), goal, note };
  };
  const none = Number.POSITIVE_INFINITY;
  return [
    line('script run through the process, spaced 3 ms, announced 1 ms ahead, p50 µs', 'announced', 0.5, 2.5),
    line('the same, p99 µs', 'announced', 0.99, none),
    line('the same without the announcement, p50 µs', 'unannounced', 0.5, none),
  ];
}
