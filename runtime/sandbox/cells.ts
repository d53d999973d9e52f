// The sandbox as the runtime knows it, made of cells: which cell a run goes to, what its answer means, who is run again
// and where. A run may be repeated as long as it has not been answered, since its only effects are the commands it records.

import { availableParallelism } from 'node:os';
import type { TriggerId } from '#actions/triggers.ts';
import type { Egress } from '../egress/egress.ts';
import type { ScriptLimits } from '../script-limits.ts';
import { stopBuilds } from './build.ts';
import { loadCode } from './cell-code.ts';
import type { CellExit } from './cell-process.ts';
import { type Cell, expectWithin, suspectOf } from './cell-state.ts';
import { closedFault, cpuTimeout, crashFault, memoryFault, wallTimeout } from './faults.ts';
import type { CellMessage } from './messages.ts';
import { createOffenders } from './offenders.ts';
import { runOrder } from './orders.ts';
import { createOutgoing } from './outgoing.ts';
import { place } from './placement.ts';
import { createQuarantine } from './quarantine.ts';
import { createPending, createRun, failed, type Run } from './runs.ts';
import type { Offence, RunRequest, RunResult, Sandbox, Script } from './sandbox.ts';
import { createSlots, type SandboxLog } from './slots.ts';
import { readDone, readEnded } from './verdict.ts';
import { createWaiting } from './waiting.ts';
import { createWatchdog } from './watchdog.ts';

/** Wall time of a slice where others wait for the thread; a script that needs more goes to the quarantine cell. */
const FIRST_SLICE_MS = 25;
/** How long a top level may take in quarantine, in an idle moment. */
const LONG_LOAD_MS = 500;
const MAX_LOSSES = 3;
/** Below this share of its slice on the CPU, a run that was cut off is repeated once without blame. */
const FAIR_SHARE = 0.8;
/** CPU in quarantine that proves a script slow; and where it has been kept off the CPU before, so that times are stretched. */
const SLOW_MS = 30;
const SURELY_SLOW_MS = 100;
/** How long a cell may take to tell what a run left behind whose wall clock is up. */
const STOP_GRACE_MS = 500;

/**
 * Starts the cells: `cells` of them for everybody (as many as the machine has cores, unless told) and one in quarantine.
 * `egress` makes the requests of scripts. `now`: milliseconds of a clock that only moves forward; the process's own unless
 * told. `background`: cells do not keep this process from ending; whoever waits for a run has to stay awake.
 */
export function createSandbox(deps: {
  cells?: number;
  background?: boolean;
  egress: Pick<Egress, 'request'>;
  now?: () => number;
  log: SandboxLog;
  /** Told when a script is put into quarantine. */
  onOffence?: (offence: Offence) => void;
}): Sandbox {
  const now = deps.now ?? (() => performance.now());
  const report = (offence: Offence): void => {
    deps.log.warn({ ...offence }, 'a script runs in quarantine for ten minutes');
    deps.onOffence?.(offence);
  };
  const offenders = createOffenders(now, report);
  const pending = createPending();
  const homeless = new Set<Run>();
  let lastId = 0;
  let closing = false;

  /** How long the cell may compute at a stretch: in quarantine as long as the run it is at work for may. */
  function sliceMs(cell: Cell): number {
    if (!cell.quarantine) return FIRST_SLICE_MS;
    for (const run of cell.runs.values()) if (!run.waiting) return run.request.limits.cpuMs;
    return LONG_LOAD_MS;
  }

  const slots = createSlots({
    cells: Math.max(1, deps.cells ?? availableParallelism()),
    ...(deps.background ? { background: true } : {}),
    code: loadCode({ loadMs: FIRST_SLICE_MS, quarantineLoadMs: LONG_LOAD_MS }),
    log: deps.log,
    onUp: settleIn,
    onMessage: hear,
    onGone: bury,
  });
  const quarantine = createQuarantine({ cell: slots.quarantine, send: (cell, run) => send(cell, run) });
  const waiting = createWaiting({
    outgoing: createOutgoing({ egress: deps.egress, now, log: deps.log }),
    wake: engage,
    setApart(cell, run) {
      cell.runs.delete(run.id);
      cell.process.send({ type: 'stop', id: run.id });
      quarantine.add(run);
    },
  });
  const watchdog = createWatchdog({ now, slots, sliceMs, pending: pending.all, onWallTimeout: timeOut });

  /** The run is to be computed now: the cell owes an answer within a slice, unless it owed one before. */
  function engage(cell: Cell, run: Run): void {
    const wasFree = suspectOf(cell) === undefined;
    run.waiting = false;
    cell.runs.set(run.id, run);
    if (wasFree) expectWithin(cell, sliceMs(cell), now());
    watchdog.wake();
  }

  function send(cell: Cell, run: Run, again = false): void {
    const { versionId } = run.request.script;
    const isNew = again || !cell.knows.has(versionId);
    if (isNew) cell.knows.add(versionId);
    run.attempt++;
    cell.served++;
    cell.process.send(runOrder(run, isNew, cell.quarantine ? run.request.limits.cpuMs : FIRST_SLICE_MS));
    engage(cell, run);
  }

  function dispatch(run: Run): void {
    if (run.settled) return;
    const { tenantId, script } = run.request;
    if (offenders.isMarked(tenantId, script.versionId)) {
      quarantine.add(run);
      return;
    }
    const cell = place(tenantId, slots.open());
    if (cell === undefined) homeless.add(run);
    else send(cell, run);
  }

  function settleIn(cell: Cell): void {
    if (cell.quarantine) {
      quarantine.advance();
      return;
    }
    const waiting = [...homeless];
    homeless.clear();
    for (const run of waiting) dispatch(run);
  }

  /** The wall clock is up: its cell is asked for what it left, and not waited for long. */
  function timeOut(run: Run): void {
    homeless.delete(run);
    const cell = [...slots.alive()].find(({ runs }) => runs.has(run.id));
    if (run.stopping || cell === undefined) {
      run.settle(failed(wallTimeout(run.request)));
      return;
    }
    run.stopping = true;
    run.deadlineAt = now() + STOP_GRACE_MS;
    cell.process.send({ type: 'stop', id: run.id });
  }

  /** Its cell or its isolate went away under it: it is run again, on another cell if there is one. */
  function rescue(run: Run): void {
    if (++run.losses > MAX_LOSSES) run.settle(failed(crashFault(run.request)));
    else dispatch(run);
  }

  /** Whether a run that was cut off among others is slow by itself: a machine without a free moment looks the same. */
  function judgeSpeed(run: Run, cpuMs: number): void {
    if (!run.suspected || cpuMs < (run.starved ? SURELY_SLOW_MS : SLOW_MS)) return;
    const { versionId, fileName } = run.request.script;
    offenders.markSlow({ tenantId: run.request.tenantId, versionId, fileName });
  }

  function suspect(run: Run): void {
    if (run.suspected) return;
    run.suspected = true;
    offenders.suspect(run.request.script.versionId);
  }

  function conclude(cell: Cell, run: Run, message: Extract<CellMessage, { type: 'ended' }>): void {
    if (message.cause === 'timeout') {
      const { cpuMs, wallMs } = message.slice;
      if (!run.starved && cpuMs < wallMs * FAIR_SHARE) {
        run.starved = true;
        if (cell.quarantine) quarantine.add(run);
        else dispatch(run);
        return;
      }
      if (!cell.quarantine) {
        suspect(run);
        quarantine.add(run);
        return;
      }
    }
    if (message.cause === 'memory' && !run.crowded) {
      run.crowded = true;
      if (!cell.quarantine) suspect(run);
      quarantine.add(run);
      return;
    }
    run.settle(readEnded(run.request, message));
  }

  function answer(cell: Cell, run: Run, message: Extract<CellMessage, { id: number }>): void {
    if (message.type === 'waiting') {
      waiting.wait(cell, run, message);
      return;
    }
    if (message.type === 'beat') {
      run.waiting = false;
      return;
    }
    cell.runs.delete(run.id);
    if (run.settled) return;
    switch (message.type) {
      case 'done':
        judgeSpeed(run, message.cpuMs);
        run.settle(readDone(run.request, message));
        return;
      case 'ended':
        if (cell.quarantine) judgeSpeed(run, message.cpuMs);
        conclude(cell, run, message);
        return;
      case 'unknown':
        send(cell, run, true);
        return;
      case 'lost':
        rescue(run);
        return;
    }
  }

  function hear(cell: Cell, message: CellMessage): void {
    cell.busy = message.type === 'beat' ? message : undefined;
    if ('id' in message) {
      const run = cell.runs.get(message.id);
      if (run !== undefined) answer(cell, run, message);
    }
    expectWithin(cell, message.type === 'beat' ? message.withinMs : sliceMs(cell), now());
    slots.endWhenEmpty(cell);
    if (cell.quarantine) quarantine.advance();
    if (message.type === 'beat') watchdog.wake();
  }

  /** The one a lost cell was at work for: outside quarantine it gets its second run there, inside it gets its verdict. */
  function judge(cell: Cell, run: Run, exit: CellExit): void {
    if (!cell.quarantine) {
      quarantine.add(run);
      return;
    }
    const cause = cell.killed?.cause ?? (exit.outOfMemory ? 'memory' : 'ended');
    if (cause === 'memory') run.settle(failed(memoryFault(run.request)));
    else if (cause === 'watchdog') run.settle(failed(cpuTimeout(run.request), run.request.limits.cpuMs));
    // Ended by neither of us: by the machine perhaps, which is no proof against the script the first time.
    else if (++run.crashes > 1) run.settle(failed(crashFault(run.request)));
    else quarantine.add(run);
  }

  function bury(cell: Cell, exit: CellExit): void {
    const suspect = cell.killed === undefined ? suspectOf(cell) : cell.killed.suspect;
    if (suspect !== undefined) {
      const { tenantId, versionId } = suspect;
      const fileName = cell.runs.get(suspect.id)?.request.script.fileName;
      offenders.markEnded({ tenantId, versionId, ...(fileName === undefined ? {} : { fileName }) });
    }
    const lost = [...cell.runs.values()].filter((run) => !run.settled);
    cell.runs.clear();
    for (const run of lost) {
      if (closing) run.settle(failed(closedFault(run.request)));
      else if (run.id === suspect?.id) judge(cell, run, exit);
      else rescue(run);
    }
  }

  return {
    run(request: RunRequest): Promise<RunResult> {
      const { run, result } = createRun(++lastId, request, now, (settled) => {
        if (settled.suspected) offenders.release(request.script.versionId);
        pending.remove(settled);
      });
      if (closing) {
        run.settle(failed(closedFault(request)));
        return result;
      }
      pending.add(run);
      watchdog.wake();
      dispatch(run);
      return result;
    },
    prefetch(tenantId: string, scripts: Script[], { memoryMb }: ScriptLimits, trigger: TriggerId = 'post-login'): void {
      for (const { versionId, fileName, source } of scripts) {
        // Repeat offenders have their contexts in quarantine, where nobody else waits while they are made.
        const cell = offenders.isMarked(tenantId, versionId) ? slots.quarantine() : place(tenantId, slots.open());
        if (cell === undefined) continue;
        const isNew = !cell.knows.has(versionId);
        cell.knows.add(versionId);
        const text = isNew ? { text: { fileName, source, trigger } } : {};
        cell.process.send({ type: 'prefetch', tenantId, versionId, memoryMb, ...text });
      }
    },
    expect(tenantId: string, versionId: string): void {
      const cell = offenders.isMarked(tenantId, versionId) ? slots.quarantine() : place(tenantId, slots.open());
      if (cell?.knows.has(versionId)) cell.process.send({ type: 'expect', tenantId, versionId });
    },
    ready: slots.ready,
    async drain(graceMs: number): Promise<void> {
      closing = true;
      await pending.emptied(graceMs);
      for (const run of [...pending.all()]) run.settle(failed(closedFault(run.request)));
      await slots.close();
      watchdog.stop();
      await stopBuilds();
    },
  };
}
