// Server, command line, `try`: what came of a run, in lines for people or as one object.
import type { Json, JsonObject } from '#storage/records.ts';
import { commandText } from '../../timeline/words.ts';
import { paints } from '../paints.ts';
import { printable } from '../printable.ts';
import type { Tried } from './run-once.ts';

export type Trial = { name: string; fileName: string; handler: string; event: JsonObject; tried: Tried };

export function wordTrial(trial: Trial, { json, colours }: { json: boolean; colours: boolean }): string[] {
  return json ? [JSON.stringify(asJson(trial))] : asLines(trial, colours);
}

function asJson({ name, handler, tried: { result, commands, calls, faults } }: Trial): object {
  return {
    action: name,
    handler,
    ok: result.ok && faults.length === 0,
    duration_ms: rounded(result.wallMs),
    cpu_ms: rounded(result.cpuMs),
    commands: commands.map((command) => ({ ...command, words: textOf(command) })),
    logs: result.console,
    calls,
    faults,
    ...(result.ok ? {} : { error: result.fault }),
    ...(result.lateCalls === undefined ? {} : { late_calls: result.lateCalls }),
  };
}

function asLines({ fileName, handler, event, tried }: Trial, colours: boolean): string[] {
  const { result, commands, calls, faults } = tried;
  const { bold, dim, red, yellow } = paints(colours);
  const user = event.user as JsonObject | undefined;
  const whom = typeof user?.email === 'string' ? ` for ${user.email}` : '';
  const times = dim(`${rounded(result.wallMs)} ms, of which CPU ${rounded(result.cpuMs)} ms`);
  const lines = [`${bold(printable(fileName))} ${printable(`${handler}${whom}`)}  ${times}`];
  const section = (title: string, rows: readonly string[]) => {
    if (rows.length > 0) lines.push(`${title}:`, ...rows.map((row) => `  ${row}`));
  };
  section(
    'Console',
    result.console.flatMap(({ level, text, at }) =>
      text
        .split('\n')
        .map((line) => `${dim(`${level}:`)} ${printable(line)}${at === undefined ? '' : dim(`  ${printable(at)}`)}`),
    ),
  );
  section(
    'Calls',
    calls.map(({ method, url }) => printable(`${method} ${url}`)),
  );
  section(
    'Commands',
    commands.map((command) => printable(textOf(command))),
  );
  section(
    'Too late, after its end',
    (result.lateCalls ?? []).map((name) => yellow(printable(`api.${name}`))),
  );
  if (!result.ok) {
    const { at, name, message, stack } = result.fault;
    lines.push(red(printable(`${at === undefined ? '' : `${at}: `}${name}: ${message}`)));
    // The first frame is the place that was just named.
    for (const frame of stack.slice(1)) lines.push(dim(`  ${printable(frame)}`));
  } else if (commands.length === 0) {
    lines.push('It commanded nothing: the login would go on as it is.');
  }
  for (const fault of faults) lines.push(red(printable(fault)));
  return lines;
}

const textOf = ({ name, args }: { name: string; args: unknown[] }): string =>
  commandText({ name, args: args as Json[] });

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
