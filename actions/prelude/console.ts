// Guest code: the console of a script. Its lines are made where they are written, because a value may change later.

import { isError, slice, stringify, textOf } from './primordials.ts';
import { recordLine } from './recorder.ts';

const MAX_ARGUMENTS = 32;
const MAX_LINE = 8192;
const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    if (isError(value)) return textOf(value.stack ?? value);
    if (typeof value === 'object' && value !== null) return stringify(value) ?? textOf(value);
  } catch {
    // A cycle, or a getter that throws: the plain text of the value will do.
  }
  return textOf(value);
}

type Method = (...args: unknown[]) => void;

function write(level: (typeof LEVELS)[number], args: unknown[], caller: Method): void {
  let line = '';
  for (let i = 0; i < args.length && i < MAX_ARGUMENTS && line.length < MAX_LINE; i++) {
    line += i === 0 ? show(args[i]) : ` ${show(args[i])}`;
  }
  recordLine(level, line.length > MAX_LINE ? slice(line, 0, MAX_LINE) : line, caller);
}

export function createConsole(): Record<string, Method> {
  const console: Record<string, Method> = {};
  for (const level of LEVELS) {
    const method: Method = (...args) => write(level, args, method);
    console[level] = method;
  }
  return console;
}
