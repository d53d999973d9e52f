// The live console: whoever asks is told of every run of a tenant's Actions as soon as it has ended, before the login's
// step is written, so that a login that hangs is seen too.
import type { ExecutionResult } from '#storage/records.ts';
import { createLive } from './live.ts';

export type LiveRun = {
  /** The execution it will belong to, if its step is written. */
  executionId: string;
  /** The login it belongs to; absent where a trigger runs without one. */
  transactionId?: string;
  userId?: string;
  result: ExecutionResult;
};

/** `dropped`: how many runs were left out before this one, because the reader was too slow. */
export type Heard = { heard: 'run'; run: LiveRun; dropped: number } | { heard: 'nothing' } | { heard: 'end' };

export type Listening = {
  /** The next run, or `nothing` after `waitMs`; `end` once it is over. One call at a time. */
  next(waitMs: number): Promise<Heard>;
  stop(): void;
};

export type LiveConsole = {
  publish(tenantId: string, run: LiveRun): void;
  /** Undefined: this tenant has as many listeners as it may. */
  listen(tenantId: string, filter?: { actionId?: string }): Listening | undefined;
  /** Ends all listening, and all that would begin. */
  end(): void;
};

export function createLiveConsole(): LiveConsole {
  const runs = createLive<LiveRun>();
  return {
    publish: runs.publish,
    end: runs.end,
    listen(tenantId, { actionId } = {}) {
      const listening = runs.listen(tenantId, ({ result }) => actionId === undefined || result.actionId === actionId);
      if (!listening) return undefined;
      return {
        stop: listening.stop,
        async next(waitMs) {
          const heard = await listening.next(waitMs);
          return heard.heard === 'news' ? { heard: 'run', run: heard.news, dropped: heard.dropped } : heard;
        },
      };
    },
  };
}
