// In the cell: one run from its order to its answer, as slices on this thread. Each slice is under a time limit;
// between slices the run waits for its timers and the thread is free for others.

import { type Home, type Homes, loadModule, type Program, releaseSpare, type Spare } from './isolates.ts';
import type { EndCause, FromCell, RunOrder, ScriptText } from './protocol.ts';

/** Time to build an isolate and a context and to compile a script, when nothing was ready. */
const PREPARE_MS = 250;
const LINES_MS = 5;
const TIMED_OUT = 'Script execution timed out.';
/** How isolated-vm begins its own message when a promise was rejected with an object that is no Error. */
const NO_ERROR = 'An object was thrown from supplied code';
const WAITING = '{"state":"waiting","wait":';

type Run = {
  order: RunOrder;
  home: Home;
  program: Program;
  spare: Spare;
  usedMs: number;
  slice: { cpuMs: number; wallMs: number };
  timer: NodeJS.Timeout | undefined;
};

/** An unhandled rejection comes out of the call that was running: the value itself, or a copy of the error. */
function describe(error: unknown): { name: string; message: string; stack: string } {
  if (error instanceof Error && !error.message.startsWith(NO_ERROR)) {
    return { name: `${error.name}`, message: `${error.message}`, stack: `${error.stack ?? ''}` };
  }
  return { name: 'Error', message: 'Script threw a value that is not an error', stack: '' };
}

class CpuSpent extends Error {}

export function createPump(deps: {
  homes: Homes;
  send: (message: FromCell) => void;
  textOf: (versionId: string) => ScriptText | undefined;
  want: (home: Home, program: Program) => void;
}) {
  const { homes, send } = deps;
  const runs = new Map<number, Run>();

  const beat = (order: RunOrder, withinMs: number): void =>
    send({ type: 'beat', id: order.id, tenantId: order.tenantId, versionId: order.versionId, withinMs });

  /** Calls into the run's context for no longer than one slice and no more than the CPU time that is left. */
  function inSlice<T>(run: Run, work: (timeout: number) => T): T {
    const left = run.order.cpuMs - run.usedMs;
    if (left <= 0) throw new CpuSpent('the CPU time of the run is spent');
    const { isolate } = run.home;
    const wallMs = Math.max(1, Math.ceil(Math.min(run.order.sliceMs, left)));
    const before = isolate.cpuTime;
    try {
      return work(wallMs);
    } finally {
      const cpuMs = isolate.isDisposed ? wallMs : Number(isolate.cpuTime - before) / 1e6;
      run.usedMs += cpuMs;
      run.slice = { cpuMs, wallMs };
    }
  }

  const call = (run: Run, ...args: (string | number | boolean)[]): unknown =>
    inSlice(run, (timeout) => run.spare.entry.applySync(undefined, args, { timeout }));

  function release(run: Run): void {
    runs.delete(run.order.id);
    clearTimeout(run.timer);
    run.home.live--;
    if (!run.home.isolate.isDisposed) releaseSpare(run.spare);
    homes.disposeIfEmpty(run.home);
  }

  /** The isolate is gone: the others that had a context in it did no wrong and are run again elsewhere. */
  function loseOthers(home: Home): void {
    for (const other of [...runs.values()]) {
      if (other.home !== home) continue;
      release(other);
      send({ type: 'lost', id: other.order.id });
    }
  }

  function causeOf(run: Run, error: unknown): EndCause {
    if (run.home.isolate.isDisposed) return 'memory';
    const isTimeout = error instanceof CpuSpent || (error instanceof Error && error.message === TIMED_OUT);
    return isTimeout ? 'timeout' : 'threw';
  }

  /** What the author wrote to the console before the run was cut off helps to find out why. */
  function linesOf(run: Run): string {
    if (run.home.isolate.isDisposed) return '[]';
    try {
      const lines: unknown = run.spare.entry.applySync(undefined, ['lines'], { timeout: LINES_MS });
      return typeof lines === 'string' ? lines : '[]';
    } catch {
      // The script goes on where it was cut off, in promises: then there is nothing to be had.
      return '[]';
    }
  }

  function end(run: Run, error: unknown): void {
    const cause = causeOf(run, error);
    const { name, message, stack } = describe(error);
    const lines = linesOf(run);
    const full = run.home.isolate.isDisposed || homes.isFull(run.home);
    if (cause !== 'threw') homes.retire(run.home);
    release(run);
    if (run.home.isolate.isDisposed) loseOthers(run.home);
    const { usedMs: cpuMs, slice } = run;
    send({ type: 'ended', id: run.order.id, cause, name, message, stack, lines, full, cpuMs, slice });
  }

  function drain(run: Run): void {
    // No code of the script runs in here, and the slice before left no promise to settle: it needs no limit of its own.
    const output: unknown = run.spare.entry.applySync(undefined, ['drain']);
    if (typeof output !== 'string') throw new Error('a context answered something else than text');
    if (output.startsWith(WAITING)) {
      const wait = Number.parseFloat(output.slice(WAITING.length));
      run.timer = setTimeout(() => resume(run), Math.min(Math.max(0, wait), 2 ** 31 - 1));
      send({ type: 'waiting', id: run.order.id });
      return;
    }
    send({ type: 'done', id: run.order.id, output, cpuMs: run.usedMs });
    release(run);
    if (!run.home.retired) deps.want(run.home, run.program);
  }

  function resume(run: Run): void {
    beat(run.order, run.order.sliceMs);
    try {
      call(run, 'resume');
      drain(run);
    } catch (error) {
      end(run, error);
    }
  }

  function startRun(run: Run): void {
    const { order, spare, program } = run;
    const { handler, eventJson, secretsJson, now, seed } = order;
    const alreadyLoaded = spare.loaded;
    if (!alreadyLoaded) {
      inSlice(run, (timeout) => loadModule(spare, program, now, seed, timeout));
      beat(order, order.sliceMs);
    }
    call(run, 'start', handler, eventJson, secretsJson, now, seed, !alreadyLoaded);
    drain(run);
  }

  /** The compiled script, or undefined when the run has been answered because V8 refuses the text. */
  function compile(order: RunOrder, home: Home, text: ScriptText): Program | undefined {
    try {
      return homes.program(home, order.versionId, text);
    } catch (error) {
      const { name, message } = error as Error;
      const cause = home.isolate.isDisposed ? 'memory' : 'exports';
      if (cause === 'memory') {
        homes.retire(home);
        loseOthers(home);
      }
      const slice = { cpuMs: 0, wallMs: 0 };
      send({ type: 'ended', id: order.id, cause, name, message, stack: '', lines: '[]', full: false, cpuMs: 0, slice });
      return undefined;
    }
  }

  /** A context for the run: a spare, or one made now. An isolate that cannot even hold one more gives way to a new one. */
  function take(order: RunOrder, text: ScriptText): { home: Home; program: Program; spare: Spare } | undefined {
    const home = homes.open(order.tenantId);
    const program = compile(order, home, text);
    if (program === undefined) return undefined;
    try {
      return { home, program, spare: program.spares.pop() ?? homes.makeSpare(home, program) };
    } catch (error) {
      if (!home.isolate.isDisposed) throw error;
      homes.retire(home);
      loseOthers(home);
      send({ type: 'lost', id: order.id });
      return undefined;
    }
  }

  function begin(order: RunOrder): void {
    const text = deps.textOf(order.versionId);
    if (text === undefined) {
      send({ type: 'unknown', id: order.id });
      return;
    }
    const cold = !homes.isWarm(order.tenantId, order.versionId);
    if (cold) beat(order, PREPARE_MS);
    const taken = take(order, text);
    if (taken === undefined) return;
    if (cold) beat(order, order.sliceMs);
    const run: Run = { ...taken, order, usedMs: 0, slice: { cpuMs: 0, wallMs: 0 }, timer: undefined };
    run.home.live++;
    runs.set(order.id, run);
    try {
      startRun(run);
    } catch (error) {
      end(run, error);
    }
  }

  return {
    begin,
    /** Ends a run that nobody waits for any more; it is between two slices, since this thread is here. */
    stop(id: number): void {
      const run = runs.get(id);
      if (run === undefined) return;
      release(run);
      send({ type: 'lost', id });
    },
  };
}
