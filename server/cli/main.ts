#!/usr/bin/env node
// Server: the command line, from outside: what was typed in, and the signals that end it. Everything else is decided in
// `run-command.ts`, which knows no process.
import { isUnderNpm } from '../config.ts';
import { whenOrphaned } from '../when-orphaned.ts';
import { runCommand } from './run-command.ts';

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
if (isUnderNpm()) whenOrphaned(() => ended.abort());

process.exitCode = await runCommand(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  ended: ended.signal,
});
