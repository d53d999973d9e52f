// In the cell: one isolate per tenant, its compiled scripts, and contexts of them. A context serves one run and is then
// released; every Reference is released with it, since a forgotten one pins its context until the isolate is full.

import ivm from 'isolated-vm';
import { computeAsJson } from './computations.ts';
import type { Dice, ScriptText } from './protocol.ts';

const MAX_PROGRAMS = 40;
/** Of the heap limit, beyond what the isolate held at rest. A loop that hoards nothing stays below a tenth, garbage included. */
const FULL = 0.3;
/** Bundles above this size hold whole packages: one spare context of them is memory enough. */
const HEAVY_CHARACTERS = 300_000;
/** The name by which shims know the host; a bundle without it needs none. */
const HOST_NAME = 'sallyportHost';
/** A script that has neither this name nor a method in it that reads a URL asks the host for no computation. */
const COMPUTES = /sallyportHost|sendUserTo|setResultUrl|recordMethod/;

/** A context that no run has used. `loaded`: the top level of the script has run in it. */
export type Spare = { context: ivm.Context; entry: ivm.Reference; loaded: boolean };

/** One version of a script, compiled in one isolate. */
export type Program = {
  versionId: string;
  trigger: string;
  script: ivm.Script;
  /** Its bundle calls out or computes. */
  needsHost: boolean;
  heavy: boolean;
  spares: Spare[];
  /** When it last ran, by `performance.now()`, and whether it had run shortly before. */
  ranAt: number;
  hot: boolean;
  /** Its top level was cut off, so it is only ever run within a run. */
  unfit: boolean;
};

export type Home = {
  tenantId: string;
  isolate: ivm.Isolate;
  memoryMb: number;
  prelude: ivm.Script;
  programs: Map<string, Program>;
  /** What it held when a spare context had just been made, in bytes. */
  restingBytes: number;
  /** Runs that have a context in it. */
  live: number;
  /** No new runs; disposed when the last one ends. */
  retired: boolean;
};

export type Homes = ReturnType<typeof createHomes>;

export function releaseSpare(spare: Spare): void {
  spare.entry.release();
  spare.context.release();
}

export function createHomes(boot: { prelude: string; samples: Record<string, string>; isolates: number }) {
  const homes = new Map<string, Home>();
  let cachedPrelude: ivm.ExternalCopy<ArrayBuffer> | undefined;

  function compilePrelude(isolate: ivm.Isolate): ivm.Script {
    const filename = 'sallyport:prelude';
    if (cachedPrelude !== undefined)
      return isolate.compileScriptSync(boot.prelude, { filename, cachedData: cachedPrelude });
    const script: ivm.Script & ivm.CachedDataResult = isolate.compileScriptSync(boot.prelude, {
      filename,
      produceCachedData: true,
    } as ivm.ScriptInfo);
    cachedPrelude = script.cachedData;
    return script;
  }

  function disposeIfEmpty(home: Home): void {
    if (home.retired && home.live === 0 && !home.isolate.isDisposed) home.isolate.dispose();
  }

  /** The tenant's next run gets a new isolate; runs under way keep this one to their end. */
  function retire(home: Home): void {
    home.retired = true;
    if (homes.get(home.tenantId) === home) homes.delete(home.tenantId);
    disposeIfEmpty(home);
  }

  function evict(): void {
    for (const home of homes.values()) {
      if (homes.size <= boot.isolates) return;
      if (home.live === 0) retire(home);
    }
  }

  /** The tenant's isolate, made when there is none of that size. The map is ordered by last use. */
  function open(tenantId: string, memoryMb: number): Home {
    let home = homes.get(tenantId);
    if (home !== undefined && (home.isolate.isDisposed || home.memoryMb !== memoryMb)) {
      retire(home);
      home = undefined;
    }
    if (home === undefined) {
      const isolate = new ivm.Isolate({ memoryLimit: memoryMb });
      const prelude = compilePrelude(isolate);
      home = { tenantId, isolate, memoryMb, prelude, programs: new Map(), restingBytes: 0, live: 0, retired: false };
    }
    homes.delete(tenantId);
    homes.set(tenantId, home);
    if (homes.size > boot.isolates) evict();
    return home;
  }

  /** The compiled script; throws the SyntaxError of a text that V8 refuses. */
  function program(home: Home, versionId: string, text: ScriptText): Program {
    let found = home.programs.get(versionId);
    if (found === undefined) {
      // The wrapper keeps a line for itself, so that lines and columns are those of the bundle.
      const script = home.isolate.compileScriptSync(
        `(function (module, exports, require, console, ${HOST_NAME}) {\n${text.source}\n})`,
        { filename: text.fileName, lineOffset: -1 },
      );
      const { trigger, source } = text;
      found = {
        versionId,
        trigger,
        script,
        needsHost: COMPUTES.test(source),
        heavy: source.length > HEAVY_CHARACTERS,
        spares: [],
        ranAt: Number.NEGATIVE_INFINITY,
        hot: false,
        unfit: false,
      };
    }
    home.programs.delete(versionId);
    home.programs.set(versionId, found);
    for (const old of home.programs.values()) {
      if (home.programs.size <= MAX_PROGRAMS) break;
      home.programs.delete(old.versionId);
      for (const spare of old.spares.splice(0)) releaseSpare(spare);
      old.script.release();
    }
    return found;
  }

  /** `warm`: with the shapes of an event; a context that is used at once makes them of its own. */
  function makeSpare(home: Home, { trigger, needsHost }: Program, warm: boolean): Spare {
    const context = home.isolate.createContextSync();
    const entry = home.prelude.runSync(context, { reference: true }) as ivm.Reference;
    const sample = warm ? (boot.samples[trigger] ?? '') : '';
    entry.applySync(undefined, ['prepare', trigger, sample, ...(needsHost ? [new ivm.Callback(computeAsJson)] : [])]);
    return { context, entry, loaded: false };
  }

  function heldBytes({ isolate }: Home): number {
    const { used_heap_size: heap, externally_allocated_size: buffers } = isolate.getHeapStatisticsSync();
    return heap + buffers;
  }

  return {
    open,
    /** The tenant's isolate as if it had none: for a run that must have it for itself. */
    openAfresh(tenantId: string, memoryMb: number): Home {
      const former = homes.get(tenantId);
      if (former !== undefined) retire(former);
      return open(tenantId, memoryMb);
    },
    noteRest(home: Home): void {
      home.restingBytes = heldBytes(home);
    },
    program,
    makeSpare,
    retire,
    disposeIfEmpty,
    /** The isolate has grown so much that a run cut off in it was filling memory, and the collector spent its time. */
    isFull: (home: Home): boolean => heldBytes(home) - home.restingBytes > home.memoryMb * 1024 * 1024 * FULL,
    isCurrent: (home: Home): boolean => homes.get(home.tenantId) === home,
    /** A spare context of this version, left where it is; undefined when there is none. */
    spareOf(tenantId: string, versionId: string): { spare: Spare; sample: string } | undefined {
      const home = homes.get(tenantId);
      if (home === undefined || home.isolate.isDisposed) return undefined;
      const found = home.programs.get(versionId);
      const spare = found?.spares.at(-1);
      return found && spare && { spare, sample: boot.samples[found.trigger] ?? '{}' };
    },
  };
}

/** Runs the top level of the script's module. */
export function loadModule(spare: Spare, program: Program, now: number, dice: Dice, timeout: number): void {
  const body = program.script.runSync(spare.context, { reference: true, timeout }) as ivm.Reference;
  spare.entry.applySync(undefined, ['load', body.derefInto({ release: true }), '', '', now, ...dice], { timeout });
  spare.loaded = true;
}
