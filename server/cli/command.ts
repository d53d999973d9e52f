// Server, command line: what a command is. Each has a file of its own and a row in `run-command.ts`.

/** Where a command speaks, and how it hears that it should end. */
export type Terminal = {
  out(line: string): void;
  err(line: string): void;
  /** Aborted by Ctrl-C and by SIGTERM. */
  ended: AbortSignal;
};

export type Command = {
  /** One line for the list of commands. */
  summary: string;
  /** What `--help` says, without the summary. */
  usage: string;
  /**
   * @param args what was typed after the name.
   * @returns the exit code: 0 done, 1 it failed, 2 it was called wrongly.
   * @throws {UsageError} where an argument is wrong.
   */
  run(args: string[], terminal: Terminal): Promise<number>;
};

/** What was typed cannot be meant. The message says what is expected. */
export class UsageError extends Error {}
