// What became of an attack, and whether that is right. Besides its own expectation every attack is held to the same law:
// nothing of the host is seen, nothing is commanded that the script did not command, and what is told fits on one line.

import { isDeepStrictEqual } from 'node:util';
import { checkCommands } from '#runtime/pipeline/commands.ts';
import type { RunResult, ScriptFault } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import type { Attack, End } from './attack.ts';

const HOST_TRACES = /ESCAPED|isolated-vm|node:internal|node_modules|\/runtime\/sandbox\/|\bcell\/main\b/;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const FRAME = /^(?:at )?(?:.* \()?action\.js:\d+:\d+\)?$/s;
const MAX_LINES = 300;

export type Verdict = {
  end: End;
  /** For people: the fault's message, or what was commanded. */
  detail: string;
  /** What is wrong with it; empty when all is as it should be. */
  complaints: string[];
};

function endOf(result: RunResult, complain: (what: string) => void): End {
  if (!result.ok) return result.fault.kind;
  try {
    return checkCommands(result.commands).ok ? 'ok' : 'refused';
  } catch (error) {
    complain(`the host's check of commands threw ${String(error)}`);
    return 'ok';
  }
}

function judgeFault({ message, name, stack }: ScriptFault, complain: (what: string) => void): void {
  if (message === '' || message.length > 1024) complain(`a message of ${message.length} characters`);
  if (CONTROL.test(message) || CONTROL.test(name)) complain('control characters in a message');
  for (const frame of stack) {
    if (!FRAME.test(frame.trim())) complain(`a frame that is not in the author's file: ${frame.slice(0, 100)}`);
  }
}

function judgeConsole(result: RunResult, complain: (what: string) => void): void {
  const size = result.console.reduce((sum, { text }) => sum + text.length, 0);
  if (size > DEFAULT_LIMITS.consoleSize * 1.1) complain(`a console of ${size} characters`);
  if (result.console.length > MAX_LINES) complain(`a console of ${result.console.length} lines`);
}

function judgeSuccess(attack: Attack, result: RunResult & { ok: true }, complain: (what: string) => void): void {
  const { commands = [], lines, late } = attack.expect;
  if (commands !== 'its own' && !isDeepStrictEqual(result.commands, commands)) {
    complain(
      `commanded ${JSON.stringify(result.commands).slice(0, 300)}, expected ${JSON.stringify(commands).slice(0, 300)}`,
    );
  }
  const written = result.console.map(({ text }) => text);
  if (lines !== undefined && !isDeepStrictEqual(written, lines)) {
    complain(`wrote ${JSON.stringify(written).slice(0, 300)}, expected ${JSON.stringify(lines)}`);
  }
  if (late !== undefined && !isDeepStrictEqual(result.lateCalls ?? [], late)) {
    complain(`was late with ${JSON.stringify(result.lateCalls)}, expected ${JSON.stringify(late)}`);
  }
}

/** Judges one run of an attack. */
export function judge(attack: Attack, result: RunResult): Verdict {
  const complaints: string[] = [];
  const complain = (what: string): void => void complaints.push(what);
  const end = endOf(result, complain);
  const detail = result.ok ? `${result.commands.length} commands` : `${result.fault.name}: ${result.fault.message}`;
  const { ends, message } = attack.expect;
  if (!ends.includes(end)) complain(`ended ${end} (${detail.slice(0, 200)}), expected ${ends.join(' or ')}`);
  if (!result.ok && message !== undefined && !message.test(result.fault.message)) {
    complain(`said ${JSON.stringify(result.fault.message.slice(0, 200))}, expected ${message}`);
  }
  if (end === 'ok' && result.ok) judgeSuccess(attack, result, complain);
  if (!result.ok) judgeFault(result.fault, complain);
  judgeConsole(result, complain);
  const trace = HOST_TRACES.exec(JSON.stringify(result));
  if (trace !== null) complain(`shows something of the host: ${trace[0]}`);
  return { end, detail, complaints };
}
