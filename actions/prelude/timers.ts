// Guest code: timers are a list in here; the host only hears how long to wait for the next one and then fires it.
// One firing a call, so that promises settle in between as they do everywhere else.

import { clock, currentTime } from './clock.ts';
import { apply, isFiniteNumber, NativeTypeError } from './primordials.ts';
import { overLimit } from './recorder.ts';

const MAX_TIMERS = 1000;

type Timer = {
  __proto__: null;
  id: number;
  due: number;
  every: number | undefined;
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

function start(callback: unknown, delay: unknown, repeats: boolean, args: unknown[]): number {
  if (typeof callback !== 'function') throw new NativeTypeError('The first argument of a timer must be a function.');
  if (++started > MAX_TIMERS) throw overLimit(`A script must not start more than ${MAX_TIMERS} timers.`);
  const asked = typeof delay === 'number' ? delay : +(delay as number);
  const milliseconds = isFiniteNumber(asked) && asked > 1 ? asked : 1;
  insert({
    __proto__: null,
    id: started,
    due: currentTime() + milliseconds,
    every: repeats ? milliseconds : undefined,
    callback: callback as Timer['callback'],
    args,
    next: undefined,
  });
  return started;
}

function clear(id: unknown): void {
  if (first === undefined) return;
  if (first.id === id) {
    first = first.next;
    return;
  }
  for (let before = first; before.next !== undefined; before = before.next) {
    if (before.next.id === id) {
      before.next = before.next.next;
      return;
    }
  }
}

/** Milliseconds until the next timer is due, -1 when none is set. */
export const nextDelay = (): number => (first === undefined ? -1 : first.due > clock.now ? first.due - clock.now : 0);

/** Moves the clock to the next timer and calls it; what it throws is the caller's. */
export function fireNext(): void {
  const timer = first;
  if (timer === undefined) return;
  first = timer.next;
  if (timer.due > clock.now) clock.now = timer.due;
  if (timer.every !== undefined) {
    if (++started > MAX_TIMERS) throw overLimit(`A script must not start more than ${MAX_TIMERS} timers.`);
    timer.due = clock.now + timer.every;
    insert(timer);
  }
  apply(timer.callback, undefined, timer.args);
}

export const timers = {
  setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]) => start(callback, delay, false, args),
  setInterval: (callback: unknown, delay?: unknown, ...args: unknown[]) => start(callback, delay, true, args),
  setImmediate: (callback: unknown, ...args: unknown[]) => start(callback, 0, false, args),
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
};
