// Server, harness: one sandbox for all simulations of a process. Its cells start with the first script, stay warm from one
// simulation to the next, and end with the process: a test runner need not be told.
import { createSandbox } from '#runtime/sandbox/cells.ts';
import type { RunRequest, RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { COVERAGE_CONSOLE, coverageFolder, takeCounts } from '../project/coverage-counts.ts';

const quiet = { info() {}, warn() {}, error() {} };

/** Every simulation brings its own way out; a run without one has none. */
const nowhere = {
  request: async () => ({ ok: false, code: 'ERR_EGRESS_REFUSED', message: 'there is no network' }) as const,
};

/** Longer than any run. */
const AWAKE_MS = 60_000;

let started: Sandbox | undefined;

export function sharedSandbox(): Sandbox {
  return {
    // What a script reads of its clock follows from the simulation, however long it waits for an answer.
    run: (request) => awake(counted({ ...request, still: true })),
    // A page that a person looks at leaves time for it; a test asks for the script a millisecond later.
    prefetch: (tenantId, scripts, limits, trigger) => {
      if (scripts.length > 0) open().prefetch(tenantId, scripts, limits, trigger);
    },
    expect: (tenantId, versionId) => open().expect(tenantId, versionId),
    ready: () => awake(open().ready()),
    drain: async () => {},
  };
}

/** Ends the cells. Nobody has to; the next simulation starts others. */
export async function shutDown(): Promise<void> {
  const ending = started;
  started = undefined;
  await ending?.drain(0);
}

function open(): Sandbox {
  started ??= createSandbox({ egress: nowhere, log: quiet, cells: 1, background: true });
  return started;
}

/** The lines that an instrumented script prints about itself are taken out, and kept for the summary. */
async function counted(request: RunRequest): Promise<RunResult> {
  if (coverageFolder() === undefined) return open().run(request);
  const limits = { ...request.limits, consoleSize: request.limits.consoleSize + COVERAGE_CONSOLE };
  return takeCounts(await open().run({ ...request, limits }));
}

/** Cells do not keep the process from ending: while somebody waits for one, this does. */
async function awake<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, AWAKE_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
