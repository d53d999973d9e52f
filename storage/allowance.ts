// Storage: how much of an allowance is used, and what one more makes of it. Pure; what is kept between two takes is a list
// of whole numbers, which each kind of allowance reads in its own way.
import { milliseconds } from './columns.ts';
import type { Allowance } from './store.ts';

/** `count`: how many are used now, this one included. `expiresAt`: when nothing is used any more. */
export type Use =
  | { ok: true; used: number[]; count: number; expiresAt: number }
  | { ok: false /** When one can be taken again. */; freeAt: number };

/** Takes one at `now`. `used` is empty where nothing was used, or nothing that still counts. */
export function takeOne(allowance: Allowance, used: readonly number[], now: number): Use {
  switch (allowance.kind) {
    case 'window': {
      const { most, seconds } = allowance;
      const span = milliseconds(seconds);
      const recent = used.filter((at) => at > now - span).sort((a, b) => a - b);
      // Where the allowance was larger once, more than one has to leave the window first.
      if (recent.length >= most) return { ok: false, freeAt: (recent[recent.length - most] ?? now) + span };
      const times = [...recent, now];
      return { ok: true, used: times, count: times.length, expiresAt: Math.max(...times) + span };
    }
    case 'bucket': {
      const { capacity, refillSeconds } = allowance;
      const refill = milliseconds(refillSeconds);
      const fullAt = Math.max(used[0] ?? now, now);
      const latest = now + (capacity - 1) * refill;
      if (fullAt > latest) return { ok: false, freeAt: now + (fullAt - latest) };
      const next = fullAt + refill;
      return { ok: true, used: [next], count: Math.ceil((next - now) / refill), expiresAt: next };
    }
    case 'count': {
      const { most, until } = allowance;
      const count = (used[0] ?? 0) + 1;
      return count > most ? { ok: false, freeAt: until } : { ok: true, used: [count], count, expiresAt: until };
    }
  }
}
