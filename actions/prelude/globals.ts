// Guest code: the globals every script has. Larger ones (URL, fetch, Buffer…) come with the bundle of the scripts that
// mention them; what could outlive a slice or escape the memory limit is removed.

import { installClock } from './clock.ts';
import { createConsole } from './console.ts';
import {
  construct,
  defineProperty,
  deleteProperty,
  NativeArrayBuffer,
  NativePromise,
  NativeRangeError,
  NativeTypeError,
  whenSettled,
} from './primordials.ts';
import { timers } from './timers.ts';

const globals = globalThis as unknown as Record<string, unknown>;

/** Memory that the isolate's limit does not count, threads, and callbacks that would run outside every time limit. */
function remove(): void {
  deleteProperty(globals, 'WebAssembly');
  deleteProperty(globals, 'SharedArrayBuffer');
  deleteProperty(globals, 'Atomics');
  deleteProperty(globals, 'FinalizationRegistry');
  const refuse = (): never => {
    throw new NativeRangeError('Resizable buffers are not available to scripts.');
  };
  function ScriptArrayBuffer(length?: unknown, options?: { maxByteLength?: unknown }): unknown {
    if (new.target === undefined) throw new NativeTypeError("Constructor ArrayBuffer requires 'new'");
    if (options?.maxByteLength !== undefined) refuse();
    return construct(NativeArrayBuffer, [length], new.target);
  }
  const hidden = { writable: true, configurable: true, enumerable: false };
  defineProperty(ScriptArrayBuffer, 'prototype', { value: NativeArrayBuffer.prototype, writable: false });
  defineProperty(ScriptArrayBuffer, 'name', { value: 'ArrayBuffer', configurable: true });
  defineProperty(ScriptArrayBuffer, 'isView', { value: NativeArrayBuffer.isView, ...hidden });
  defineProperty(ScriptArrayBuffer, Symbol.species, {
    configurable: true,
    get(this: unknown) {
      return this;
    },
  });
  defineProperty(NativeArrayBuffer.prototype, 'constructor', { value: ScriptArrayBuffer, ...hidden });
  deleteProperty(NativeArrayBuffer.prototype, 'resize');
  // An assignment keeps the attributes the global has, and is the cheaper way.
  globals.ArrayBuffer = ScriptArrayBuffer;
}

function enqueue(callback: unknown): void {
  if (typeof callback !== 'function') throw new NativeTypeError('The argument of queueMicrotask must be a function.');
  const settled = new NativePromise<void>((resolve) => resolve());
  whenSettled(
    settled,
    () => void callback(),
    () => {},
  );
}

/** Brings every global into place; runs once in a context, before the script. Returns the script's console. */
export function installGlobals(): unknown {
  const console = createConsole();
  remove();
  installClock();
  globals.console = console;
  // Enumerable, as they are in Node.
  globals.global = globals;
  globals.setTimeout = timers.setTimeout;
  globals.setInterval = timers.setInterval;
  globals.setImmediate = timers.setImmediate;
  globals.clearTimeout = timers.clear;
  globals.clearInterval = timers.clear;
  globals.clearImmediate = timers.clear;
  globals.queueMicrotask = enqueue;
  return console;
}
