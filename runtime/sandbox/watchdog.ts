// The eye outside the cells: a script in an uninterruptible built-in never sees a time limit, and memory can grow where
// the isolate does not count. A cell that owes an answer too long, or has grown too large, is killed.

import { type Cell, MARGIN_MS, suspectOf } from './cell-state.ts';
import { mainThreadCpuMs, residentBytes } from './process-meter.ts';
import type { Run } from './runs.ts';
import type { Slots } from './slots.ts';

const TICK_MS = 10;
const MEGABYTE = 1024 * 1024;
const KILL_BYTES = 640 * MEGABYTE;
/** Twice what an isolate may hold: a cell that has grown by more within one slice is being filled. */
const GROWN_BYTES = 64 * MEGABYTE;
const REPLACE_BYTES = 448 * MEGABYTE;
const REPLACE_AFTER_RUNS = 250_000;
const REPLACE_AFTER_MS = 6 * 60 * 60_000;
/** Below this share of the slice on the CPU, the cell was kept waiting by the machine and not by the script. */
const OWN_DOING = 0.6;
const MAX_EXTENSIONS = 20;
const IDLE_TICKS = 100;

export function createWatchdog(deps: {
  now: () => number;
  slots: Slots;
  sliceMs: (cell: Cell) => number;
  pending: () => Iterable<Run>;
  onWallTimeout: (run: Run) => void;
}) {
  const { now, slots } = deps;
  let timer: NodeJS.Timeout | undefined;
  let lastTickAt = 0;
  let idleTicks = 0;
  let ticks = 0;

  /** A starved cell gets more time; one that burns its CPU does not. */
  function isStarved(cell: Cell): boolean {
    const { pid } = cell.process;
    const used = pid === undefined ? undefined : mainThreadCpuMs(pid);
    if (used === undefined || cell.mark.cpuMs === undefined || cell.mark.dueAt !== cell.dueAt) return false;
    if (used - cell.mark.cpuMs >= deps.sliceMs(cell) * OWN_DOING || cell.mark.extensions >= MAX_EXTENSIONS)
      return false;
    cell.dueAt += MARGIN_MS;
    cell.mark.dueAt = cell.dueAt;
    cell.mark.extensions++;
    return true;
  }

  /** It ran into its time limit because it was filling memory: that is what its author should hear. */
  function hasGrown(cell: Cell, pid: number): boolean {
    const bytes = residentBytes(pid);
    return bytes !== undefined && bytes - (cell.restingBytes ?? bytes) > GROWN_BYTES;
  }

  function checkTime(cell: Cell, at: number): void {
    const { pid } = cell.process;
    if (cell.dueAt === Number.POSITIVE_INFINITY || pid === undefined) return;
    if (cell.mark.dueAt !== cell.dueAt) cell.mark = { dueAt: cell.dueAt, cpuMs: mainThreadCpuMs(pid), extensions: 0 };
    if (at > cell.dueAt && !isStarved(cell))
      slots.kill(cell, hasGrown(cell, pid) ? 'memory' : 'watchdog', suspectOf(cell));
  }

  const isOld = ({ served, startedAt }: Cell): boolean =>
    served > REPLACE_AFTER_RUNS || performance.now() - startedAt > REPLACE_AFTER_MS;

  function checkMemory(cell: Cell): void {
    const { pid } = cell.process;
    const bytes = pid === undefined ? undefined : residentBytes(pid);
    if (bytes === undefined) {
      if (isOld(cell)) slots.replace(cell);
      return;
    }
    if (cell.dueAt === Number.POSITIVE_INFINITY) cell.restingBytes = bytes;
    if (bytes > KILL_BYTES) slots.kill(cell, 'memory', suspectOf(cell));
    else if (bytes > REPLACE_BYTES || isOld(cell)) slots.replace(cell);
  }

  function tick(): void {
    const at = now();
    const lagged = at - lastTickAt > 3 * TICK_MS;
    lastTickAt = at;
    ticks++;
    let idle = true;
    for (const run of deps.pending()) {
      idle = false;
      if (at > run.deadlineAt) deps.onWallTimeout(run);
    }
    for (const cell of slots.alive()) {
      if (cell.dueAt !== Number.POSITIVE_INFINITY) idle = false;
      // After a pause of this process, answers may be lying unread: they are read before the next tick.
      if (!lagged) checkTime(cell, at);
      if (ticks % 3 === 0) checkMemory(cell);
    }
    idleTicks = idle ? idleTicks + 1 : 0;
    if (idleTicks > IDLE_TICKS) stop();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    stop,
    /** Called when there is something to watch. */
    wake(): void {
      idleTicks = 0;
      if (timer !== undefined) return;
      lastTickAt = now();
      timer = setInterval(tick, TICK_MS);
    },
  };
}
