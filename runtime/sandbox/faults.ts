// The sandbox's faults and their texts: what the tenant's log and the failed login say. Whatever a script put into a
// message is cut to one line of bounded length here, once.

import type { ScriptFault } from './sandbox.ts';
import { authorFrames } from './stack-trace.ts';

/** Wall clock of a trigger, all its Actions together. */
const WALL_SECONDS = 20;
/** CPU time of one run, in milliseconds. */
export const CPU_MS = 500;
const MAX_MESSAGE = 1024;
const MAX_NAME = 100;

const NO_MESSAGE = 'Script threw an error without a message';

/** One line, no control characters, no lone halves of a surrogate pair, at most `most` UTF-16 units. */
function oneLine(text: string, most: number): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  if (line.length <= most) return line;
  return line
    .slice(0, most - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .concat('…');
}

/** A fault as a script shaped it: every text is untrusted. */
export function scriptFault(
  kind: ScriptFault['kind'],
  said: { name: string; message: string; stack: string },
  fileName: string,
): ScriptFault {
  return {
    kind,
    name: oneLine(said.name, MAX_NAME) || 'Error',
    message: oneLine(said.message, MAX_MESSAGE) || NO_MESSAGE,
    stack: authorFrames(said.stack, fileName),
  };
}

/** The isolate's allocator refused a buffer: to the script an error like any other, to us its memory limit. */
export const isBufferRefusal = (said: { name: string; message: string }): boolean =>
  said.name === 'RangeError' && said.message === 'Array buffer allocation failed';

const ownFault = (kind: ScriptFault['kind'], message: string): ScriptFault => ({
  kind,
  name: 'Error',
  message,
  stack: [],
});

export const wallTimeout = (): ScriptFault => ownFault('timeout', `Script timed out after ${WALL_SECONDS} s`);
export const cpuTimeout = (): ScriptFault => ownFault('timeout', `Script timed out after ${CPU_MS} ms of CPU time`);
export const memoryFault = (): ScriptFault => ownFault('memory', 'Script exceeded its memory limit');
export const crashFault = (): ScriptFault =>
  ownFault('crash', 'Script could not be run: the process that ran it ended');
export const closedFault = (): ScriptFault => ownFault('crash', 'Script could not be run: the server is shutting down');
