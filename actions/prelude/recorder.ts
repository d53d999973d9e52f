// Guest code: what one run leaves behind, kept as JSON text from the moment it is recorded,
// so that nothing the script does later can change it.

import type { ArgumentBound } from '../trigger.ts';
import {
  byteLength,
  captureSite,
  charCodeAt,
  NativeError,
  readSite,
  type Site,
  slice,
  stringify,
} from './primordials.ts';

const MAX_CONSOLE_LINES = 256;
const MAX_LATE_CALLS = 16;

/** The limits that are counted in here, by the names of `ScriptLimits`. */
export type GuestLimit = 'outputSize' | 'consoleSize' | 'commands' | 'calls';

/**
 * The state of the only run this context will ever have. Every property is there from the beginning, so that reading and
 * writing one never asks `Object.prototype`, which the script may have bent.
 */
export const run = {
  /** `loading`: the top level runs, maybe before there is a login. `settled`: the handler is over, and `api` is deaf. */
  phase: 'loading' as 'loading' | 'running' | 'settled',
  /** JSON of the fault, empty when there is none. */
  fault: '',
  /** JSON of the limit the run went over; stays, even when the script catches the error it caused. */
  limit: '',
  commands: '',
  commandCount: 0,
  commandSize: 0,
  console: '',
  consoleCount: 0,
  consoleSize: 0,
  late: '',
  lateCount: 0,
  calls: 0,
  /** Where the script last asked for something to wait for. */
  site: undefined as Site | undefined,
};

/** Forgets a rehearsal. */
export function resetRun(): void {
  run.phase = 'loading';
  run.fault = run.limit = run.commands = run.console = run.late = '';
  run.commandCount = run.commandSize = run.consoleCount = run.consoleSize = run.lateCount = run.calls = 0;
  run.site = undefined;
}

/** Generous ones for the top level; those of the tenant come with the run. */
export const limits = {
  outputSize: 1024 * 1024,
  consoleSize: 64 * 1024,
  commands: 256,
  calls: 256,
};

/** Marks the run as over a limit for good and makes the error which tells the script. */
export function overLimit(name: GuestLimit | undefined, message: string): Error {
  const error = new NativeError(message);
  if (run.limit === '') {
    const limit = name === undefined ? '' : `,"limit":${stringify(name)}`;
    run.limit = `{"kind":"limit","name":"Error","message":${stringify(message)},"stack":${stringify(readSite(captureSite(overLimit)))}${limit}}`;
  }
  return error;
}

/**
 * `name` is one of the contract's: it needs no escaping. `bound`: how large the arguments may be, as JSON. Where there is no room for the command
 * the run has failed, or, unless `must`, nothing happens and the answer is false.
 */
export function recordCommand(name: string, args: unknown[], bound: ArgumentBound | undefined, must: boolean): boolean {
  if (!must && run.commandCount >= limits.commands) return false;
  let { length } = args;
  while (length > 0 && args[length - 1] === undefined) length--;
  args.length = length;
  if (++run.commandCount > limits.commands)
    throw overLimit('commands', `A script must not call api more than ${limits.commands} times.`);
  const json = stringify(args) ?? '[]';
  // A unit is three bytes at most: short texts, which is nearly all of them, need no counting.
  if (bound !== undefined && json.length * 3 > bound.bytes && byteLength(json) > bound.bytes)
    throw new NativeError(bound.message);
  const command = `{"name":"${name}","args":${json}}`;
  if (!must && run.commandSize + command.length > limits.outputSize) return false;
  run.commandSize += command.length;
  if (run.commandSize > limits.outputSize)
    throw overLimit('outputSize', `What a script hands to api must not exceed ${limits.outputSize / 1024} KB.`);
  run.commands = run.commands === '' ? command : `${run.commands},${command}`;
  return true;
}

export function recordLateCall(name: string): void {
  if (++run.lateCount > MAX_LATE_CALLS) return;
  const json = stringify(name);
  run.late = run.late === '' ? json : `${run.late},${json}`;
}

function addLine(level: string, text: string, stack: string): void {
  const line = `{"level":${stringify(level)},"text":${stringify(text)},"stack":${stringify(stack)}}`;
  run.console = run.console === '' ? line : `${run.console},${line}`;
}

/** `caller`: the function the script called; the line is marked with where it did. */
export function recordLine(level: string, text: string, caller: (...args: never[]) => unknown): void {
  if (run.consoleCount >= MAX_CONSOLE_LINES || run.consoleSize >= limits.consoleSize) return;
  const room = limits.consoleSize - run.consoleSize;
  // A cut between the halves of a surrogate pair would leave text that is not Unicode.
  const end = text.length > room && (charCodeAt(text, room - 1) & 0xfc00) === 0xd800 ? room - 1 : room;
  const kept = text.length > room ? slice(text, 0, end) : text;
  run.consoleSize += kept.length + 1;
  addLine(level, kept, readSite(captureSite(caller)));
  if (++run.consoleCount >= MAX_CONSOLE_LINES || run.consoleSize >= limits.consoleSize)
    addLine('warn', 'The console of this run is full; later lines are dropped.', '');
}

/** A request that nobody waits for may never leave: its author should know. */
export function recordUnawaited(): void {
  addLine('warn', 'A call out was not awaited: it ended with the run.', readSite(run.site));
}
