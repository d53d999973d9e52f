// Guest code: Node's `timers` and `timers/promises`, over the timers every script has.

type Options = { signal?: AbortSignal; ref?: boolean };

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function wait<T>(milliseconds: number, value: T, { signal }: Options = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve(value);
    }, milliseconds);
    const giveUp = (): void => {
      clearTimeout(timer);
      if (signal !== undefined) reject(abortError(signal));
    };
    signal?.addEventListener('abort', giveUp);
  });
}

async function* repeat<T>(milliseconds: number, value: T, options?: Options): AsyncGenerator<T> {
  for (;;) yield await wait(milliseconds, value, options);
}

export const promises = {
  setTimeout: <T>(milliseconds = 1, value?: T, options?: Options) => wait(milliseconds, value, options),
  setImmediate: <T>(value?: T, options?: Options) => wait(0, value, options),
  setInterval: <T>(milliseconds = 1, value?: T, options?: Options) => repeat(milliseconds, value, options),
  scheduler: {
    wait: (milliseconds: number, options?: Options) => wait(milliseconds, undefined, options),
    yield: () => wait(0, undefined),
  },
};

const promisified = Symbol.for('nodejs.util.promisify.custom');
Object.defineProperty(setTimeout, promisified, { value: promises.setTimeout, configurable: true });
Object.defineProperty(setImmediate, promisified, { value: promises.setImmediate, configurable: true });

export default { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, promises };
