// Server, command line: `sallyport convert rules` turns Rules and Hooks into Actions, and says what somebody must look at.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { type Conversion, convertScript } from '../conversion/convert-script.ts';
import { HANDLERS, type OldKind } from '../conversion/old-names.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { printable } from './printable.ts';
import { writeOnce } from './write-once.ts';

const KINDS = Object.keys(HANDLERS).filter((kind) => kind !== 'rule');

const USAGE = `Usage: sallyport convert rules <folder or file …> [options]

Turns Rules (function (user, context, callback) {…}) and Hooks (module.exports = function …) into Actions, one file each.
Rules and Hooks of Auth0 ended on 18 November 2026. What has no counterpart stays as it was, with a comment that begins
with "By hand", and is listed with the line of the old script. A folder is read with its .js files; a .json file of the
same name, as Auth0's deploy tool writes it, tells the trigger of a Hook and whether the script was on.

  --into <folder>       where Actions are written (actions/)
  --trigger <name>      of Hooks: ${KINDS.join(', ')}
  --dry-run             writes nothing
  --json                one JSON object instead of words

Nothing is overwritten: a file that is there and differs is named and left.

Examples:
  sallyport convert rules ./export/rules
  sallyport convert rules add-roles.js --into actions/ --dry-run

Exit codes: 0 all were converted; 1 one could not be, or its file is there; 2 wrong use.`;

const OPTIONS = {
  into: { type: 'string', default: 'actions' },
  trigger: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Converted = {
  from: string;
  to?: string;
  state: 'written' | 'same' | 'not written' | 'there already' | 'failed';
  /** It was switched off where it comes from. */
  off?: true;
} & Partial<Omit<Extract<Conversion, { ok: true }>, 'ok' | 'code'>> & { message?: string };

export const convert: Command = {
  summary: 'turn Rules and Hooks into Actions',
  usage: USAGE,
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, OPTIONS, { positionals: true });
    const [what, ...places] = positionals;
    if (what !== 'rules')
      throw new UsageError('say what is to be converted: `sallyport convert rules <folder or file …>`.');
    if (places.length === 0) throw new UsageError('name a folder or files with Rules or Hooks.');
    const { trigger, json } = values;
    if (trigger !== undefined && !KINDS.includes(trigger))
      throw new UsageError(`--trigger takes one of ${KINDS.join(', ')}.`);
    const files = (await Promise.all(places.map((place) => findScripts(resolve(terminal.cwd, place), place)))).flat();
    const into = resolve(terminal.cwd, values.into);
    const results: Converted[] = [];
    for (const file of files) {
      results.push(await convertFile(file, { into, cwd: terminal.cwd, write: !values['dry-run'], trigger }));
    }
    const failed = results.some(({ state }) => state === 'failed' || state === 'there already');
    if (json) terminal.out(JSON.stringify({ ok: !failed, scripts: results }));
    else report(results, terminal);
    return failed ? 1 : 0;
  },
};

async function findScripts(path: string, given: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CommandError(`there is no ${printable(given)}.`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.js')).sort();
  if (names.length === 0) throw new CommandError(`${printable(given)} holds no .js files.`);
  return names.map((name) => join(path, name));
}

type Where = { into: string; cwd: string; write: boolean; trigger: string | undefined };

async function convertFile(path: string, { into, cwd, write, trigger }: Where): Promise<Converted> {
  const from = relative(cwd, path);
  const name = basename(path, '.js');
  const told = await readSidecar(path);
  const kind = trigger ?? told.kind;
  const converted = convertScript(await readFile(path, 'utf8'), {
    name,
    ...(kind !== undefined && kind in HANDLERS ? { kind: kind as OldKind } : {}),
  });
  if (!converted.ok) return { from, state: 'failed', message: `line ${converted.line}: ${converted.message}` };
  const { ok: _, code, ...about } = converted;
  const to = join(into, `${actionName(name)}.js`);
  const state = write ? await writeOnce(to, code) : 'not written';
  return { from, to: relative(cwd, to), state, ...about, ...(told.off ? { off: true } : {}) };
}

/** What the deploy tool wrote beside it. */
async function readSidecar(path: string): Promise<{ kind?: string; off: boolean }> {
  try {
    const told = JSON.parse(await readFile(path.replace(/\.js$/, '.json'), 'utf8')) as Record<string, unknown>;
    return {
      ...(typeof told.triggerId === 'string' ? { kind: told.triggerId } : {}),
      off: told.enabled === false || told.active === false,
    };
  } catch {
    return { off: false };
  }
}

/** A name that a project takes. */
const actionName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '') || 'action';

function report(results: readonly Converted[], { out }: Terminal): void {
  const secrets = new Set<string>();
  for (const { from, to, state, off, human = [], dependencies = [], secrets: own = [], message, trigger } of results) {
    const note = off ? ', was switched off' : '';
    if (state === 'failed') {
      out(`✗ ${printable(from)}: ${printable(message ?? '')}`);
      continue;
    }
    out(
      `${state === 'there already' ? '✗' : '✓'} ${printable(from)} → ${printable(to ?? '')} (${trigger}${note})${state === 'written' ? '' : `: ${state}`}`,
    );
    for (const { line, message: what } of human) out(`     line ${line}: ${printable(what)}`);
    if (dependencies.length > 0)
      out(`     packages: ${printable(dependencies.map((each) => `${each.name}@${each.version}`).join(', '))}`);
    if (own.length > 0) out(`     secrets: ${printable(own.join(', '))}`);
    for (const name of own) secrets.add(name);
  }
  const byHand = results.reduce((sum, { human = [] }) => sum + human.length, 0);
  const made = results.filter(({ state }) => state !== 'failed').length;
  out(
    `${made} of ${results.length} converted; ${byHand === 0 ? 'nothing is left to be done by hand' : `${byHand} lines need a human`}.`,
  );
  out('Declare packages and secrets in sallyport.json, and bind the Actions in the order of the Rules.');
}
