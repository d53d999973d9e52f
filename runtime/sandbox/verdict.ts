// What the answer of a cell means for its run: a result, or a fault with its text and place.

import {
  cpuTimeout,
  isBufferRefusal,
  memoryFault,
  type Said,
  scriptFault,
  unreadableFault,
  wallTimeout,
} from './faults.ts';
import { type CellMessage, type OutputLine, parseLeft, parseOutput } from './messages.ts';
import { type Ending, failed } from './runs.ts';
import type { ConsoleLine, RunRequest, Script, ScriptFault } from './sandbox.ts';
import { authorFrames, positionOf } from './stack-trace.ts';

function toLines(lines: OutputLine[], script: Script): ConsoleLine[] {
  return lines.map(({ level, text, stack }) => {
    const at = positionOf(authorFrames(stack, script));
    return { level, text, ...(at === undefined ? {} : { at }) };
  });
}

/** The ending of a run that drained. */
export function readDone(request: RunRequest, { output: json, cpuMs }: Extract<CellMessage, { type: 'done' }>): Ending {
  const output = parseOutput(json);
  if (output === undefined) return failed(unreadableFault(request), cpuMs);
  const { commands, late, fault } = output;
  const console = toLines(output.console, request.script);
  const rest = { console, cpuMs, ...(late.length > 0 ? { lateCalls: late } : {}) };
  if (fault === undefined) return { ok: true, commands, ...rest };
  if (isBufferRefusal(fault)) return { ok: false, fault: memoryFault(request, fault.stack), ...rest };
  return { ok: false, fault: scriptFault(fault.kind, fault, request, fault.limit), ...rest };
}

function faultOf(request: RunRequest, message: Ended, standing: string): ScriptFault {
  const said: Said = message;
  switch (message.cause) {
    case 'timeout':
      return message.full ? memoryFault(request, said.stack) : cpuTimeout(request, said.stack);
    case 'stopped':
      return wallTimeout(request, standing);
    case 'memory':
      return memoryFault(request);
    case 'threw':
    case 'exports':
      return scriptFault(message.cause, said, request);
  }
}

type Ended = Extract<CellMessage, { type: 'ended' }>;

/** The ending of a run that was cut off. */
export function readEnded(request: RunRequest, message: Ended): Ending {
  const { console, stack } = parseLeft(message.left);
  return {
    ok: false,
    fault: faultOf(request, message, stack),
    console: toLines(console, request.script),
    cpuMs: message.cpuMs,
  };
}
