// The sandbox's faults and their texts: what the tenant's log and the failed login say. Whatever a script put into a
// message is cut to one line of bounded length here, once.

import type { ScriptLimits } from '../script-limits.ts';
import type { Script, ScriptFault } from './sandbox.ts';
import { authorFrames, positionOf } from './stack-trace.ts';

const MAX_MESSAGE = 1024;
const MAX_NAME = 100;

const NO_MESSAGE = 'Script threw an error without a message';

/** What a cell tells of a fault: every text is untrusted. */
export type Said = { name: string; message: string; stack: string };

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

/** Where a stack stood, as far as it can be told. */
function place(stack: string, script: Script): Pick<ScriptFault, 'fileName' | 'stack' | 'at'> {
  const frames = authorFrames(stack, script);
  const at = positionOf(frames);
  return { fileName: script.fileName, stack: frames, ...(at === undefined ? {} : { at }) };
}

const limitOf = (name: keyof ScriptLimits | undefined, limits: ScriptLimits) =>
  name === undefined ? {} : { limit: { name, value: limits[name] } };

/** A fault as a script shaped it. */
export const scriptFault = (
  kind: ScriptFault['kind'],
  said: Said,
  { script, limits }: { script: Script; limits: ScriptLimits },
  limit?: keyof ScriptLimits,
): ScriptFault => ({
  kind,
  name: oneLine(said.name, MAX_NAME) || 'Error',
  message: oneLine(said.message, MAX_MESSAGE) || NO_MESSAGE,
  ...place(said.stack, script),
  ...limitOf(limit, limits),
});

/** The isolate's allocator refused a buffer: to the script an error like any other, to us its memory limit. */
export const isBufferRefusal = (said: { name: string; message: string }): boolean =>
  said.name === 'RangeError' && said.message === 'Array buffer allocation failed';

type Context = { script: Script; limits: ScriptLimits };

const ownFault = (
  kind: ScriptFault['kind'],
  message: string,
  { script, limits }: Context,
  limit?: keyof ScriptLimits,
  stack = '',
): ScriptFault => ({ kind, name: 'Error', message, ...place(stack, script), ...limitOf(limit, limits) });

/** `stack`: where the run stood, when the cell could tell. */
export const wallTimeout = (context: Context, stack?: string): ScriptFault =>
  ownFault('timeout', `Script timed out after ${context.limits.wallMs / 1000} s`, context, 'wallMs', stack);
export const cpuTimeout = (context: Context, stack?: string): ScriptFault =>
  ownFault('timeout', `Script timed out after ${context.limits.cpuMs} ms of CPU time`, context, 'cpuMs', stack);
export const memoryFault = (context: Context, stack?: string): ScriptFault =>
  ownFault('memory', 'Script exceeded its memory limit', context, 'memoryMb', stack);
export const crashFault = (context: Context): ScriptFault =>
  ownFault('crash', 'Script could not be run: the process that ran it ended', context);
/** It was run again after its process had gone, and this time it asked the outside for something else. */
export const divergedFault = (context: Context): ScriptFault =>
  ownFault('crash', 'Script could not be run again: its process ended after it had called out', context);
/** The script has bent what writes its output down. */
export const unreadableFault = (context: Context): ScriptFault =>
  ownFault('crash', 'Script left an output that cannot be read', context);
export const closedFault = (context: Context): ScriptFault =>
  ownFault('crash', 'Script could not be run: the server is shutting down', context);
