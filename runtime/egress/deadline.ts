// Egress: when a call has to be over. One timer and the signals of others become one signal, whose reason says what it
// was. A connection that is being made cannot be called back, so whoever waits for it races this.
import { EgressFault } from './egress.ts';

export type Deadline = {
  signal: AbortSignal;
  /** The work, or the reason why nobody waits for it any longer. What it still does afterwards is not heard of. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Takes timer and listener away. */
  clear(): void;
};

/**
 * @param stoppers any of them ends the call. They are listened to one by one and let go again: some live as long as the
 * process, and would collect what is derived from them.
 * @param origin where the call is at the moment it is asked.
 */
export function startDeadline(ms: number, stoppers: readonly AbortSignal[], origin: () => string): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const { promise: over, reject } = Promise.withResolvers<never>();
  // Nobody may be racing when it happens.
  over.catch(() => undefined);
  const stop = (reason: EgressFault) => {
    controller.abort(reason);
    reject(reason);
  };
  const abort = () => stop(new EgressFault('ABORT_ERR', 'the call was stopped before it had its answer'));
  const timer = setTimeout(
    () => stop(new EgressFault('ETIMEDOUT', `ETIMEDOUT ${origin()}: no complete answer within ${ms} ms`)),
    ms,
  );
  if (stoppers.some((stopper) => stopper.aborted)) abort();
  for (const stopper of stoppers) stopper.addEventListener('abort', abort, { once: true });
  return {
    signal,
    race: (work) => {
      work.catch(() => undefined);
      return Promise.race([work, over]);
    },
    clear: () => {
      clearTimeout(timer);
      for (const stopper of stoppers) stopper.removeEventListener('abort', abort);
    },
  };
}
