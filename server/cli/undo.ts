// Server, command line: `sallyport undo` puts a change back by its line in the tenant's log. What would change is shown first,
// and nothing changes before somebody has said yes.
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { type Paints, paints } from './paints.ts';
import { jsonLine, printable } from './printable.ts';
import { openRemote, REMOTE_OPTIONS, REMOTE_USAGE, type Remote } from './remote.ts';

const USAGE = `Usage: sallyport undo [<log id>] [options]

Puts a change of Actions, bindings or settings back, by the id of its line in the tenant's log (sapi). Without an id it
lists the latest changes. The undoing has a line of its own, by which it is undone in turn.

  --force    also where the same has been changed since
  --dry-run  shows what would change, and changes nothing
  --yes, -y  does not ask; needed where nobody can answer
  --json     one JSON object instead of words

${REMOTE_USAGE}

Examples:
  sallyport undo --url https://login.example.com
  sallyport undo 90020261122083000123000000000000000000000000000000000001 --dry-run

Exit codes: 0 done; 1 it failed or was not wanted; 2 wrong use.`;

const OPTIONS = {
  ...REMOTE_OPTIONS,
  force: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  json: { type: 'boolean', default: false },
} as const;

const LISTED = 20;

type ToldUndo = { undo: { log_id: string; method: string; path: string; notes: string[] } };
type Rehearsed = ToldUndo & { diff: Record<string, unknown> };
type Undone = ToldUndo & { log_id: string };
type Line = { log_id: string; date: string; description: string; client_id: string };

export const undo: Command = {
  summary: 'put a change back, by its line in the log',
  usage: USAGE,
  run: async (args, terminal) => {
    const { values: options, positionals } = readArguments(args, OPTIONS, { positionals: true });
    const [id, ...more] = positionals;
    if (more.length > 0) throw new UsageError('give one id of a log line.');
    if (id !== undefined && !/^\d{1,64}$/.test(id)) throw new UsageError('the id of a log line is a number.');
    const remote = await openRemote(options, terminal);
    if (remote.kind !== 'sallyport')
      throw new CommandError(`${remote.origin} is a tenant of Auth0, which undoes nothing.`);
    const { json } = options;
    if (id === undefined) return listChanges(remote, terminal, json);
    const path = `/logs/${id}/undo`;
    const query = options.force ? 'force=true' : '';
    const foreseen = await remote.call<Rehearsed>('POST', `${path}?dry_run=true${query && `&${query}`}`);
    if (!json) showForeseen(foreseen, terminal);
    if (options['dry-run']) {
      if (json) terminal.out(jsonLine({ outcome: 'dry_run', ...foreseen }));
      return 0;
    }
    if (!options.yes && !(await ask(remote, terminal))) {
      if (json) terminal.out(jsonLine({ outcome: 'not_wanted', ...foreseen }));
      else terminal.err('Nothing was changed.');
      return 1;
    }
    const undone = await remote.call<Undone>('POST', `${path}${query && `?${query}`}`);
    if (json) terminal.out(jsonLine({ outcome: 'undone', ...foreseen, ...undone }));
    else terminal.out(`Undone. To have it again: sallyport undo ${printable(undone.log_id)}`);
    return 0;
  },
};

async function listChanges(remote: Remote, terminal: Terminal, json: boolean): Promise<number> {
  const lines = await remote.call<Line[]>('GET', `/logs?q=${encodeURIComponent('type:sapi')}&per_page=${LISTED}`);
  if (json) terminal.out(jsonLine({ outcome: 'listed', changes: lines }));
  else {
    for (const { log_id: id, date, description, client_id: client } of lines) {
      terminal.out([date, id, printable(description), printable(client)].join('  '));
    }
  }
  return 0;
}

/** Throws `UsageError` where nobody can be asked. */
async function ask(remote: Remote, terminal: Terminal): Promise<boolean> {
  if (!terminal.ask) {
    throw new UsageError('nobody can be asked here; --yes undoes without asking, --dry-run shows what would change.');
  }
  const answer = await terminal.ask(`Undo this at ${remote.origin}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

function showForeseen({ undo: { method, path, notes }, diff }: Rehearsed, terminal: Terminal): void {
  const ink = paints(terminal.colours);
  terminal.out(ink.bold(`${method} ${printable(path)}`));
  for (const line of leavesOf(diff, [], ink)) terminal.out(line);
  for (const note of notes) terminal.out(ink.yellow(`  ${printable(note)}`));
}

type Side = { before?: unknown; after?: unknown };

/** The tree of a difference, a line for each of its leaves. */
function leavesOf(tree: Record<string, unknown>, path: readonly string[], ink: Paints): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const at = [...path, name];
    if (typeof value !== 'object' || value === null) return [];
    if (!isLeaf(value)) return leavesOf(value as Record<string, unknown>, at, ink);
    const { before, after } = value as Side;
    const side = (sign: string, shown: unknown) => `  ${sign} ${printable(at.join('.'))}: ${short(shown)}`;
    return [
      ...(before === undefined ? [] : [ink.red(side('-', before))]),
      ...(after === undefined ? [] : [ink.green(side('+', after))]),
    ];
  });
}

const isLeaf = (value: object): boolean => {
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => name === 'before' || name === 'after');
};

const LONGEST = 200;

function short(value: unknown): string {
  const text = printable(JSON.stringify(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
