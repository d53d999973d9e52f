// Server, command line: what a command is. Each has a file of its own and a row in `run-command.ts`.

/** Where a command is, where it speaks, and how it hears that it should end. */
export type Terminal = {
  /** A line of the answer: standard output. */
  out(line: string): void;
  /** A line about the work: standard error. Refusals, warnings, hints. */
  err(line: string): void;
  /**
   * What is being done just now: one line of standard error, in place of the last one that this wrote; an empty one takes it
   * away. Nothing where standard error is no terminal.
   */
  progress(line: string): void;
  /** Colours may be used: standard output is a terminal, and `NO_COLOR` is not set. */
  colours: boolean;
  /** The folder it was called in. */
  cwd: string;
  /** A variable of the environment; empty counts as not set. */
  env(name: string): string | undefined;
  /**
   * Asks whoever sits there, and gives what was typed without its line break; empty when the end came instead. Absent where
   * nobody can answer: standard input or standard error is no terminal.
   */
  ask?: (question: string) => Promise<string>;
  /** All of standard input. */
  input(): Promise<string>;
  /** Aborted by Ctrl-C and by SIGTERM. */
  ended: AbortSignal;
};

export type Command = {
  /** One line for the list of commands. */
  summary: string;
  /** What `--help` says, without the summary: how it is called, its options, examples, exit codes. */
  usage: string;
  /**
   * @param args what was typed after the name.
   * @returns the exit code: 0 done, 1 it failed, 2 it was called wrongly.
   * @throws {UsageError} where an argument is wrong.
   * @throws {CommandError} where it cannot go on.
   */
  run(args: string[], terminal: Terminal): Promise<number>;
};

/** What was typed cannot be meant. The message says what is expected. */
export class UsageError extends Error {}

/** It cannot go on, through no fault of what was typed. The message says what is wrong and what to do about it. */
export class CommandError extends Error {}
