// Server: counts requests in memory: one look-up, nothing written anywhere. Each process counts for itself, and forgets
// when it ends; what guards passwords and codes is counted in the database instead.

export type Allowance = {
  /** At once. */
  capacity: number;
  /** Until one more is granted. */
  refillMs: number;
};

export type Counted = {
  ok: boolean;
  remaining: number;
  /** When the whole allowance is there again. */
  resetAt: number;
  /** 0 unless refused. */
  retryAfterSeconds: number;
};

/** Names that are full again are forgotten when there are so many. */
const TIDY_ABOVE = 10_000;

export type RequestCounter = { take(key: string, allowance: Allowance): Counted };

/** @param now milliseconds since 1970. */
export function createRequestCounter(now: () => number): RequestCounter {
  /** The moment at which each is full again (the theoretical arrival time of the generic cell rate algorithm). */
  const fullAt = new Map<string, number>();
  let tidyAbove = TIDY_ABOVE;

  function tidy(at: number): void {
    for (const [key, full] of fullAt) if (full <= at) fullAt.delete(key);
    tidyAbove = Math.max(TIDY_ABOVE, 2 * fullAt.size);
  }

  return {
    take(key, { capacity, refillMs }) {
      const at = now();
      const known = fullAt.get(key) ?? 0;
      // Later than it can be: the clock was put back since, and nobody shall wait for it to catch up.
      const full = known > at + capacity * refillMs + 1 ? at : Math.max(at, known);
      const taken = full + refillMs;
      const over = taken - at - capacity * refillMs;
      // A hair of rounding is no request.
      if (over > 1e-6) {
        return { ok: false, remaining: 0, resetAt: full, retryAfterSeconds: Math.max(1, Math.ceil(over / 1000)) };
      }
      fullAt.set(key, taken);
      if (fullAt.size > tidyAbove) tidy(at);
      return { ok: true, remaining: Math.floor(-over / refillMs + 1e-6), resetAt: taken, retryAfterSeconds: 0 };
    },
  };
}
