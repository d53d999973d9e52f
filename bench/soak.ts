// `npm run soak`: a bounded number of script runs over many tenants, and what they leave behind: slopes of memory, handles
// and latency. A wrong answer ends it with status 1; Ctrl-C prints what was seen so far.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { createSandbox } from '#runtime/sandbox/cells.ts';
import { residentBytes } from '#runtime/sandbox/process-meter.ts';
import type { RunRequest, RunResult, Script } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';

const TENANTS = 50;
const IN_FLIGHT = 4;
const POINTS = 100;
const MEGABYTE = 1024 * 1024;

type Shape = { name: string; script: Script; isRight: (result: RunResult, id: string) => boolean };

const script = (name: string, body: string): Script => {
  const source = `exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`;
  return { versionId: createHash('sha256').update(source).digest('hex'), fileName: `${name}.js`, source };
};

const gave = (result: RunResult, id: string): boolean =>
  result.ok && result.commands.length === 1 && result.commands[0]?.args[1] === id;
const GIVE = "api.idToken.setCustomClaim('id', event.user.user_id);";

const PLAIN: Shape = { name: 'plain', script: script('plain', GIVE), isRight: gave };
const SHAPES: readonly Shape[] = [
  PLAIN,
  {
    name: 'console',
    script: script('console', `for (let i = 0; i < 20; i++) console.log('line', i, event.user.user_id);\n${GIVE}`),
    isRight: (result, id) =>
      gave(result, id) && result.console.length === 20 && result.console[19]?.text === `line 19 ${id}`,
  },
  {
    name: 'timer',
    script: script('timer', `await new Promise((resolve) => setTimeout(resolve, 2));\n${GIVE}`),
    isRight: gave,
  },
  {
    name: 'throwing',
    script: script('throwing', 'throw new Error(event.user.user_id);'),
    isRight: (result, id) => !result.ok && result.fault.kind === 'threw' && result.fault.message === id,
  },
  {
    name: 'slow',
    script: script('slow', `let n = 0;\nfor (let i = 0; i < 20_000; i++) n += i % 7;\n${GIVE}`),
    isRight: gave,
  },
];

type Point = { runs: number; rss: number; cellsRss: number; handles: number; descriptors: number };

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or the process has just ended: there is nothing to measure.
    return '';
  }
}

const hostsSeen = new Set<number>();

/** The script hosts that run now. Linux only: elsewhere there are none to be seen. */
function hosts(): number[] {
  const running = read(`/proc/self/task/${process.pid}/children`)
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes('--jitless'));
  for (const pid of running) hostsSeen.add(pid);
  return running;
}

function descriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function measure(runs: number): Point {
  globalThis.gc?.();
  return {
    runs,
    rss: process.memoryUsage().rss / MEGABYTE,
    cellsRss: hosts().reduce((sum, pid) => sum + (residentBytes(pid) ?? 0), 0) / MEGABYTE,
    handles: process.getActiveResourcesInfo().length,
    descriptors: descriptors(),
  };
}

/** Least squares, per 10,000 runs. */
function slope(points: readonly Point[], of: (point: Point) => number): number {
  const meanX = points.reduce((sum, { runs }) => sum + runs, 0) / points.length;
  const meanY = points.reduce((sum, point) => sum + of(point), 0) / points.length;
  let above = 0;
  let below = 0;
  for (const point of points) {
    above += (point.runs - meanX) * (of(point) - meanY);
    below += (point.runs - meanX) ** 2;
  }
  return below === 0 ? 0 : (above / below) * 10_000;
}

function percentile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function wanted(): number {
  const { runs = '200000' } = parseArgs({ options: { runs: { type: 'string' } } }).values;
  if (/^[1-9]\d{2,8}$/.test(runs)) return Number(runs);
  console.error(`--runs takes a whole number from 100, not ${JSON.stringify(runs)}.`);
  process.exit(2);
}

const RUNS = wanted();
const ended = { count: 0, failures: 0 };
const wrong: string[] = [];
const latency = new Float64Array(RUNS);
const points: Point[] = [];
let started = 0;
let done = 0;
let stopped = false;

const egress = createEgress({ allow: [] });
const sandbox = createSandbox({
  egress,
  log: {
    info() {},
    warn(_, message) {
      if (message === 'a script host ended') ended.count++;
    },
    error(_, message) {
      ended.failures++;
      console.error(message);
    },
  },
});

function request(n: number, { script }: Shape, id: string): RunRequest {
  return {
    tenantId: `tenant-${n % TENANTS}`,
    script,
    trigger: 'post-login',
    handler: 'onExecutePostLogin',
    eventJson: JSON.stringify({ ...postLoginSample, user: { ...postLoginSample.user, user_id: id } }),
    secretsJson: '{}',
    now: Date.now(),
    seed: id,
    limits: DEFAULT_LIMITS,
    wallMs: 20_000,
  };
}

function say(line: string): void {
  console.log(line);
}

function notePoint(): void {
  if (done % Math.max(1, Math.floor(RUNS / POINTS)) !== 0) return;
  const point = measure(done);
  points.push(point);
  if (done % Math.max(1, Math.floor(RUNS / 10)) !== 0) return;
  const rate = done / ((performance.now() - startedAt) / 1000);
  say(
    `${Math.round((done / RUNS) * 100)} %: ${done} runs, ${rate.toFixed(0)} a second, server ${point.rss.toFixed(0)} MB, ` +
      `script hosts ${point.cellsRss.toFixed(0)} MB, wrong answers ${wrong.length}`,
  );
}

async function runOne(n: number): Promise<void> {
  const shape = SHAPES[Math.floor(n / TENANTS) % SHAPES.length] ?? PLAIN;
  const id = `auth0|${n}`;
  const before = performance.now();
  const result = await sandbox.run(request(n, shape, id));
  latency[done++] = performance.now() - before;
  if (!shape.isRight(result, id)) wrong.push(`run ${n} (${shape.name}): ${JSON.stringify(result).slice(0, 300)}`);
  notePoint();
}

async function work(): Promise<void> {
  while (!stopped && started < RUNS) await runOne(started++);
}

function compare(name: string, share: number): string {
  const tenth = Math.max(1, Math.floor(done / 10));
  const first = percentile(latency.subarray(0, tenth), share);
  const last = percentile(latency.subarray(done - tenth, done), share);
  return `${name}: ${first.toFixed(2)} ms in the first tenth, ${last.toFixed(2)} ms in the last, ratio ${(last / first).toFixed(2)}`;
}

function summarize(): void {
  // What the first tenth brings (isolates, caches, compiled code) is no leak.
  const settled = points.filter(({ runs }) => runs > RUNS / 10);
  const rate = (of: (point: Point) => number): string => slope(settled, of).toFixed(3);
  say(`\n${done} script runs over ${TENANTS} tenants; slopes per 10,000 runs, without the first tenth:`);
  if (settled.length < 3) say('too few runs for slopes');
  else {
    say(`memory of the server: ${rate(({ rss }) => rss)} MB`);
    say(`memory of all script hosts: ${rate(({ cellsRss }) => cellsRss)} MB`);
    say(`handles: ${rate(({ handles }) => handles)}, file descriptors: ${rate((point) => point.descriptors)}`);
  }
  if (done >= 10)
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const)
      say(compare(name, share));
  const recycled = Math.max(0, hostsSeen.size - firstHosts - ended.count);
  say(`script hosts recycled: ${recycled}, that ended: ${ended.count}, that did not start: ${ended.failures}`);
  say(`wrong answers: ${wrong.length}`);
  for (const line of wrong.slice(0, 10)) say(`  ${line}`);
}

process.on('SIGINT', () => {
  if (stopped) process.exit(130);
  stopped = true;
});

say(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`);
await sandbox.ready();
const firstHosts = hosts().length;
const startedAt = performance.now();
await Promise.all(Array.from({ length: IN_FLIGHT }, work));
summarize();
await sandbox.drain(1000);
await egress.close();
process.exitCode = wrong.length > 0 || done === 0 ? 1 : 0;
