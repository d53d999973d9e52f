// Guest code: what one run leaves behind, kept as JSON text from the moment it is recorded,
// so that nothing the script does later can change it.

import { charCodeAt, NativeError, slice, stringify } from './primordials.ts';

const MAX_COMMANDS = 256;
const MAX_COMMAND_CHARACTERS = 1024 * 1024;
const MAX_CONSOLE_LINES = 256;
const MAX_CONSOLE_CHARACTERS = 64 * 1024;
const MAX_LATE_CALLS = 16;

/** The state of the only run this context will ever have. */
export const run = {
  __proto__: null,
  /** The handler has returned or thrown: from now on `api` is deaf. */
  settled: false,
  /** JSON of the fault, empty when there is none. */
  fault: '',
  /** Why the run is over its limits; stays, even when the script catches the error it caused. */
  limit: '',
  commands: '',
  commandCount: 0,
  commandCharacters: 0,
  console: '',
  consoleCount: 0,
  consoleCharacters: 0,
  late: '',
  lateCount: 0,
};

/** Marks the run as over a limit for good and makes the error which tells the script. */
export function overLimit(message: string): Error {
  if (run.limit === '') run.limit = message;
  return new NativeError(message);
}

export function recordCommand(name: string, args: unknown[]): void {
  let { length } = args;
  while (length > 0 && args[length - 1] === undefined) length--;
  args.length = length;
  if (++run.commandCount > MAX_COMMANDS) throw overLimit(`A script must not call api more than ${MAX_COMMANDS} times.`);
  const command = `{"name":${stringify(name)},"args":${stringify(args) ?? '[]'}}`;
  run.commandCharacters += command.length;
  if (run.commandCharacters > MAX_COMMAND_CHARACTERS)
    throw overLimit('What a script hands to api must not exceed 1 MB.');
  run.commands = run.commands === '' ? command : `${run.commands},${command}`;
}

export function recordLateCall(name: string): void {
  if (++run.lateCount > MAX_LATE_CALLS) return;
  const json = stringify(name);
  run.late = run.late === '' ? json : `${run.late},${json}`;
}

export function recordLine(level: string, text: string): void {
  if (run.consoleCount >= MAX_CONSOLE_LINES || run.consoleCharacters >= MAX_CONSOLE_CHARACTERS) return;
  const room = MAX_CONSOLE_CHARACTERS - run.consoleCharacters;
  // A cut between the halves of a surrogate pair would leave text that is not Unicode.
  const end = text.length > room && (charCodeAt(text, room - 1) & 0xfc00) === 0xd800 ? room - 1 : room;
  const kept = text.length > room ? slice(text, 0, end) : text;
  run.consoleCharacters += kept.length + 1;
  const last = ++run.consoleCount >= MAX_CONSOLE_LINES || run.consoleCharacters >= MAX_CONSOLE_CHARACTERS;
  const lines = `{"level":${stringify(level)},"text":${stringify(kept)}}${
    last ? ',{"level":"warn","text":"The console of this run is full; later lines are dropped."}' : ''
  }`;
  run.console = run.console === '' ? lines : `${run.console},${lines}`;
}
