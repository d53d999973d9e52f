// A run on its way: between the call of `sandbox.run` and its one answer.

import type { RunRequest, RunResult, ScriptFault } from './sandbox.ts';

export type Run = {
  id: number;
  request: RunRequest;
  /** When the wall clock of its trigger is up, on the sandbox's own clock. */
  deadlineAt: number;
  /** Cells that went away under it without its being to blame. */
  losses: number;
  /** Cells in quarantine that ended under it, by nobody's hand that we know of. */
  crashes: number;
  /** It was cut off once without having had the CPU it was given time for. */
  starved: boolean;
  /** In its cell, and waiting for a timer. */
  waiting: boolean;
  settled: boolean;
  settle(result: RunResult): void;
};

export function createRun(id: number, request: RunRequest, deadlineAt: number, onSettled: (run: Run) => void) {
  let resolve: (result: RunResult) => void = () => {};
  const result = new Promise<RunResult>((kept) => {
    resolve = kept;
  });
  const run: Run = {
    id,
    request,
    deadlineAt,
    losses: 0,
    crashes: 0,
    starved: false,
    waiting: false,
    settled: false,
    settle(answer) {
      if (run.settled) return;
      run.settled = true;
      onSettled(run);
      resolve(answer);
    },
  };
  return { run, result };
}

export const failed = (fault: ScriptFault, cpuMs = 0): RunResult => ({ ok: false, fault, console: [], cpuMs });
