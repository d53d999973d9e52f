// Test kit: a terminal that remembers what was written to it.
import type { Terminal } from '#server/cli/command.ts';

export type KeptTerminal = Terminal & {
  /** Lines, oldest first. */
  said: { out: string[]; err: string[]; progress: string[] };
  /** Ctrl-C. */
  end(): void;
};

export function keptTerminal({
  cwd = process.cwd(),
  env = {},
  colours = false,
}: {
  cwd?: string;
  env?: Record<string, string>;
  colours?: boolean;
} = {}): KeptTerminal {
  const said: KeptTerminal['said'] = { out: [], err: [], progress: [] };
  const ended = new AbortController();
  return {
    said,
    out: (line) => said.out.push(line),
    err: (line) => said.err.push(line),
    progress: (line) => said.progress.push(line),
    colours,
    cwd,
    env: (name) => env[name] || undefined,
    ended: ended.signal,
    end: () => ended.abort(),
  };
}
