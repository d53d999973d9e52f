// What a trigger is. This room knows only scripts: nothing of logins, rows or HTTP.

/** What a method of `api` is given of its run. */
export type Given = {
  /**
   * The object the script was given: the script may have changed it, so a check of it only ever spares its author a
   * mistake. What the host must be sure of, the host checks again on the recorded command.
   */
  readonly event: unknown;
  /** The event as it was when the run started; a copy, read anew at each call. */
  original(): unknown;
  /** The run's clock, milliseconds since 1970. */
  now(): number;
  /** What methods remember of the run, each under a name of its own. */
  readonly memory: Record<string, unknown>;
  /** What the cache holds: key → value and when it runs out, in milliseconds since 1970. Changes are kept for the run. */
  cache(): Record<string, CacheEntry>;
  /** Records a command; false when the run has no room for another. */
  record(name: string, args: unknown[]): boolean;
  /** Fails the run for good, even if the script catches the error that this makes. */
  abort(message: string): Error;
  /** Bytes of a text in UTF-8. */
  bytesOf(text: string): number;
  /** Whether a text can be read as a URL. */
  isUrl(text: string): boolean;
};

export type CacheEntry = { value: string; expires_at: number };

/** How large the arguments of a call may be, as JSON in UTF-8, and what its author is told otherwise. */
export type ArgumentBound = { bytes: number; message: string };

/** Records a command for the host; `api` returns the whole object, so that calls can be chained. */
export type RecordingMethod = {
  returns: 'api' | 'nothing';
  /** Checks arguments inside the sandbox, with the texts authors know; throws on refusal. */
  check?: (args: unknown[], given: Given) => void;
  bound?: ArgumentBound;
  /** Of checked arguments: true for a call that changes nothing and is therefore not recorded. */
  isIdle?: (args: unknown[], given: Given) => boolean;
  /** What is recorded of checked arguments; they themselves when absent. */
  record?: (args: unknown[], given: Given) => unknown[];
  /** After recording: shows the script in its event what it has just asked for. */
  live?: (args: unknown[], given: Given) => void;
};

/** Answers at once, from what the run was given. */
export type AnsweringMethod = { returns: 'value'; answer: (args: unknown[], given: Given) => unknown };

/** Answers with a promise: the host is asked, under the method's whole name, with what `ask` returns as JSON. */
export type AskingMethod = { returns: 'promise'; ask: (args: unknown[], given: Given) => unknown[] };

export type ApiMethod = {
  /** The last part of its path, e.g. `challengeWith` of `authentication.challengeWith`. */
  name: string;
  /** How many arguments it knows; further ones are ignored. */
  takes: number;
} & (RecordingMethod | AnsweringMethod | AskingMethod);

export type TriggerContract = {
  id: string;
  /** Names of the functions a script may export for it; a run begins with the first. */
  handlers: readonly string[];
  /** The parts of `api`, each with what makes its methods: every login has its own. */
  spaces: Readonly<Record<string, () => readonly ApiMethod[]>>;
  /** Those that many scripts use: the others are made when a script first asks for them. */
  common: readonly string[];
  /**
   * Calls what scripts often call, with made-up arguments: contexts are warmed with it, so that a login does not pay for
   * the first time. `api` is what a script would get.
   */
  rehearse: (api: { readonly [space: string]: { readonly [name: string]: (...args: unknown[]) => unknown } }) => void;
};

/** Every method of a contract with its whole path, which is also the name of the command it records. */
export const methodsOf = ({ spaces }: TriggerContract): { path: string; method: ApiMethod }[] =>
  Object.entries(spaces).flatMap(([space, methods]) =>
    methods().map((method) => ({ path: `${space}.${method.name}`, method })),
  );
