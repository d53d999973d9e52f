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
  answers,
  input = '',
}: {
  cwd?: string;
  env?: Record<string, string>;
  colours?: boolean;
  /** What is typed when it asks, one after the other. Absent: nobody can be asked. */
  answers?: string[];
  /** What comes by standard input. */
  input?: string;
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
    ...(answers && {
      ask: async (question: string) => {
        said.err.push(question);
        return answers.shift() ?? '';
      },
    }),
    input: async () => input,
    ended: ended.signal,
    end: () => ended.abort(),
  };
}
