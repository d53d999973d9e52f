// Guest code: `util.promisify` and `util.callbackify`.

// For its side effect: `promisify(setTimeout)` waits.
import './timers.ts';
import { withCode, wrongType } from './errors.ts';

type Callback = (error: unknown, value?: unknown) => void;
type Method = (...args: unknown[]) => unknown;

const custom = Symbol.for('nodejs.util.promisify.custom');

function toPromise(original: Method & { [custom]?: Method }): Method {
  if (typeof original !== 'function') throw wrongType('original', 'of type function', original);
  const ready = original[custom];
  if (ready !== undefined) {
    if (typeof ready !== 'function') throw wrongType('util.promisify.custom', 'of type function', ready);
    return Object.defineProperty(ready, custom, { value: ready, configurable: true });
  }
  function promised(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle: Callback = (error, value) => (error ? reject(error) : resolve(value));
      original.call(this, ...args, settle);
    });
  }
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
  Object.defineProperty(promised, custom, { value: promised, configurable: true });
  return Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original));
}

export const promisify = Object.assign(toPromise, { custom });

export function callbackify(original: (...args: unknown[]) => Promise<unknown>): Method {
  if (typeof original !== 'function') throw wrongType('original', 'of type function', original);
  function callbackified(this: unknown, ...args: unknown[]): void {
    const callback = args.pop();
    if (typeof callback !== 'function') throw wrongType('last argument', 'of type function', callback);
    original.apply(this, args).then(
      (value) => queueMicrotask(() => callback.call(this, null, value)),
      (reason) => queueMicrotask(() => callback.call(this, reason || falsyReason(reason))),
    );
  }
  Object.setPrototypeOf(callbackified, Object.getPrototypeOf(original));
  return callbackified;
}

function falsyReason(reason: unknown): Error {
  const error = withCode(new Error('Promise was rejected with falsy value'), 'ERR_FALSY_VALUE_REJECTION');
  return Object.assign(error, { reason });
}
