// The live console: whoever asks is told of every run of a tenant's Actions as soon as it has ended, before the login's
// step is written, so that a login that hangs is seen too. It lives in this process and remembers nothing: with several
// servers each tells of its own runs. Readers never slow a login down; one that reads too slowly is told what it missed.
import type { ExecutionResult } from '#storage/records.ts';

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

const LISTENERS_PER_TENANT = 20;
const RUNS_KEPT = 100;

type Listener = { actionId: string | undefined; runs: LiveRun[]; dropped: number; over: boolean; wake: () => void };

export function createLiveConsole(): LiveConsole {
  const tenants = new Map<string, Set<Listener>>();
  let ended = false;

  function leave(tenantId: string, listener: Listener): void {
    listener.over = true;
    const listeners = tenants.get(tenantId);
    listeners?.delete(listener);
    if (listeners?.size === 0) tenants.delete(tenantId);
    listener.wake();
  }

  return {
    publish(tenantId, run) {
      for (const listener of tenants.get(tenantId) ?? []) {
        if (listener.actionId !== undefined && listener.actionId !== run.result.actionId) continue;
        // The newest say most about what is wrong now, so the oldest goes.
        if (listener.runs.length >= RUNS_KEPT) {
          listener.runs.shift();
          listener.dropped += 1;
        }
        listener.runs.push(run);
        listener.wake();
      }
    },

    listen(tenantId, { actionId } = {}) {
      const listeners = tenants.get(tenantId) ?? new Set<Listener>();
      if (listeners.size >= LISTENERS_PER_TENANT) return undefined;
      const listener: Listener = { actionId, runs: [], dropped: 0, over: ended, wake: () => {} };
      if (!ended) tenants.set(tenantId, listeners.add(listener));
      return {
        next: (waitMs) => next(listener, waitMs),
        stop: () => leave(tenantId, listener),
      };
    },

    end() {
      ended = true;
      for (const [tenantId, listeners] of tenants) for (const listener of listeners) leave(tenantId, listener);
    },
  };
}

async function next(listener: Listener, waitMs: number): Promise<Heard> {
  if (!listener.over && listener.runs.length === 0) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs).unref();
    listener.wake = resolve;
    await promise;
    clearTimeout(timer);
  }
  if (listener.over) return { heard: 'end' };
  const run = listener.runs.shift();
  if (!run) return { heard: 'nothing' };
  const { dropped } = listener;
  listener.dropped = 0;
  return { heard: 'run', run, dropped };
}
