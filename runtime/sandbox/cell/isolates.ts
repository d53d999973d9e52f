// In the cell: one isolate per tenant, its compiled scripts, and contexts of them. A context serves one run and is then
// released; every Reference is released with it, since a forgotten one pins its context until the isolate is full.

import ivm from 'isolated-vm';
import type { ScriptText } from './protocol.ts';

const MAX_PROGRAMS = 40;
const LARGE_GLOBALS = ['URL', 'URLSearchParams', 'structuredClone', 'atob', 'btoa'];
/** Of the heap limit. A loop that hoards nothing stays below a tenth, garbage included. */
const FULL = 0.3;

/** A context that no run has used. `loaded`: the top level of the script has run in it. */
export type Spare = { context: ivm.Context; entry: ivm.Reference; loaded: boolean };

/** One version of a script, compiled in one isolate. */
export type Program = {
  versionId: string;
  trigger: string;
  script: ivm.Script;
  /** Names of large globals its text mentions, comma-separated: they are made with its contexts, not in its time. */
  mentions: string;
  spares: Spare[];
  /** Its top level looks at the clock or the dice, so it must run with those of its run. */
  asksClock: boolean;
  /** Its top level has ended well before. */
  proven: boolean;
  /** Its top level was cut off, so it is only ever run within a run. */
  unfit: boolean;
};

export type Home = {
  tenantId: string;
  isolate: ivm.Isolate;
  prelude: ivm.Script;
  programs: Map<string, Program>;
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

export function createHomes(boot: {
  prelude: string;
  samples: Record<string, string>;
  memoryMb: number;
  isolates: number;
}) {
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

  /** The tenant's isolate, made when there is none. The map is ordered by last use. */
  function open(tenantId: string): Home {
    let home = homes.get(tenantId);
    if (home?.isolate.isDisposed) home = undefined;
    if (home === undefined) {
      const isolate = new ivm.Isolate({ memoryLimit: boot.memoryMb });
      home = { tenantId, isolate, prelude: compilePrelude(isolate), programs: new Map(), live: 0, retired: false };
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
      // The wrapper keeps a line for itself, so that lines and columns are those of the author's file.
      const script = home.isolate.compileScriptSync(
        `(function (module, exports, require, console) {\n${text.source}\n})`,
        { filename: text.fileName, lineOffset: -1 },
      );
      const { trigger } = text;
      const mentions = LARGE_GLOBALS.filter((name) => new RegExp(`\\b${name}\\b`).test(text.source)).join();
      found = { versionId, trigger, script, mentions, spares: [], asksClock: false, proven: false, unfit: false };
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

  function makeSpare(home: Home, { trigger, mentions }: Program): Spare {
    const context = home.isolate.createContextSync();
    const entry = home.prelude.runSync(context, { reference: true }) as ivm.Reference;
    entry.applySync(undefined, ['prepare', trigger, boot.samples[trigger] ?? '{}', mentions]);
    return { context, entry, loaded: false };
  }

  return {
    open,
    program,
    makeSpare,
    retire,
    disposeIfEmpty,
    /** The isolate holds so much that a run cut off in it was filling memory, and the collector spent its time. */
    isFull(home: Home): boolean {
      const { used_heap_size: heap, externally_allocated_size: buffers } = home.isolate.getHeapStatisticsSync();
      return heap + buffers > boot.memoryMb * 1024 * 1024 * FULL;
    },
    isCurrent: (home: Home): boolean => homes.get(home.tenantId) === home,
    /** A run of this version finds its context made. */
    isWarm(tenantId: string, versionId: string): boolean {
      const home = homes.get(tenantId);
      return home !== undefined && !home.isolate.isDisposed && (home.programs.get(versionId)?.spares.length ?? 0) > 0;
    },
  };
}

/** Runs the top level of the script's module. Answers whether it looked at the clock or the dice. */
export function loadModule(spare: Spare, program: Program, now: number, seed: string, timeout: number): boolean {
  const body = program.script.runSync(spare.context, { reference: true, timeout }) as ivm.Reference;
  const asked = spare.entry.applySync(undefined, ['load', body.derefInto({ release: true }), now, seed], { timeout });
  spare.loaded = true;
  return asked === true;
}
