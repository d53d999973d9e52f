// Guest code: performance, High Resolution Time §8, by the clock of the run. It stands still while a script computes.

import { giveName } from './give-name.ts';

/** When the clock was first asked for: before that, the run may not have begun. */
let origin: number | undefined;

function start(): number {
  origin ??= Date.now();
  return origin;
}

export class Performance {
  static {
    giveName(Performance, 'Performance');
  }

  now(): number {
    return Date.now() - start();
  }
  get timeOrigin(): number {
    return start();
  }
  toJSON(): { timeOrigin: number } {
    return { timeOrigin: start() };
  }
  get [Symbol.toStringTag](): string {
    return 'Performance';
  }
}

export const performance = new Performance();
