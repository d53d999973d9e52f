// Guest code: the globals scripts rely on. What is large is a getter whose body runs at the first use;
// what could outlive a slice or escape the memory limit is removed.

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
import { makeTextDecoder, makeTextEncoder } from './text-codec.ts';
import { timers } from './timers.ts';

type Globals = Record<string, unknown>;
const globals = globalThis as unknown as Globals;

const define = (name: string, value: unknown): boolean =>
  defineProperty(globals, name, { value, writable: true, configurable: true, enumerable: false });

/** A global that `make` provides when it is first read; assigning to it replaces it as it would any other. */
function defineLazily(name: string, make: () => unknown): void {
  defineProperty(globals, name, {
    configurable: true,
    enumerable: false,
    get() {
      // The polyfills install themselves where there is nothing; so there must be nothing.
      deleteProperty(globals, name);
      define(name, make());
      return globals[name];
    },
    set(value: unknown) {
      define(name, value);
    },
  });
}

/**
 * A polyfill that writes the global `name` itself when its module is evaluated. Several of them look for DOMException on
 * the way and would meet a getter that loads what is being loaded; so it is out of the way meanwhile.
 */
const installed = (name: string, load: () => unknown) => () => {
  if (Object.getOwnPropertyDescriptor(globals, 'DOMException')?.get !== undefined)
    deleteProperty(globals, 'DOMException');
  load();
  if (globals.DOMException === undefined) defineDomException();
  return globals[name];
};

function defineDomException(): void {
  const load = () => require('core-js/web/dom-exception');
  defineLazily('DOMException', installed('DOMException', load));
}

function polyfill(): void {
  // `require` with a literal name is resolved when the prelude is bundled: nothing is looked up at run time.
  const url = () => require('core-js/web/url');
  defineLazily('URL', installed('URL', url));
  defineLazily('URLSearchParams', installed('URLSearchParams', url));
  defineLazily(
    'structuredClone',
    installed('structuredClone', () => require('core-js/web/structured-clone')),
  );
  defineDomException();
  defineLazily(
    'atob',
    installed('atob', () => require('core-js/stable/atob')),
  );
  defineLazily(
    'btoa',
    installed('btoa', () => require('core-js/stable/btoa')),
  );
  defineLazily('TextEncoder', makeTextEncoder);
  defineLazily('TextDecoder', makeTextDecoder);
}

/** Memory that the isolate's limit does not count, threads, and callbacks that would run outside every time limit. */
function remove(): void {
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry'])
    deleteProperty(globals, name);
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
  define('ArrayBuffer', ScriptArrayBuffer);
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
  define('console', console);
  define('global', globals);
  define('setTimeout', timers.setTimeout);
  define('setInterval', timers.setInterval);
  define('setImmediate', timers.setImmediate);
  define('clearTimeout', timers.clearTimeout);
  define('clearInterval', timers.clearInterval);
  define('clearImmediate', timers.clearImmediate);
  define('queueMicrotask', enqueue);
  polyfill();
  return console;
}
