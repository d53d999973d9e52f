// Work that begins when its cause is written and nobody waits for. A tenant has a few pieces of it under way at a time, so
// that a flood at one door leaves room for logins; what waits is in this process's memory, and a crash loses it.
import type { Logger } from './ports.ts';

const AT_ONCE_PER_TENANT = 4;
const WAITING_PER_TENANT = 1000;

type Lane = { running: number; waiting: (() => Promise<unknown>)[] };

export type Afterwards = {
  /** Never throws, never waits. */
  start(tenantId: string, work: () => Promise<unknown>): void;
  /** Resolves when nothing is left to do, or after `withinMs`. */
  done(withinMs: number): Promise<void>;
};

export function createAfterwards(log: Pick<Logger, 'error' | 'warn'>): Afterwards {
  const lanes = new Map<string, Lane>();
  let idle: (() => void)[] = [];

  async function run(tenantId: string, lane: Lane, work: () => Promise<unknown>): Promise<void> {
    lane.running += 1;
    try {
      await work();
    } catch (cause) {
      log.error({ cause, tenantId }, 'what follows an answer failed');
    }
    lane.running -= 1;
    const next = lane.waiting.shift();
    if (next) void run(tenantId, lane, next);
    else if (lane.running === 0) lanes.delete(tenantId);
    if (lanes.size > 0) return;
    for (const wake of idle) wake();
    idle = [];
  }

  return {
    start(tenantId, work) {
      const lane = lanes.get(tenantId) ?? { running: 0, waiting: [] };
      lanes.set(tenantId, lane);
      if (lane.running < AT_ONCE_PER_TENANT) void run(tenantId, lane, work);
      else if (lane.waiting.length < WAITING_PER_TENANT) lane.waiting.push(work);
      else log.warn({ tenantId }, 'too much waits to follow answers of this tenant; a piece was dropped');
    },

    async done(withinMs) {
      if (lanes.size === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      idle.push(resolve);
      const timer = setTimeout(resolve, withinMs);
      await promise;
      clearTimeout(timer);
    },
  };
}
