// Other ways to run a stranger's script, side by side with ours in the same minute: each runs the same handler on the same
// event and hands back its commands. Packages that only this comparison needs are fetched when it is asked for, into the
// cache folder of node_modules.

import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { freePort } from '#test/kit/free-port.ts';
import { type BenchLine, pause, percentile } from './bench-line.ts';
import { COMMANDS, countFresh, eventJson, openSandbox, request, SOURCE } from './typical-run.ts';

const CACHE = join(import.meta.dirname, '../node_modules/.cache/sallyport-rivals');
const PACKAGES = ['quickjs-emscripten@0.32.0', 'workerd@1.20261117.1'];

/** Plain JavaScript around the script: what every rival evaluates. `run(eventJson)` answers the commands as JSON. */
const HARNESS = `
const exported = {};
(function (exports) {${SOURCE}\n})(exported);
const record = (commands, name) => (...args) => { commands.push([name, args]); };
async function run(json) {
  const commands = [];
  await exported.onExecutePostLogin(JSON.parse(json), {
    idToken: { setCustomClaim: record(commands, 'idToken.setCustomClaim') },
    accessToken: { setCustomClaim: record(commands, 'accessToken.setCustomClaim') },
    user: { setAppMetadata: record(commands, 'user.setAppMetadata') },
    authentication: { challengeWith: record(commands, 'authentication.challengeWith') },
  });
  return JSON.stringify(commands);
}`;

type Rival = { name: string; note: string; rounds: number; warmUp: number; open(): Promise<Opened> };
type Opened = { run(): Promise<string>; close(): Promise<void> };

const inProcessFork: Rival = {
  name: 'child process, fresh',
  note: 'a Node process per run: all of Node inside',
  rounds: 12,
  warmUp: 2,
  async open() {
    const file = join(CACHE, 'child.cjs');
    writeFileSync(
      file,
      `${HARNESS}\nprocess.on('message', async (json) => { process.send(await run(json)); process.disconnect(); });`,
    );
    return {
      async run() {
        const child: ChildProcess = fork(file, { execArgv: [], env: {} });
        child.send(eventJson);
        const [answer] = (await once(child, 'message')) as [string];
        return answer;
      },
      close: async () => {},
    };
  },
};

const workerThread: Rival = {
  name: 'worker_threads, fresh',
  note: 'a thread per run: all of Node inside',
  rounds: 40,
  warmUp: 5,
  async open() {
    const program = `${HARNESS}\nconst { parentPort } = require('node:worker_threads');
parentPort.once('message', async (json) => parentPort.postMessage(await run(json)));`;
    return {
      async run() {
        const worker = new Worker(program, { eval: true });
        worker.postMessage(eventJson);
        const [answer] = (await once(worker, 'message')) as [string];
        await worker.terminate();
        return answer;
      },
      close: async () => {},
    };
  },
};

type QuickContext = {
  newString(text: string): unknown;
  setProp(of: unknown, name: string, value: unknown): void;
  evalCode(code: string): unknown;
  unwrapResult(result: unknown): { dispose(): void };
  dump(handle: unknown): unknown;
  global: unknown;
  runtime: { executePendingJobs(): unknown };
  dispose(): void;
};

const quickjs: Rival = {
  name: 'quickjs-emscripten, fresh context',
  note: 'an interpreter in WebAssembly, in this process',
  rounds: 200,
  warmUp: 20,
  async open() {
    const load = createRequire(join(CACHE, 'package.json'));
    const { getQuickJS } = load('quickjs-emscripten') as { getQuickJS(): Promise<{ newContext(): QuickContext }> };
    const quick = await getQuickJS();
    return {
      async run() {
        const context = quick.newContext();
        context.setProp(context.global, 'json', context.newString(eventJson));
        const begun = context.evalCode(`${HARNESS}\nlet answer; run(json).then((text) => { answer = text; });`);
        context.unwrapResult(begun).dispose();
        context.runtime.executePendingJobs();
        const answer = String(context.dump(context.unwrapResult(context.evalCode('answer'))));
        context.dispose();
        return answer;
      },
      close: async () => {},
    };
  },
};

const workerd: Rival = {
  name: 'workerd, context reused',
  note: 'behind loopback HTTP; logins share one context',
  rounds: 500,
  warmUp: 100,
  async open() {
    const port = await freePort();
    writeFileSync(
      join(CACHE, 'worker.js'),
      `${HARNESS}\naddEventListener('fetch', (event) => event.respondWith(event.request.text().then(run).then((text) => new Response(text))));`,
    );
    writeFileSync(
      join(CACHE, 'config.capnp'),
      `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .bench)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const bench :Workerd.Worker = (serviceWorkerScript = embed "worker.js", compatibilityDate = "2026-01-01");`,
    );
    const binary = join(CACHE, 'node_modules/.bin/workerd');
    const child = spawn(binary, ['serve', join(CACHE, 'config.capnp')], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const ask = async (): Promise<string> =>
      (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: eventJson })).text();
    for (let tries = 0; ; tries++) {
      try {
        await ask();
        break;
      } catch (error) {
        if (tries > 100) throw error;
        await pause(50);
      }
    }
    return {
      run: ask,
      async close() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  },
};

const ours: Rival = {
  name: 'Sallyport, fresh context in a cell',
  note: 'isolate per tenant, context per run, process apart',
  rounds: 500,
  warmUp: 100,
  async open() {
    const sandbox = await openSandbox();
    let seed = 0;
    return {
      async run() {
        const result = await sandbox.run(request(`tenant-${seed++ % 8}`, String(seed)));
        if (countFresh(result) !== 1) throw new Error('a context was used twice');
        return JSON.stringify(result.ok ? result.commands : []);
      },
      close: () => sandbox.drain(1000),
    };
  },
};

async function medianMicroseconds({ open, rounds, warmUp }: Rival): Promise<number> {
  const opened = await open();
  try {
    const times: number[] = [];
    for (let round = 0; round < rounds + warmUp; round++) {
      // A moment between runs, in which spare contexts are made.
      await pause(3);
      const startedAt = performance.now();
      const answer = JSON.parse(await opened.run()) as unknown[];
      if (answer.length !== COMMANDS) throw new Error(`a rival answered ${answer.length} commands`);
      if (round >= warmUp) times.push((performance.now() - startedAt) * 1000);
    }
    return percentile(times, 0.5);
  } finally {
    await opened.close();
  }
}

/** p50 of each, spaced 3 ms, against ours. */
export async function benchRivals(): Promise<BenchLine[]> {
  mkdirSync(CACHE, { recursive: true });
  if (!existsSync(join(CACHE, 'package.json'))) writeFileSync(join(CACHE, 'package.json'), '{"private": true}\n');
  console.log(`fetching ${PACKAGES.join(' and ')} for the comparison…`);
  execFileSync('npm', ['install', '--prefix', CACHE, '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES], {
    stdio: 'ignore',
  });
  const yardstick = await medianMicroseconds(ours);
  const lines: BenchLine[] = [];
  for (const rival of [quickjs, workerd, workerThread, inProcessFork]) {
    const value = await medianMicroseconds(rival);
    const name = `${rival.name}, spaced 3 ms, p50 µs, against ${ours.name}`;
    lines.push({
      name,
      value,
      yardstick,
      ratio: value / yardstick,
      goal: Number.POSITIVE_INFINITY,
      note: `${rival.note}; ours: ${ours.note}`,
    });
  }
  return lines;
}
