// Guest code: AbortController and AbortSignal, DOM standard §3.

import { exceptionOf } from './dom-exception.ts';
import { Event, EventTarget } from './event.ts';
import { giveName } from './give-name.ts';
import { illegalConstructor } from './illegal-constructor.ts';

const KEY = Symbol('abort');
const MAX_DELAY = 2 ** 32 - 1;
const startTimer = globalThis.setTimeout;

let abortSignal: (signal: AbortSignal, reason: unknown) => void;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown;
  #handler: ((event: Event) => unknown) | null = null;
  /** Signals made by `any` from this one. */
  readonly #dependants: AbortSignal[] = [];
  /** The signals this one was made from, none of them made by `any` itself. */
  #sources: AbortSignal[] = [];

  static {
    giveName(AbortSignal, 'AbortSignal');
    abortSignal = (signal, reason) => {
      if (signal.#aborted) return;
      const all = [signal, ...signal.#dependants.filter((dependant) => !dependant.#aborted)];
      for (const one of all) {
        one.#aborted = true;
        one.#reason = reason;
      }
      for (const one of all) one.dispatchEvent(new Event('abort'));
    };
  }

  constructor(key?: unknown) {
    if (key !== KEY) throw illegalConstructor();
    super();
  }

  static abort(reason: unknown = exceptionOf('AbortError', 'This operation was aborted')): AbortSignal {
    const signal = new AbortSignal(KEY);
    abortSignal(signal, reason);
    return signal;
  }

  static timeout(delay: number): AbortSignal {
    if (typeof delay !== 'number' || !(delay >= 0 && delay <= MAX_DELAY)) {
      const message = `The value of "delay" is out of range. It must be >= 0 && <= ${MAX_DELAY}. Received ${delay}`;
      throw Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });
    }
    const signal = new AbortSignal(KEY);
    const expire = (): void =>
      abortSignal(signal, exceptionOf('TimeoutError', 'The operation was aborted due to timeout'));
    startTimer(expire, delay);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const combined = new AbortSignal(KEY);
    const given = [...signals];
    for (const signal of given) {
      if (!(signal instanceof AbortSignal)) throw new TypeError('The "signals" argument must hold only AbortSignals');
    }
    const aborted = given.find((signal) => signal.#aborted);
    if (aborted !== undefined) {
      abortSignal(combined, aborted.#reason);
      return combined;
    }
    combined.#sources = [
      ...new Set(given.flatMap((signal) => (signal.#sources.length > 0 ? signal.#sources : [signal]))),
    ];
    for (const source of combined.#sources) source.#dependants.push(combined);
    return combined;
  }

  get aborted(): boolean {
    return this.#aborted;
  }
  get reason(): unknown {
    return this.#reason;
  }
  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }
  get onabort(): ((event: Event) => unknown) | null {
    return this.#handler;
  }
  set onabort(handler: ((event: Event) => unknown) | null) {
    if (this.#handler !== null) this.removeEventListener('abort', this.#handler);
    this.#handler = typeof handler === 'function' ? handler : null;
    if (this.#handler !== null) this.addEventListener('abort', this.#handler);
  }
  override get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }
}

export class AbortController {
  static {
    giveName(AbortController, 'AbortController');
  }

  readonly #signal = new AbortSignal(KEY);
  get signal(): AbortSignal {
    return this.#signal;
  }
  abort(reason: unknown = exceptionOf('AbortError', 'This operation was aborted')): void {
    abortSignal(this.#signal, reason);
  }
  get [Symbol.toStringTag](): string {
    return 'AbortController';
  }
}
