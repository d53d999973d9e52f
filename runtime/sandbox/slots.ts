// The places where cells live: one process per slot, started again when it ends, replaced when it has grown.
// The last slot is the quarantine.

import type { CellCode } from './cell-code.ts';
import { type CellExit, startCellProcess } from './cell-process.ts';
import { type Busy, type Cell, suspectOf } from './cell-state.ts';
import type { CellMessage } from './messages.ts';
import { residentBytes } from './process-meter.ts';

/** What the sandbox tells operators; pino fits. */
export type SandboxLog = {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
};

type Slot = { index: number; current: Cell | undefined; next: Cell | undefined; failures: number };

const MAX_BACKOFF_MS = 5000;
const GIVE_UP_AFTER = 3;

export function createSlots(deps: {
  cells: number;
  background?: boolean;
  code: Promise<CellCode>;
  log: SandboxLog;
  onUp: (cell: Cell) => void;
  onMessage: (cell: Cell, message: CellMessage) => void;
  onGone: (cell: Cell, exit: CellExit) => void;
}) {
  const { log } = deps;
  const slots: Slot[] = Array.from({ length: deps.cells + 1 }, (_, index) => ({
    index,
    current: undefined,
    next: undefined,
    failures: 0,
  }));
  const alive = new Set<Cell>();
  const timers = new Set<NodeJS.Timeout>();
  let closing = false;
  const firstUp = slots.map(() => Promise.withResolvers<void>());
  for (const { promise } of firstUp) promise.catch(() => {});

  function kill(cell: Cell, cause: NonNullable<Cell['killed']>['cause'], suspect: Busy | undefined): void {
    if (cell.killed !== undefined) return;
    cell.killed = { cause, suspect };
    cell.process.kill();
  }

  function endWhenEmpty(cell: Cell): void {
    if (slots[cell.slot]?.current !== cell && cell.runs.size === 0) cell.process.kill();
  }

  function becomeCurrent(slot: Slot, cell: Cell): void {
    const old = slot.current;
    slot.current = cell;
    slot.next = undefined;
    slot.failures = 0;
    cell.restingBytes = cell.process.pid === undefined ? undefined : residentBytes(cell.process.pid);
    firstUp[slot.index]?.resolve();
    if (old !== undefined) endWhenEmpty(old);
    deps.onUp(cell);
  }

  function respawnLater(slot: Slot, detail: string): void {
    slot.failures++;
    if (slot.failures >= GIVE_UP_AFTER) {
      log.error({ slot: slot.index, detail }, 'a script host does not start');
      firstUp[slot.index]?.reject(new Error(`a script host does not start: ${detail}`));
    }
    const delay = slot.failures <= 1 ? 0 : Math.min(MAX_BACKOFF_MS, 50 * 2 ** slot.failures);
    const timer = setTimeout(() => {
      timers.delete(timer);
      void spawn(slot);
    }, delay);
    timers.add(timer);
  }

  function ended(slot: Slot, cell: Cell, exit: CellExit): void {
    alive.delete(cell);
    const wasUp = slot.current === cell;
    const wasNext = slot.next === cell;
    if (wasUp) slot.current = undefined;
    if (wasNext) slot.next = undefined;
    if (!closing && (wasUp || wasNext)) {
      log.warn({ slot: slot.index, cause: cell.killed?.cause ?? 'ended', detail: exit.detail }, 'a script host ended');
      if (wasUp && slot.next === undefined) slot.failures = 0;
      if (slot.next === undefined) respawnLater(slot, exit.detail);
    }
    deps.onGone(cell, exit);
  }

  async function spawn(slot: Slot): Promise<void> {
    const { program, boot } = await deps.code;
    if (closing || slot.next !== undefined) return;
    const cell: Cell = {
      slot: slot.index,
      quarantine: slot.index === deps.cells,
      process: startCellProcess(
        program,
        {
          message: (message) => (message.type === 'up' ? becomeCurrent(slot, cell) : deps.onMessage(cell, message)),
          invalid: () => kill(cell, 'invalid', suspectOf(cell)),
        },
        deps.background,
      ),
      runs: new Map(),
      knows: new Set(),
      busy: undefined,
      dueAt: Number.POSITIVE_INFINITY,
      mark: { dueAt: 0, cpuMs: undefined, extensions: 0 },
      startedAt: performance.now(),
      restingBytes: undefined,
      served: 0,
      killed: undefined,
    };
    slot.next = cell;
    alive.add(cell);
    cell.process.send(boot(cell.quarantine));
    void cell.process.ended.then((exit) => ended(slot, cell, exit));
  }

  for (const slot of slots) {
    spawn(slot).catch((error: unknown) => {
      for (const { reject } of firstUp) reject(error);
    });
  }

  const isPresent = (cell: Cell | undefined): cell is Cell => cell !== undefined && cell.killed === undefined;

  return {
    kill,
    endWhenEmpty,
    /** Cells for everybody that take runs now. */
    open: (): Cell[] => slots.slice(0, deps.cells).flatMap(({ current }) => (isPresent(current) ? [current] : [])),
    quarantine(): Cell | undefined {
      const current = slots[deps.cells]?.current;
      return isPresent(current) ? current : undefined;
    },
    alive: (): Iterable<Cell> => alive,
    /** Starts another process in the cell's place; it goes when the other is up and its last run is answered. */
    replace(cell: Cell): void {
      const slot = slots[cell.slot];
      if (!closing && slot?.current === cell && slot.next === undefined) void spawn(slot);
    },
    /** Every slot has been up once; rejects when one does not start. */
    ready: async (): Promise<void> => void (await Promise.all(firstUp.map(({ promise }) => promise))),
    /** Ends all processes and settles when the last is gone. */
    async close(): Promise<void> {
      closing = true;
      for (const timer of timers) clearTimeout(timer);
      await deps.code.catch(() => {});
      const all = [...alive];
      for (const cell of all) cell.process.kill();
      await Promise.all(all.map((cell) => cell.process.ended));
    },
  };
}

export type Slots = ReturnType<typeof createSlots>;
