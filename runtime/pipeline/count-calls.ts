// How many calls out a run made and how long it waited for them. Calls under way at the same time are waited for once.
import type { Egress } from '../egress/egress.ts';

export type CallsCounted = { count: number; ms: number };

/** `request` with a counter around it. `counted` is undefined while there was no call. */
export function countCalls(request: Egress['request']): {
  request: Egress['request'];
  counted(): CallsCounted | undefined;
} {
  let count = 0;
  let underWay = 0;
  let since = 0;
  let ms = 0;
  return {
    async request(...call) {
      count += 1;
      if (underWay === 0) since = performance.now();
      underWay += 1;
      try {
        return await request(...call);
      } finally {
        underWay -= 1;
        if (underWay === 0) ms += performance.now() - since;
      }
    },
    counted() {
      if (count === 0) return undefined;
      return { count, ms: Math.round((ms + (underWay > 0 ? performance.now() - since : 0)) * 100) / 100 };
    },
  };
}
