// In the cell: one run from its order to its answer, as slices on this thread. Each slice is under a time limit;
// between slices the run waits for its timers and calls, and the thread is free for others.

import { DEFAULT_LIMITS } from '../../script-limits.ts';
import { type Home, type Homes, loadModule, type Program, releaseSpare, type Spare } from './isolates.ts';
import type { CellLimits, EndCause, FromCell, RunOrder, ScriptText, ToCell } from './protocol.ts';
import { createSubtle, type Subtle } from './subtle.ts';

/** Time to build an isolate and a context and to compile a script, when nothing was ready. */
const PREPARE_MS = 250;
const LEFT_MS = 2;
const TIMED_OUT = 'Script execution timed out.';
/** How isolated-vm begins its own message when a promise was rejected with an object that is no Error. */
const NO_ERROR = 'An object was thrown from supplied code';
const WAITING = '{"state":"waiting"';
const MAX_WAIT_MS = 2 ** 31 - 1;

type Run = {
  order: RunOrder;
  home: Home;
  program: Program;
  spare: Spare;
  usedMs: number;
  slice: { cpuMs: number; wallMs: number };
  timer: NodeJS.Timeout | undefined;
  subtle: Subtle | undefined;
  startedAt: number;
};

type Waiting = { wait: number; calls?: { call: number; operation: string; payload: string }[]; cancelled?: number[] };

const cut = (text: string, most: number): string => `${text}`.slice(0, most);

/** An unhandled rejection comes out of the call that was running: the value itself, or a copy of the error. */
function describe(error: unknown): { name: string; message: string; stack: string } {
  if (error instanceof Error && !error.message.startsWith(NO_ERROR)) {
    const { name, message, stack } = error;
    return { name: cut(name, 100), message: cut(message, 4096), stack: cut(stack ?? '', 16_384) };
  }
  return { name: 'Error', message: 'Script threw a value that is not an error', stack: '' };
}

const asJson = (error: unknown): string => {
  const { name, code, message } = error as { name?: string; code?: unknown; message?: string };
  return JSON.stringify({ name, code: typeof code === 'string' ? code : undefined, message: cut(message ?? '', 4096) });
};

/** Those that a context has from its beginning. */
const areDefault = ({ outputSize, consoleSize, commands, calls }: CellLimits): boolean =>
  outputSize === DEFAULT_LIMITS.outputSize &&
  consoleSize === DEFAULT_LIMITS.consoleSize &&
  commands === DEFAULT_LIMITS.commands &&
  calls === DEFAULT_LIMITS.calls;

class CpuSpent extends Error {}

export function createPump(deps: {
  homes: Homes;
  send: (message: FromCell) => void;
  textOf: (versionId: string) => ScriptText | undefined;
  /** Told of each run that ended well. */
  ran: (home: Home, program: Program) => void;
}) {
  const { homes, send } = deps;
  const runs = new Map<number, Run>();

  const beat = (order: RunOrder, withinMs: number): void =>
    send({ type: 'beat', id: order.id, tenantId: order.tenantId, versionId: order.versionId, withinMs });

  /** Calls into the run's context for no longer than one slice and no more than the CPU time that is left. */
  function inSlice<T>(run: Run, work: (timeout: number) => T): T {
    const left = run.order.limits.cpuMs - run.usedMs;
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
  function leftBy(run: Run): string {
    if (run.home.isolate.isDisposed) return '';
    try {
      const left: unknown = run.spare.entry.applySync(undefined, ['left'], { timeout: LEFT_MS });
      return typeof left === 'string' ? left : '';
    } catch {
      // The script goes on where it was cut off, in promises: then there is nothing to be had.
      return '';
    }
  }

  function conclude(run: Run, cause: EndCause, said: { name: string; message: string; stack: string }): void {
    const left = leftBy(run);
    const full = run.home.isolate.isDisposed || homes.isFull(run.home);
    if (cause === 'timeout' || cause === 'memory') homes.retire(run.home);
    release(run);
    if (run.home.isolate.isDisposed) loseOthers(run.home);
    const { usedMs: cpuMs, slice } = run;
    send({ type: 'ended', id: run.order.id, cause, ...said, left, full, cpuMs, slice });
  }

  const end = (run: Run, error: unknown): void => conclude(run, causeOf(run, error), describe(error));

  /** Asks for what the script wants from outside; what this process can answer itself, it does. */
  function wait(run: Run, { wait, calls = [], cancelled }: Waiting): void {
    const { id } = run.order;
    if (wait >= 0) run.timer = setTimeout(() => goOn(run, 'resume'), Math.min(wait, MAX_WAIT_MS));
    for (const { call, payload } of calls.filter(({ operation }) => operation === 'subtle')) {
      run.subtle ??= createSubtle(() => !runs.has(id));
      run.subtle(payload).then(
        (answer) => take(id, call, true, answer),
        (error: unknown) => take(id, call, false, asJson(error)),
      );
    }
    const outside = calls.filter(({ operation }) => operation !== 'subtle');
    send({
      type: 'waiting',
      id,
      ...(outside.length > 0 ? { calls: outside } : {}),
      ...(cancelled ? { cancelled } : {}),
    });
  }

  function drain(run: Run): void {
    // No code of the script runs in here, and the slice before left no promise to settle: it needs no limit of its own.
    const output: unknown = run.spare.entry.applySync(undefined, ['drain']);
    if (typeof output !== 'string') throw new Error('a context answered something else than text');
    if (output.startsWith(WAITING)) {
      wait(run, JSON.parse(output));
      return;
    }
    send({ type: 'done', id: run.order.id, output, cpuMs: run.usedMs });
    release(run);
    if (!run.home.retired) deps.ran(run.home, run.program);
  }

  /** The next slice of a run that waited. */
  function goOn(run: Run, ...args: (string | number | boolean)[]): void {
    clearTimeout(run.timer);
    beat(run.order, run.order.sliceMs);
    try {
      call(run, ...args);
      drain(run);
    } catch (error) {
      end(run, error);
    }
  }

  function take(id: number, number: number, ok: boolean, payload: string, at?: number): void {
    const run = runs.get(id);
    if (run === undefined) return;
    const elapsed = run.order.still ? 0 : (at ?? Math.round(performance.now() - run.startedAt));
    goOn(run, 'answer', number, ok, payload, run.order.now + elapsed);
  }

  function startRun(run: Run): void {
    const { order, spare, program } = run;
    const { handler, eventJson, secretsJson, now, dice, limits } = order;
    if (!areDefault(limits)) {
      const { outputSize, consoleSize, commands, calls } = limits;
      spare.entry.applySync(undefined, ['limits', outputSize, consoleSize, commands, calls]);
    }
    if (order.cacheJson !== undefined) spare.entry.applySync(undefined, ['cache', order.cacheJson]);
    if (order.moduleSecretsJson !== undefined) spare.entry.applySync(undefined, ['modules', order.moduleSecretsJson]);
    if (!spare.loaded) {
      inSlice(run, (timeout) => loadModule(spare, program, now, dice, timeout));
      beat(order, order.sliceMs);
    }
    call(run, 'start', handler, eventJson, secretsJson, now, ...dice);
    drain(run);
  }

  /** The compiled script, or undefined when the run has been answered because V8 refuses the text. */
  function compile(order: RunOrder, home: Home, text: ScriptText): Program | undefined {
    try {
      return homes.program(home, order.versionId, text);
    } catch (error) {
      const { name, message } = describe(error);
      const cause = home.isolate.isDisposed ? 'memory' : 'exports';
      if (cause === 'memory') {
        homes.retire(home);
        loseOthers(home);
      }
      const slice = { cpuMs: 0, wallMs: 0 };
      send({ type: 'ended', id: order.id, cause, name, message, stack: '', left: '', full: false, cpuMs: 0, slice });
      return undefined;
    }
  }

  /** A context for the run: a spare, or one made now. An isolate that cannot even hold one more gives way to a new one. */
  function prepare(order: RunOrder, text: ScriptText): { home: Home; program: Program; spare: Spare } | undefined {
    const open = order.alone ? homes.openAfresh : homes.open;
    const home = open(order.tenantId, order.limits.memoryMb);
    const program = compile(order, home, text);
    if (program === undefined) return undefined;
    try {
      const spare = program.spares.pop();
      if (spare !== undefined) return { home, program, spare };
      const made = homes.makeSpare(home, program, false);
      homes.noteRest(home);
      return { home, program, spare: made };
    } catch (error) {
      if (!home.isolate.isDisposed) throw error;
      homes.retire(home);
      loseOthers(home);
      send({ type: 'lost', id: order.id });
      return undefined;
    }
  }

  function begin(order: RunOrder): void {
    const startedAt = performance.now();
    const text = deps.textOf(order.versionId);
    if (text === undefined) {
      send({ type: 'unknown', id: order.id });
      return;
    }
    const cold = homes.spareOf(order.tenantId, order.versionId) === undefined;
    if (cold) beat(order, PREPARE_MS);
    const prepared = prepare(order, text);
    if (prepared === undefined) return;
    if (cold) beat(order, order.sliceMs);
    const run: Run = {
      ...prepared,
      order,
      usedMs: 0,
      slice: { cpuMs: 0, wallMs: 0 },
      timer: undefined,
      subtle: undefined,
      startedAt,
    };
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
    answer({ id, call, ok, payload, at }: Extract<ToCell, { type: 'answer' }>): void {
      take(id, call, ok, payload, at);
    },
    /** Ends a run whose time is up; it is between two slices, since this thread is here. */
    stop(id: number): void {
      const run = runs.get(id);
      if (run !== undefined) conclude(run, 'stopped', { name: '', message: '', stack: '' });
    },
    /** Brings a context near that will be asked for in a moment: its next call finds everything in the caches. */
    expect(tenantId: string, versionId: string): void {
      const found = homes.spareOf(tenantId, versionId);
      found?.spare.entry.applySync(undefined, ['warm', found.sample]);
    },
  };
}
