// Server, harness: what runs scripts for an editor's breakpoints: the same guest code and the same bundle as in a cell, in
// contexts of this very process. It is no sandbox: nothing is limited, nothing is walled off, and a line says so.
import { pathToFileURL } from 'node:url';
import { type Context, createContext, runInContext, Script as VmScript } from 'node:vm';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import { bundlePrelude } from '#runtime/sandbox/build.ts';
import { computeAsJson } from '#runtime/sandbox/cell/computations.ts';
import { createSubtle, type Subtle } from '#runtime/sandbox/cell/subtle.ts';
import { diceOf } from '#runtime/sandbox/orders.ts';
import type { RunRequest, RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { readDone } from '#runtime/sandbox/verdict.ts';

/** What the guest code waits for, as it says it. */
type Waiting = {
  state: 'waiting' | 'done';
  wait: number;
  calls?: { call: number; operation: string; payload: string }[];
};
type Entry = (operation: string, ...args: unknown[]) => unknown;

/** Nobody steps through code against a clock. */
const CALL_MS = 60 * 60_000;
const LOUD =
  'sallyport/testing: debug is on. Scripts run in this process, where breakpoints stop. This is NOT the sandbox: there are no limits and no isolation.\n';

let prelude: Promise<string> | undefined;
let hasSaid = false;

/** @param pathOf absolute path of the author's file behind a version, where there is one. */
export function createDebugSandbox(pathOf: (versionId: string) => string | undefined): Sandbox {
  if (!hasSaid) process.stderr.write(LOUD);
  hasSaid = true;
  return {
    run: (request) => run(request, pathOf(request.script.versionId)),
    prefetch: () => {},
    expect: () => {},
    ready: async () => {},
    drain: async () => {},
  };
}

async function run(request: RunRequest, path: string | undefined): Promise<RunResult> {
  const startedAt = performance.now();
  prelude ??= bundlePrelude();
  const context = createContext({});
  const entry = runInContext(await prelude, context, { filename: 'sallyport:prelude' }) as Entry;
  const { trigger, handler, eventJson, secretsJson, moduleSecretsJson, cacheJson, now, limits } = request;
  const dice = diceOf(request.seed);
  entry('prepare', trigger, '', computeAsJson);
  entry('limits', limits.outputSize, limits.consoleSize, limits.commands, limits.calls);
  if (cacheJson !== undefined) entry('cache', cacheJson);
  if (moduleSecretsJson !== undefined) entry('modules', moduleSecretsJson);
  const cpuMs = () => performance.now() - startedAt;
  const ended = (output: string): RunResult => ({
    ...readDone(request, { type: 'done', id: 0, output, cpuMs: cpuMs() }),
    wallMs: cpuMs(),
  });
  try {
    entry('load', bodyOf(request, path, context), '', '', now, ...dice);
  } catch (error) {
    // A text that V8 does not read: in a cell it is the compiler that says so.
    return ended(refusal(error));
  }
  entry('start', handler, eventJson, secretsJson, now, ...dice);
  return ended(await drain(request, entry));
}

/** The function around the bundle, with a map to the author's file, so that an editor's breakpoints in it are found. */
function bodyOf({ script }: RunRequest, path: string | undefined, context: Context): unknown {
  const text = script.map?.();
  const map = text === undefined ? undefined : (JSON.parse(text) as { sources: string[] });
  if (map && path !== undefined) {
    const file = pathToFileURL(path).href;
    map.sources = map.sources.map((source) => (source === script.fileName ? file : source));
  }
  const encoded = map ? Buffer.from(JSON.stringify(map)).toString('base64') : '';
  const comment = map ? `\n//# sourceMappingURL=data:application/json;base64,${encoded}` : '';
  const source = `(function (module, exports, require, console, sallyportHost) {\n${script.source}\n})${comment}`;
  return new VmScript(source, { filename: script.fileName, lineOffset: -1 }).runInContext(context);
}

/** Lets the script go on until it has settled: timers and calls are answered as they come. */
async function drain(request: RunRequest, entry: Entry): Promise<string> {
  const subtle = createSubtle(() => false);
  const answers: { call: number; ok: boolean; payload: string }[] = [];
  let wake = () => {};
  for (;;) {
    // Promises of the script settle in this process's own queue.
    await new Promise((resolve) => setImmediate(resolve));
    const output = String(entry('drain'));
    const waiting = output.startsWith('{"state":"waiting"') ? (JSON.parse(output) as Waiting) : undefined;
    if (!waiting) return output;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    for (const { call, operation, payload } of waiting.calls ?? []) {
      void answer(request, subtle, operation, payload).then((given) => {
        answers.push({ call, ...given });
        wake();
      });
    }
    const timer = waiting.wait < 0 ? undefined : setTimeout(() => wake(), waiting.wait);
    if (answers.length === 0) await woken;
    clearTimeout(timer);
    const next = answers.shift();
    if (next) entry('answer', next.call, next.ok, next.payload, request.now);
    else entry('resume');
  }
}

type Answer = { ok: boolean; payload: string };

async function answer(request: RunRequest, subtle: Subtle, operation: string, payload: string): Promise<Answer> {
  try {
    if (operation === 'subtle') return { ok: true, payload: await subtle(payload) };
    if (operation !== 'fetch') {
      return (await request.answer?.(operation, payload)) ?? refused('Error', `unknown operation ${operation}`);
    }
    const outcome = await request.request?.(JSON.parse(payload) as OutgoingCall, { timeoutMs: CALL_MS });
    if (!outcome) return refused('TypeError', 'there is no network');
    if (outcome.ok) return { ok: true, payload: JSON.stringify(outcome.answer) };
    return { ok: false, payload: JSON.stringify({ name: 'TypeError', code: outcome.code, message: outcome.message }) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return refused(name, message);
  }
}

const refused = (name: string, message: string): Answer => ({ ok: false, payload: JSON.stringify({ name, message }) });

function refusal(error: unknown): string {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const fault = { kind: 'exports', name, message, stack };
  return JSON.stringify({ state: 'done', commands: [], console: [], late: [], fault });
}
