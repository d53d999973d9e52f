// Guest code: timers are a list in here; the host only hears how long to wait for the next one and then fires it.
// One firing a call, so that promises settle in between as they do everywhere else.

import { refuseWhileLoading } from './calls.ts';
import { clock, currentTime } from './clock.ts';
import { apply, captureSite, isFiniteNumber, NativeTypeError } from './primordials.ts';
import { overLimit, run } from './recorder.ts';

const MAX_TIMERS = 1000;

type Timer = {
  __proto__: null;
  id: number;
  due: number;
  wait: number;
  every: boolean;
  callback: (...args: unknown[]) => unknown;
  args: unknown[];
  next: Timer | undefined;
};

let first: Timer | undefined;
let started = 0;

function insert(timer: Timer): void {
  if (first === undefined || first.due > timer.due) {
    timer.next = first;
    first = timer;
    return;
  }
  let before = first;
  while (before.next !== undefined && before.next.due <= timer.due) before = before.next;
  timer.next = before.next;
  before.next = timer;
}

function remove(id: number): Timer | undefined {
  if (first === undefined) return undefined;
  if (first.id === id) {
    const found = first;
    first = first.next;
    return found;
  }
  for (let before = first; before.next !== undefined; before = before.next) {
    if (before.next.id !== id) continue;
    const found = before.next;
    before.next = found.next;
    return found;
  }
  return undefined;
}

function countTimer(): void {
  if (++started > MAX_TIMERS) throw overLimit(undefined, `A script must not start more than ${MAX_TIMERS} timers.`);
}

/** What Node hands back: packages call `unref` on it. Nothing keeps a run alive here, so there is nothing to let go. */
class Timeout {
  readonly #id: number;
  constructor(id: number) {
    this.#id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    const timer = remove(this.#id);
    if (timer !== undefined) {
      timer.due = currentTime() + timer.wait;
      insert(timer);
    }
    return this;
  }
  close(): this {
    remove(this.#id);
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.#id;
  }
  static idOf(value: object): number {
    return #id in value ? value.#id : 0;
  }
}

function start(callback: unknown, delay: unknown, every: boolean, args: unknown[]): Timeout {
  if (typeof callback !== 'function') throw new NativeTypeError('The first argument of a timer must be a function.');
  refuseWhileLoading(every ? 'setInterval' : 'setTimeout');
  countTimer();
  run.site = captureSite(start);
  const asked = typeof delay === 'number' ? delay : +(delay as number);
  const wait = isFiniteNumber(asked) && asked > 1 ? asked : 1;
  insert({
    __proto__: null,
    id: started,
    due: currentTime() + wait,
    wait,
    every,
    callback: callback as Timer['callback'],
    args,
    next: undefined,
  });
  return new Timeout(started);
}

function clear(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null) remove(Timeout.idOf(timer));
  else if (typeof timer === 'number' || typeof timer === 'string') remove(+timer);
}

/** Milliseconds until the next timer is due, -1 when none is set. */
export const nextDelay = (): number => (first === undefined ? -1 : first.due > clock.now ? first.due - clock.now : 0);

/** Moves the clock to the next timer and calls it; what it throws is the caller's. */
export function fireNext(): void {
  const timer = first;
  if (timer === undefined) return;
  first = timer.next;
  if (timer.due > clock.now) clock.now = timer.due;
  if (timer.every) {
    countTimer();
    timer.due = clock.now + timer.wait;
    insert(timer);
  }
  apply(timer.callback, undefined, timer.args);
}

export const timers = {
  setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]) => start(callback, delay, false, args),
  setInterval: (callback: unknown, delay?: unknown, ...args: unknown[]) => start(callback, delay, true, args),
  setImmediate: (callback: unknown, ...args: unknown[]) => start(callback, 0, false, args),
  clear,
};
