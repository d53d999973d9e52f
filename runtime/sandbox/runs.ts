// A run on its way: between the call of `sandbox.run` and its one answer, with the journal of what it asked the outside.

import type { RunRequest, RunResult, ScriptFault } from './sandbox.ts';

/** The answer to a call out. `at`: milliseconds after the run began, which its clock then shows. */
export type CallAnswer = { ok: boolean; payload: string; at: number };

/** A call that has been made: should the run be repeated, the call is not. */
export type JournaledCall = {
  operation: string;
  payload: string;
  answer: Promise<CallAnswer>;
  /** Nobody waits for it any more. */
  abort: () => void;
};

export type Run = {
  id: number;
  request: RunRequest;
  /** When the wall clock of its trigger is up, on the sandbox's own clock. */
  deadlineAt: number;
  /** How often it was sent to a cell: answers of an earlier time are not for the present one. */
  attempt: number;
  /** What it asked the outside, by number. */
  journal: Map<number, JournaledCall>;
  /** UTF-16 units of the answers in its journal. */
  answered: number;
  /** Cells that went away under it without its being to blame. */
  losses: number;
  /** Cells in quarantine that ended under it, by nobody's hand that we know of. */
  crashes: number;
  /** It was cut off once without having had the CPU it was given time for. */
  starved: boolean;
  /** It met the memory limit in an isolate that other scripts of its tenant had filled, perhaps: next time it is alone. */
  crowded: boolean;
  /** It was cut off among others, and is in quarantine to find out whether it is slow by itself. */
  suspected: boolean;
  /** In its cell, and waiting for a timer or an answer. */
  waiting: boolean;
  /** Its time is up, and its cell was told to end it. */
  stopping: boolean;
  settled: boolean;
  settle(ending: Ending): void;
};

/** A result without the wall time, which is taken when it settles. */
export type Ending = RunResult extends infer Result ? (Result extends unknown ? Omit<Result, 'wallMs'> : never) : never;

export function createRun(id: number, request: RunRequest, now: () => number, onSettled: (run: Run) => void) {
  const { promise, resolve } = Promise.withResolvers<RunResult>();
  const startedAt = now();
  const run: Run = {
    id,
    request,
    deadlineAt: startedAt + request.wallMs,
    attempt: 0,
    journal: new Map(),
    answered: 0,
    losses: 0,
    crashes: 0,
    starved: false,
    crowded: false,
    suspected: false,
    waiting: false,
    stopping: false,
    settled: false,
    settle(ending) {
      if (run.settled) return;
      run.settled = true;
      // Pending requests end with their run.
      for (const { abort } of run.journal.values()) abort();
      onSettled(run);
      resolve({ ...ending, wallMs: now() - startedAt });
    },
  };
  return { run, result: promise };
}

export const failed = (fault: ScriptFault, cpuMs = 0): Ending => ({ ok: false, fault, console: [], cpuMs });

/** Runs that are not settled. */
export function createPending() {
  const runs = new Set<Run>();
  let onEmpty: (() => void) | undefined;
  return {
    add: (run: Run): void => void runs.add(run),
    remove(run: Run): void {
      runs.delete(run);
      if (runs.size === 0) onEmpty?.();
    },
    all: (): Iterable<Run> => runs,
    /** Settles when there is none, or after `graceMs`. */
    async emptied(graceMs: number): Promise<void> {
      if (runs.size === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      onEmpty = resolve;
      await promise;
      clearTimeout(timer);
    },
  };
}
