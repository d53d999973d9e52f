// One script run in a fresh context, through the cell's process, against calling the same function here. Spaced as logins
// are, so that neither lives off warm caches; a run is announced a millisecond ahead, as the runtime does while it claims
// the login's row. Blocks of both take turns, so that a slower minute falls on both.

import { type BenchLine, pause, percentile } from './bench-line.ts';
import { COMMANDS, countFresh, eventJson, loadHere, openSandbox, request, script } from './typical-run.ts';

const BLOCKS = 10;
const ROUNDS = 80;
const WARM_UP_BLOCKS = 2;
const GAP_MS = 3;
/** About what the claim of a row takes on a disk. */
const CLAIM_MS = 1;
const TENANTS = 8;

/** p50 and p99 of one run; the yardstick is the handler called in this process with `structuredClone(event)`. */
export async function benchScriptRun(): Promise<BenchLine[]> {
  const sandbox = await openSandbox();
  const runHere = loadHere();
  const times = { here: [] as number[], through: [] as number[], unannounced: [] as number[] };
  let answered = 0;
  let fresh = 0;
  const timed = async (into: number[], counted: boolean, work: () => Promise<void>): Promise<void> => {
    const start = performance.now();
    await work();
    if (counted) into.push((performance.now() - start) * 1000);
  };
  const through = async (round: number): Promise<void> => {
    fresh += countFresh(await sandbox.run(request(`tenant-${round % TENANTS}`, String(round))));
    answered++;
  };
  for (let block = 0; block < BLOCKS + WARM_UP_BLOCKS; block++) {
    const counted = block >= WARM_UP_BLOCKS;
    for (let round = 0; round < ROUNDS; round++) {
      await pause(GAP_MS);
      await timed(times.here, counted, async () => {
        if ((await runHere()) !== COMMANDS) throw new Error('the yardstick did not do the same work');
      });
    }
    for (let round = 0; round < ROUNDS; round++) {
      await pause(GAP_MS - CLAIM_MS);
      sandbox.expect(`tenant-${round % TENANTS}`, script.versionId);
      await pause(CLAIM_MS);
      await timed(times.through, counted, () => through(round));
    }
    for (let round = 0; round < ROUNDS; round++) {
      await pause(GAP_MS);
      await timed(times.unannounced, counted, () => through(round));
    }
  }
  await sandbox.drain(1000);
  const line = (name: string, of: number[], share: number, goal: number): BenchLine => {
    const value = percentile(of, share);
    const yardstick = percentile(times.here, share);
    const note = `event ${eventJson.length} bytes, ${answered} runs in ${fresh} fresh contexts`;
    return { name, value, yardstick, ratio: value / yardstick, goal, note };
  };
  return [
    line('script run through the process, spaced 3 ms, announced 1 ms ahead, p50 µs', times.through, 0.5, 2.5),
    line('the same, p99 µs', times.through, 0.99, Number.POSITIVE_INFINITY),
    line('the same without the announcement, p50 µs', times.unannounced, 0.5, Number.POSITIVE_INFINITY),
  ];
}
