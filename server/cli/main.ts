#!/usr/bin/env node
// Server: the command line, from outside: what was typed in, and the signals that end it. Everything else is decided in
// `run-command.ts`, which knows no process.
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { whenOrphaned } from '../when-orphaned.ts';
import { runCommand } from './run-command.ts';

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
/** Empty counts as not set. */
const env = (name: string) => process.env[name] || undefined;

// Between us and whoever started this process stands npm, as with `npx` and `npm run`.
if (env('npm_command') !== undefined) whenOrphaned(() => ended.abort());

// Whoever reads has read enough, as `head` has: nobody is left to speak to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  ended.abort();
});

/** Back to the first column, and nothing left of the line. */
const CLEAR_LINE = '\r\u001b[2K';
let progress = '';

/** A line that stays is never written behind one that passes. */
function write(stream: NodeJS.WriteStream, line: string): void {
  if (progress !== '') process.stderr.write(CLEAR_LINE);
  stream.write(`${line}\n`);
  if (progress !== '') process.stderr.write(progress);
}

async function ask(question: string): Promise<string> {
  // Not as a terminal: the line is edited by the terminal's own driver, and Ctrl-C stays a signal.
  const line = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const end = new Promise<string>((resolve) => line.once('close', () => resolve('')));
  try {
    return await Promise.race([line.question(question, { signal: ended.signal }), end]);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    return '';
  } finally {
    line.close();
  }
}

const colours = process.stdout.isTTY === true && env('NO_COLOR') === undefined;
// Vitest, which runs an author's tests in here, colours what goes into files and pipes too, unless it is told.
if (!colours && env('FORCE_COLOR') === undefined) process.env.NO_COLOR = '1';

process.exitCode = await runCommand(process.argv.slice(2), {
  out: (line) => write(process.stdout, line),
  err: (line) => write(process.stderr, line),
  progress: (line) => {
    if (!process.stderr.isTTY) return;
    const width = Math.max(1, (process.stderr.columns ?? 80) - 1);
    if (line !== progress) process.stderr.write(`${CLEAR_LINE}${line.slice(0, width)}`);
    progress = line.slice(0, width);
  },
  colours,
  cwd: process.cwd(),
  env,
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  input: () => text(process.stdin),
  ended: ended.signal,
});
