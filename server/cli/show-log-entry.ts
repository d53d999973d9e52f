// Server, command line: a run or a log line for people: when, what, who, and below it what was commanded, printed and thrown.
import type { Json } from '#storage/records.ts';
import { commandText } from '../timeline/words.ts';
import type { Entry, LogLine, Run } from './log-entries.ts';
import type { Paints } from './paints.ts';
import { printable, printableLines } from './printable.ts';

const TYPE_WIDTH = 24;
const plain = (text: string): string => text;
const INDENT = ' '.repeat(10);

/** Lines of one entry. Times are UTC. */
export function showEntry(entry: Entry, paints: Paints): string[] {
  const time = paints.dim(`${new Date(entry.at).toISOString().slice(11, 19)}Z`);
  return entry.kind === 'run' ? showRun(time, entry.run, paints) : [showLine(time, entry.line, paints)];
}

/** The day of an entry, which is said once. */
export const dayOf = ({ at }: Entry): string => at.slice(0, 10);

function showRun(time: string, run: Run, paints: Paints): string[] {
  const { dropped, error, version_number: version } = run;
  const name = `${printable(run.action_name)}${version === undefined ? '' : ` v${version}`}`;
  const took = run.duration_ms === undefined ? '' : `  ${run.duration_ms.toFixed(1)} ms`;
  const who = run.user_id === undefined ? '' : `  ${printable(run.user_id)}`;
  const place = (at: string | undefined) => (at === undefined ? '' : paints.dim(`  ${printable(at)}`));
  const below = (text: string) => `${INDENT}${text}`;
  return [
    ...(dropped ? [paints.yellow(below(`${dropped} runs before this one were too many to be told.`))] : []),
    `${time} ${(error ? paints.red : paints.cyan)('run'.padEnd(TYPE_WIDTH))} ${paints.bold(name)}${paints.dim(`${took}${who}`)}`,
    ...(run.logs ?? []).flatMap(({ level, text, at }) => {
      const [first = '', ...more] = printableLines(text);
      const tone = level === 'error' ? paints.red : level === 'warn' ? paints.yellow : plain;
      return [
        below(`${paints.dim(printable(level).padEnd(6))} ${tone(first)}${place(at)}`),
        ...more.map((line) => below(`${' '.repeat(7)}${tone(line)}`)),
      ];
    }),
    ...(run.commands ?? []).map(({ name: method, args }) => {
      const words = commandText({ name: method, ...(args ? { args: args as Json[] } : {}) });
      return below(`${paints.dim('→')} ${(method === 'access.deny' ? paints.red : plain)(printable(words))}`);
    }),
    ...(error
      ? [below(`${paints.red(`✗ ${printable(`${error.name ?? error.id}: ${error.msg ?? ''}`)}`)}${place(error.at)}`)]
      : []),
  ];
}

function showLine(time: string, line: LogLine, paints: Paints): string {
  const who = line.user_name || line.user_id || '';
  const rest = [who, line.client_name ?? '', line.ip ?? ''].filter((text) => text !== '').join('  ');
  const type = toneOf(line.type, paints)(printable(line.type).padEnd(TYPE_WIDTH));
  return `${time} ${type} ${printable(line.description || '–')}${rest === '' ? '' : paints.dim(`  ${printable(rest)}`)}`;
}

/** Red where somebody did not get through, yellow where somebody should look, green where somebody did. */
function toneOf(type: string, paints: Paints): (text: string) => string {
  if (/^(f|fp|fu|fs|fsa|fe\w*|limit_\w+|actions_execution_failed|gd_\w*(failed|failure|rejected|exceed))$/.test(type)) {
    return paints.red;
  }
  if (/^(w|mfar|depnote|api_limit\w*|fn)$/.test(type)) return paints.yellow;
  return /^(s|ss|ssa|gd_auth_succeed|gd_enrollment_complete)$/.test(type) ? paints.green : plain;
}
