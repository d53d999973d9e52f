// Guest code: how a shim speaks with the outside. The bundle of a script is evaluated inside a function that is given this
// object, so nothing of it stands on the global object; it can do no more than `fetch` and `crypto` offer anyway.

/** Asynchronous operations and those that answer in the same breath. Everything travels as text. */
export type Host = {
  /**
   * Asks the outside and goes on; the promise settles between two slices of the run.
   * Rejects with an `Error` that carries the `name`, `code` and `message` of the failure. Throws while the top level of a
   * module runs, for then there is no login yet. `cancel` says that nobody waits any more.
   */
  call(operation: 'fetch' | 'subtle', payload: string): { answer: Promise<string>; cancel(): void };
  /** Computes outside and waits: cryptography and compression. Throws an `Error` with `name`, `code` and `message`. */
  compute(operation: string, payload: string): string;
  /** What a shared module sees as `actions`: its own secrets, once there is a login. */
  module(name: string): { readonly secrets: Record<string, string> };
};

/** The parameter of the function around the bundle. */
declare const sallyportHost: Host;

export const host: Host = sallyportHost;
