// The work of jobs, in lanes of their own: what follows a login's answer must not wait for a hundred thousand users. A job is
// under way once in this process; what is left when the process ends, the next one goes on with.
import { createAfterwards } from './afterwards.ts';
import type { Pace } from './pace.ts';
import type { Logger } from './ports.ts';

export type JobWork = {
  /** Never throws, never waits. A job that is under way here already is left alone. */
  start(job: { tenantId: string; id: string }, work: (pace: Pace) => Promise<void>): void;
  /** Resolves when nothing is left to do, or after `withinMs`. */
  done(withinMs: number): Promise<void>;
  /** The same, after the step that is being done. */
  end(withinMs: number): Promise<void>;
};

export function createJobWork(pace: Pace, log: Pick<Logger, 'error' | 'warn'>): JobWork {
  const lanes = createAfterwards(log);
  const known = new Set<string>();
  return {
    start({ tenantId, id }, work) {
      const name = `${tenantId} ${id}`;
      if (known.has(name)) return;
      known.add(name);
      lanes.start(tenantId, async () => {
        try {
          await work(pace);
        } finally {
          known.delete(name);
        }
      });
    },
    done: lanes.done,
    end(withinMs) {
      pace.end();
      return lanes.done(withinMs);
    },
  };
}
