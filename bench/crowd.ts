// The latency people meet: 200 logins a second of a thousand tenants, a few of them busy and most of them rare (Zipf),
// each login announced when its login page was served, a second before its script runs.

import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { type BenchLine, pause, percentile } from './bench-line.ts';
import { COMMANDS, countFresh, loadHere, openSandbox, request, script } from './typical-run.ts';

const TENANTS = 1000;
const PER_SECOND = 200;
const SECONDS = 15;
const WARM_UP_SECONDS = 5;
const READING_MS = 1000;
const CLAIM_MS = 1;

/** Numbers below 1 that are the same in every run of the benchmark. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

function zipf(random: () => number): () => number {
  const shares = Array.from({ length: TENANTS }, (_, rank) => 1 / (rank + 1));
  const sum = shares.reduce((total, share) => total + share, 0);
  let reached = 0;
  const upTo = shares.map((share) => {
    reached += share / sum;
    return reached;
  });
  return () => {
    const at = random();
    return upTo.findIndex((bound) => at <= bound);
  };
}

async function login(sandbox: Sandbox, tenantId: string, seed: string): Promise<{ ms: number; fresh: number }> {
  sandbox.prefetch(tenantId, [script], DEFAULT_LIMITS);
  await pause(READING_MS);
  sandbox.expect(tenantId, script.versionId);
  await pause(CLAIM_MS);
  const startedAt = performance.now();
  const result = await sandbox.run(request(tenantId, seed));
  return { ms: performance.now() - startedAt, fresh: countFresh(result) };
}

export async function benchCrowd(): Promise<BenchLine[]> {
  const sandbox = await openSandbox();
  const random = dice(1);
  const tenant = zipf(random);
  const runHere = loadHere();
  const times: number[] = [];
  const here: number[] = [];
  const logins: Promise<void>[] = [];
  let runs = 0;
  let fresh = 0;
  const startedAt = performance.now();
  let dueAt = startedAt;
  while (performance.now() - startedAt < (SECONDS + WARM_UP_SECONDS) * 1000) {
    // Arrivals are independent of each other: exponential gaps.
    dueAt += (-Math.log(1 - random()) * 1000) / PER_SECOND;
    const wait = dueAt - performance.now();
    if (wait > 0) await pause(wait);
    const counted = performance.now() - startedAt > WARM_UP_SECONDS * 1000;
    runs++;
    const one = login(sandbox, `tenant-${tenant()}`, String(runs)).then((done) => {
      fresh += done.fresh;
      if (counted) times.push(done.ms);
    });
    logins.push(one);
    if (runs % 20 !== 0) continue;
    const hereAt = performance.now();
    if ((await runHere()) !== COMMANDS) throw new Error('the yardstick did not do the same work');
    if (counted) here.push(performance.now() - hereAt);
  }
  await Promise.all(logins);
  await sandbox.drain(1000);
  const line = (share: number, goalMs: number): BenchLine => {
    const value = percentile(times, share);
    const yardstick = percentile(here, 0.5);
    const goal = goalMs / yardstick;
    const note = `${Number.isFinite(goalMs) ? `goal ${goalMs} ms; ` : ''}${runs} runs in ${fresh} fresh contexts`;
    const name = `${PER_SECOND} logins/s over ${TENANTS} tenants, p${share * 100} ms, against one run here, p50`;
    return { name, value, yardstick, ratio: value / yardstick, goal, note };
  };
  return [line(0.5, Number.POSITIVE_INFINITY), line(0.99, 3)];
}
