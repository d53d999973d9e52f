// The sandbox as the runtime knows it, made of cells: which cell a run goes to, what its answer means, who is run again
// and where. A run may be repeated as long as it has not been answered, since its only effects are the commands it records.

import { availableParallelism } from 'node:os';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { bundleCell, bundlePrelude, stopBuilds } from './build.ts';
import type { CellExit } from './cell-process.ts';
import {
  CPU_MS,
  closedFault,
  cpuTimeout,
  crashFault,
  isBufferRefusal,
  memoryFault,
  scriptFault,
  wallTimeout,
} from './faults.ts';
import { type CellMessage, parseLines, parseOutput } from './messages.ts';
import { createOffenders } from './offenders.ts';
import { place } from './placement.ts';
import { createQuarantine } from './quarantine.ts';
import { createRun, failed, type Run } from './runs.ts';
import type { RunRequest, RunResult, Sandbox, Script, ScriptFault } from './sandbox.ts';
import { type Cell, type CellCode, createSlots, type SandboxLog } from './slots.ts';
import { createWatchdog, expectWithin, suspectOf } from './watchdog.ts';

/** Wall time of a slice where others wait for the thread; a script that needs more goes to the quarantine cell. */
const FIRST_SLICE_MS = 25;
const MEMORY_MB = 32;
const ISOLATES = 150;
const MAX_LOSSES = 3;
/** Below this share of its slice on the CPU, a run that was cut off is repeated once without blame. */
const FAIR_SHARE = 0.8;

type Ended = Extract<CellMessage, { type: 'ended' }>;

async function loadCode(): Promise<CellCode> {
  const [program, prelude] = await Promise.all([bundleCell(), bundlePrelude()]);
  const samples = { 'post-login': JSON.stringify(postLoginSample) };
  return { program, boot: { type: 'boot', prelude, samples, memoryMb: MEMORY_MB, isolates: ISOLATES } };
}

/**
 * Starts the cells: `cells` of them for everybody (as many as the machine has cores, unless told) and one in quarantine.
 * `now`: milliseconds of a clock that only moves forward; the process's own unless told.
 */
export function createSandbox(deps: { cells?: number; now?: () => number; log: SandboxLog }): Sandbox {
  const now = deps.now ?? (() => performance.now());
  const offenders = createOffenders(now);
  const pending = new Map<number, Run>();
  const homeless = new Set<Run>();
  let lastId = 0;
  let closing = false;
  let onEmpty: (() => void) | undefined;

  const sliceMs = (cell: Cell): number => (cell.quarantine ? CPU_MS : FIRST_SLICE_MS);

  const slots = createSlots({
    cells: Math.max(1, deps.cells ?? availableParallelism()),
    code: loadCode(),
    log: deps.log,
    onUp: settleIn,
    onMessage: hear,
    onGone: bury,
  });
  const quarantine = createQuarantine({ cell: slots.quarantine, send: (cell, run) => send(cell, run) });
  const watchdog = createWatchdog({ now, slots, sliceMs, pending: () => pending.values(), onWallTimeout: timeOut });

  function send(cell: Cell, run: Run, again = false): void {
    const { tenantId, script, trigger, handler, eventJson, secretsJson, now: startsAt, seed } = run.request;
    const { versionId, fileName, source } = script;
    const isNew = again || !cell.knows.has(versionId);
    if (isNew) cell.knows.add(versionId);
    const wasFree = suspectOf(cell) === undefined;
    run.waiting = false;
    cell.runs.set(run.id, run);
    cell.served++;
    cell.process.send({
      type: 'run',
      id: run.id,
      tenantId,
      versionId,
      ...(isNew ? { text: { fileName, source, trigger } } : {}),
      handler,
      eventJson,
      secretsJson,
      now: startsAt,
      seed,
      cpuMs: CPU_MS,
      sliceMs: sliceMs(cell),
    });
    if (wasFree) expectWithin(cell, sliceMs(cell), now());
    watchdog.wake();
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

  function timeOut(run: Run): void {
    homeless.delete(run);
    run.settle(failed(wallTimeout()));
    // It stays with its cell until the cell says it is gone: till then the cell may be at work for it.
    for (const cell of slots.alive()) if (cell.runs.has(run.id)) cell.process.send({ type: 'stop', id: run.id });
  }

  /** Its cell or its isolate went away under it: it is run again, on another cell if there is one. */
  function rescue(run: Run): void {
    if (++run.losses > MAX_LOSSES) run.settle(failed(crashFault()));
    else dispatch(run);
  }

  function readOutput(run: Run, json: string, cpuMs: number): RunResult {
    const output = parseOutput(json);
    if (output === undefined) return failed(crashFault(), cpuMs);
    const { commands, console, late, fault } = output;
    const rest = { console, cpuMs, ...(late.length > 0 ? { lateCalls: late } : {}) };
    if (fault === undefined) return { ok: true, commands, ...rest };
    if (isBufferRefusal(fault)) return { ok: false, fault: memoryFault(), ...rest };
    return { ok: false, fault: scriptFault(fault.kind, fault, run.request.script.fileName), ...rest };
  }

  function faultOf(run: Run, message: Ended): ScriptFault {
    switch (message.cause) {
      case 'timeout':
        return message.full ? memoryFault() : cpuTimeout();
      case 'memory':
        return memoryFault();
      case 'threw':
      case 'exports':
        return scriptFault(message.cause, message, run.request.script.fileName);
    }
  }

  function conclude(cell: Cell, run: Run, message: Ended): void {
    if (message.cause === 'timeout') {
      const { cpuMs, wallMs } = message.slice;
      if (!run.starved && cpuMs < wallMs * FAIR_SHARE) {
        run.starved = true;
        if (cell.quarantine) quarantine.add(run);
        else dispatch(run);
        return;
      }
      if (!cell.quarantine) {
        offenders.markScript(run.request.script.versionId);
        quarantine.add(run);
        return;
      }
    }
    run.settle({ ok: false, fault: faultOf(run, message), console: parseLines(message.lines), cpuMs: message.cpuMs });
  }

  function answer(cell: Cell, run: Run, message: Extract<CellMessage, { id: number }>): void {
    if (message.type === 'waiting') {
      run.waiting = true;
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
        run.settle(readOutput(run, message.output, message.cpuMs));
        return;
      case 'ended':
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
    if (cause === 'memory') run.settle(failed(memoryFault()));
    else if (cause === 'watchdog') run.settle(failed(cpuTimeout(), CPU_MS));
    // Ended by neither of us: by the machine perhaps, which is no proof against the script the first time.
    else if (++run.crashes > 1) run.settle(failed(crashFault()));
    else quarantine.add(run);
  }

  function bury(cell: Cell, exit: CellExit): void {
    const suspect = cell.killed === undefined ? suspectOf(cell) : cell.killed.suspect;
    if (suspect !== undefined) {
      offenders.markScript(suspect.versionId);
      offenders.markKill(suspect.tenantId);
    }
    const lost = [...cell.runs.values()].filter((run) => !run.settled);
    cell.runs.clear();
    for (const run of lost) {
      if (closing) run.settle(failed(closedFault()));
      else if (run.id === suspect?.id) judge(cell, run, exit);
      else rescue(run);
    }
  }

  async function emptied(graceMs: number): Promise<void> {
    if (pending.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    run(request: RunRequest): Promise<RunResult> {
      if (closing) return Promise.resolve(failed(closedFault()));
      const { run, result } = createRun(++lastId, request, now() + request.wallMs, ({ id }) => {
        pending.delete(id);
        if (pending.size === 0) onEmpty?.();
      });
      pending.set(run.id, run);
      watchdog.wake();
      dispatch(run);
      return result;
    },
    prefetch(tenantId: string, scripts: Script[]): void {
      const cell = place(tenantId, slots.open());
      if (cell === undefined) return;
      for (const { versionId, fileName, source } of scripts) {
        if (offenders.isMarked(tenantId, versionId)) continue;
        const isNew = !cell.knows.has(versionId);
        cell.knows.add(versionId);
        const text = isNew ? { text: { fileName, source, trigger: 'post-login' } } : {};
        cell.process.send({ type: 'prefetch', tenantId, versionId, ...text });
      }
    },
    ready: slots.ready,
    async drain(graceMs: number): Promise<void> {
      closing = true;
      await emptied(graceMs);
      for (const run of [...pending.values()]) run.settle(failed(closedFault()));
      await slots.close();
      watchdog.stop();
      await stopBuilds();
    },
  };
}
