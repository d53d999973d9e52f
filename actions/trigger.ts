// What a trigger is. This room knows only scripts: nothing of logins, rows or HTTP.

/**
 * How a method of `api` checks its arguments inside the sandbox, with the texts authors know; throws on refusal.
 * `event` is the object the script was given: the script may have changed it, so a check only ever spares its author
 * a mistake. What the host must be sure of, the host checks again on the recorded command.
 */
export type ArgumentCheck = (args: unknown[], event: unknown) => void;

/** How large the arguments of a call may be, as JSON in UTF-8, and what its author is told otherwise. */
export type ArgumentBound = { bytes: number; message: string };

export type ApiMethod = {
  /** Path below `api`, e.g. `authentication.challengeWith`; also the name of the recorded command. */
  name: string;
  /** `api`: returns the whole object, so that calls can be chained. */
  returns: 'api' | 'nothing';
  check?: ArgumentCheck;
  bound?: ArgumentBound;
  /** Of checked arguments: true for a call that changes nothing and is therefore not recorded. */
  isIdle?: (args: unknown[]) => boolean;
};

export type TriggerContract = {
  id: string;
  /** Names of the functions a script may export for it. */
  handlers: readonly string[];
  methods: readonly ApiMethod[];
  /**
   * Calls what scripts often call, with made-up arguments: contexts are warmed with it, so that a login does not pay for
   * the first time. `api` is what a script would get.
   */
  rehearse: (api: { readonly [space: string]: { readonly [name: string]: (...args: unknown[]) => unknown } }) => void;
};
