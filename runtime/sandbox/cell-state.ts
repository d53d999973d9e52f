// What the server knows of one cell: its runs, whom it is busy with by its own word, and when it must have spoken again.

import type { CellProcess } from './cell-process.ts';
import type { Run } from './runs.ts';

/** How much later than its slice allows a cell may speak. A smaller margin kills plain loops that were ending. */
export const MARGIN_MS = 50;

/** Whom a cell is busy with, by its own word. `id` 0: a spare context is being made. */
export type Busy = { id: number; tenantId: string; versionId: string };

export type Cell = {
  slot: number;
  quarantine: boolean;
  process: CellProcess;
  /** Sent and not yet answered, in the order they were sent. */
  runs: Map<number, Run>;
  /** Versions whose text it was given. */
  knows: Set<string>;
  busy: Busy | undefined;
  /** When it must have spoken again; Infinity when it owes nothing. */
  dueAt: number;
  /** CPU of its main thread at the first look after `dueAt` was set, and how often it was given more time since. */
  mark: { dueAt: number; cpuMs: number | undefined; extensions: number };
  /** On the clock that only moves forward. */
  startedAt: number;
  /** Resident memory when it was last seen with nothing to do. */
  restingBytes: number | undefined;
  served: number;
  /** Why we killed it, and whom we blame. */
  killed: { cause: 'watchdog' | 'memory' | 'invalid'; suspect: Busy | undefined } | undefined;
};

/** The run or spare a cell is at work for: what it announced, or else the first of the runs it owes. */
export function suspectOf(cell: Cell): Busy | undefined {
  if (cell.busy !== undefined) return cell.busy;
  for (const run of cell.runs.values()) {
    if (run.waiting) continue;
    return { id: run.id, tenantId: run.request.tenantId, versionId: run.request.script.versionId };
  }
  return undefined;
}

/** Sets the time by which the cell must speak, from what it owes now. */
export function expectWithin(cell: Cell, sliceMs: number, now: number): void {
  cell.dueAt = suspectOf(cell) === undefined ? Number.POSITIVE_INFINITY : now + sliceMs + MARGIN_MS;
}
