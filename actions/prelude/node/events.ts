// Guest code: Node's `events`. npm's package of that name, and what Node has added since.

import EventEmitter from 'events/events.js';
import { giveName } from '../web/give-name.ts';

type Emitter = EventEmitter;
type Aborting = { aborted: boolean; addEventListener(type: string, listener: () => void, options?: unknown): void };
type AbortOptions = {
  signal?: Aborting & { reason?: unknown; removeEventListener(type: string, l: () => void): void };
};

const errorMonitor = Symbol('events.errorMonitor');

function abortError(cause: unknown): Error {
  return Object.assign(new Error('The operation was aborted', { cause }), { name: 'AbortError', code: 'ABORT_ERR' });
}

/** Each event of that name as the list of its arguments, until the consumer stops, an error comes, or the signal says so. */
function on(emitter: Emitter, name: string | symbol, options: AbortOptions = {}): AsyncGenerator<unknown[]> {
  const queue: unknown[][] = [];
  let wake = (): void => {};
  let failure: { error: unknown } | undefined;
  const take = (...args: unknown[]): void => {
    queue.push(args);
    wake();
  };
  const fail = (error: unknown): void => {
    failure ??= { error };
    wake();
  };
  emitter.on(name, take);
  emitter.on('error', fail);
  options.signal?.addEventListener('abort', () => fail(abortError(options.signal?.reason)));
  if (options.signal?.aborted) fail(abortError(options.signal.reason));
  return (async function* () {
    try {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else if (failure !== undefined) throw failure.error;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      emitter.off(name, take);
      emitter.off('error', fail);
    }
  })();
}

const plainOnce = EventEmitter.once;

function once(emitter: Emitter, name: string | symbol, { signal }: AbortOptions = {}): Promise<unknown[]> {
  if (signal === undefined) return plainOnce(emitter, name);
  if (signal.aborted) return Promise.reject(abortError(signal.reason));
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(abortError(signal.reason));
    signal.addEventListener('abort', giveUp);
    plainOnce(emitter, name)
      .then(resolve, reject)
      .then(() => signal.removeEventListener('abort', giveUp));
  });
}

function addAbortListener(signal: Aborting, listener: () => void): { [Symbol.dispose](): void } {
  let isActive = true;
  const call = (): void => {
    if (isActive) listener();
  };
  if (signal.aborted) queueMicrotask(call);
  else signal.addEventListener('abort', call, { once: true });
  return {
    [Symbol.dispose]() {
      isActive = false;
    },
  };
}

const plainEmit = EventEmitter.prototype.emit;

/** Tells those who only watch for errors first, as Node does. */
EventEmitter.prototype.emit = function emit(this: Emitter, name: string | symbol, ...args: unknown[]): boolean {
  if (name === 'error' && this.listenerCount(errorMonitor) > 0) plainEmit.call(this, errorMonitor, ...args);
  return plainEmit.call(this, name, ...args);
};

Object.assign(EventEmitter, {
  EventEmitter,
  on,
  once,
  addAbortListener,
  errorMonitor,
  captureRejectionSymbol: Symbol.for('nodejs.rejection'),
  captureRejections: false,
  usingDomains: false,
  getEventListeners: (emitter: Emitter, name: string | symbol) => emitter.listeners(name),
  getMaxListeners: (emitter: { getMaxListeners(): number }) => emitter.getMaxListeners(),
  listenerCount: (emitter: Emitter, name: string | symbol) => emitter.listenerCount(name),
  setMaxListeners(count: number, ...emitters: Emitter[]): void {
    for (const emitter of emitters) emitter.setMaxListeners?.(count);
  },
});

giveName(EventEmitter, 'EventEmitter');

export { EventEmitter };
export default EventEmitter;
