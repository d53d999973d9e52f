// Guest code: Date and Math.random follow the run's clock and seed. The clock stands still while the script computes and
// moves when a timer fires, to the time the timer was due: a run can be repeated, and nothing can be timed by it.

import { apply, construct, defineProperty, NativeDate } from './primordials.ts';

export const clock = { now: 0 };

const dice = { a: 0, b: 0, c: 0, d: 1 };

export const currentTime = (): number => clock.now;

/** Starts the clock at `now` (milliseconds since 1970) and sets the dice to four words that are well mixed already. */
export function setClock(now: number, a: number, b: number, c: number, d: number): void {
  clock.now = now;
  dice.a = a;
  dice.b = b;
  dice.c = c;
  dice.d = d;
}

/** Small fast counting generator (sfc32). */
function nextWord(): number {
  const word = (dice.a + dice.b + dice.d) | 0;
  dice.d = (dice.d + 1) | 0;
  dice.a = dice.b ^ (dice.b >>> 9);
  dice.b = (dice.c + (dice.c << 3)) | 0;
  dice.c = ((dice.c << 21) | (dice.c >>> 11)) + word;
  return word >>> 0;
}

function random(): number {
  return ((nextWord() >>> 5) * 0x4000000 + (nextWord() >>> 6)) / 0x20000000000000;
}

function installDate(): void {
  const toText = NativeDate.prototype.toString;
  function ScriptDate(...args: unknown[]): unknown {
    if (new.target === undefined) return apply(toText, new NativeDate(currentTime()), []);
    return construct(NativeDate, args.length === 0 ? [currentTime()] : args, new.target);
  }
  const hidden = { writable: true, configurable: true, enumerable: false };
  defineProperty(ScriptDate, 'prototype', { value: NativeDate.prototype, writable: false });
  defineProperty(ScriptDate, 'name', { value: 'Date', configurable: true });
  defineProperty(ScriptDate, 'length', { value: 7, configurable: true });
  defineProperty(ScriptDate, 'now', { value: { now: () => currentTime() }.now, ...hidden });
  defineProperty(ScriptDate, 'parse', { value: NativeDate.parse, ...hidden });
  defineProperty(ScriptDate, 'UTC', { value: NativeDate.UTC, ...hidden });
  defineProperty(NativeDate.prototype, 'constructor', { value: ScriptDate, ...hidden });
  // An assignment keeps the attributes the global has, and is the cheaper way.
  (globalThis as { Date: unknown }).Date = ScriptDate;
}

/** `Intl.DateTimeFormat` reads the clock of the machine when it is given no date; so it is always given one. */
function installDateFormat(): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const native = Object.getOwnPropertyDescriptor(prototype, 'format')?.get;
  const { formatToParts } = prototype;
  if (native === undefined) return;
  defineProperty(prototype, 'format', {
    configurable: true,
    get(this: unknown) {
      const format = apply(native, this, []) as (date: unknown) => string;
      return (date: unknown) => format(date === undefined ? currentTime() : date);
    },
  });
  defineProperty(prototype, 'formatToParts', {
    writable: true,
    configurable: true,
    value(this: unknown, date: unknown) {
      return apply(formatToParts, this, [date === undefined ? currentTime() : (date as number)]);
    },
  });
}

export function installClock(): void {
  installDate();
  installDateFormat();
  Math.random = random;
}
