// What is told as it happens: whoever listens to a tenant hears of everything that is published for it from then on. It
// lives in this process and remembers nothing: with several servers each tells of its own. Readers never slow a login
// down; one that reads too slowly is told how much it missed.

/** `dropped`: how much was left out before this, because the reader was too slow. */
export type News<T> = { heard: 'news'; news: T; dropped: number } | { heard: 'nothing' } | { heard: 'end' };

export type Listening<T> = {
  /** The next, or `nothing` after `waitMs`; `end` once it is over. One call at a time. */
  next(waitMs: number): Promise<News<T>>;
  stop(): void;
};

export type Live<T> = {
  publish(tenantId: string, news: T): void;
  /** Undefined: this tenant has as many listeners as it may. `wants` narrows what is heard. */
  listen(tenantId: string, wants?: (news: T) => boolean): Listening<T> | undefined;
  /** Ends all listening, and all that would begin. */
  end(): void;
};

const LISTENERS_PER_TENANT = 20;
const KEPT = 100;

type Listener<T> = { wants: (news: T) => boolean; kept: T[]; dropped: number; over: boolean; wake: () => void };

export function createLive<T>(): Live<T> {
  const tenants = new Map<string, Set<Listener<T>>>();
  let ended = false;

  function leave(tenantId: string, listener: Listener<T>): void {
    listener.over = true;
    const listeners = tenants.get(tenantId);
    listeners?.delete(listener);
    if (listeners?.size === 0) tenants.delete(tenantId);
    listener.wake();
  }

  return {
    publish(tenantId, news) {
      for (const listener of tenants.get(tenantId) ?? []) {
        if (!listener.wants(news)) continue;
        // The newest say most about what is wrong now, so the oldest goes.
        if (listener.kept.length >= KEPT) {
          listener.kept.shift();
          listener.dropped += 1;
        }
        listener.kept.push(news);
        listener.wake();
      }
    },

    listen(tenantId, wants = () => true) {
      const listeners = tenants.get(tenantId) ?? new Set<Listener<T>>();
      if (listeners.size >= LISTENERS_PER_TENANT) return undefined;
      const listener: Listener<T> = { wants, kept: [], dropped: 0, over: ended, wake: () => {} };
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

async function next<T>(listener: Listener<T>, waitMs: number): Promise<News<T>> {
  if (!listener.over && listener.kept.length === 0) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs).unref();
    listener.wake = resolve;
    await promise;
    clearTimeout(timer);
  }
  if (listener.over) return { heard: 'end' };
  if (listener.kept.length === 0) return { heard: 'nothing' };
  const [news] = listener.kept.splice(0, 1) as [T];
  const { dropped } = listener;
  listener.dropped = 0;
  return { heard: 'news', news, dropped };
}
