// Server, command line: `sallyport import auth0` makes a project of what Auth0's deploy tool exported, and says what became of
// everything in it.
import { resolve } from 'node:path';
import { type ImportNote, planProject } from '../migration/plan-project.ts';
import { pushExport } from '../migration/push-export.ts';
import { readExport } from '../migration/read-export.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { printable } from './printable.ts';
import { openRemote, REMOTE_OPTIONS, REMOTE_USAGE } from './remote.ts';
import { writeOnce } from './write-once.ts';

const USAGE = `Usage: sallyport import auth0 <export folder or tenant.yaml> [options]

Reads what Auth0's deploy tool exported (directory or YAML format) and writes a project: sallyport.json with bindings, factor
switches and settings, actions/ and modules/. What a project does not hold is listed, with the reason. Placeholders
(##KEY##, @@KEY@@) are kept and named. Values of secrets are never in an export.

  --into <folder>   where the project is written (.)
  --tenant <name>   name of the tenant in sallyport.json (dev)
  --to-tenant       also makes roles, APIs, applications and connections at a tenant; those of a name that is there stay
  --dry-run         writes nothing, here or there
  --json            one JSON object instead of words

Nothing is overwritten: a file that is there and differs is named and left.

${REMOTE_USAGE}

Examples:
  sallyport import auth0 ./export --into ./login-scripts
  sallyport import auth0 ./export --to-tenant --url https://login.example.com

Exit codes: 0 done, perhaps with things left to do; 1 a file is there already, or it failed; 2 wrong use.`;

const OPTIONS = {
  ...REMOTE_OPTIONS,
  into: { type: 'string', default: '.' },
  tenant: { type: 'string', default: 'dev' },
  'to-tenant': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export const importAuth0: Command = {
  summary: 'make a project of what was exported from Auth0',
  usage: USAGE,
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, OPTIONS, { positionals: true });
    const [from, place, ...more] = positionals;
    if (from !== 'auth0') throw new UsageError('say where it comes from: `sallyport import auth0 <export folder>`.');
    if (place === undefined || more.length > 0)
      throw new UsageError('name one folder with an export, or its tenant.yaml.');
    const { tenant, into, json, 'dry-run': dry } = values;
    if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(tenant))
      throw new UsageError('--tenant takes lower-case letters, digits and "-".');
    const read = await readExport(resolve(terminal.cwd, place));
    if (!read)
      throw new CommandError(
        `${printable(place)} is no export: it holds neither tenant.yaml nor folders such as actions/.`,
      );
    // Who cannot be reached is found out before anything is written.
    const remote = values['to-tenant'] && !dry ? await openRemote(values, terminal) : undefined;
    const { files, notes } = planProject(read, tenant);
    const written: { path: string; state: string }[] = [];
    for (const { path, text } of files) {
      const state = dry ? 'not written' : await writeOnce(resolve(terminal.cwd, into, path), text);
      written.push({ path, state });
    }
    if (remote) {
      terminal.progress(`writing to ${remote.origin} …`);
      notes.push(...(await pushExport(read, remote)));
      terminal.progress('');
    } else notes.push(...leftAtHome(read));
    const clash = written.some(({ state }) => state === 'there already');
    if (json) terminal.out(JSON.stringify({ ok: !clash, files: written, notes }));
    else report(written, notes, terminal);
    return clash ? 1 : 0;
  },
};

function leftAtHome(read: NonNullable<Awaited<ReturnType<typeof readExport>>>): ImportNote[] {
  const counts = {
    roles: read.roles,
    APIs: read.resourceServers,
    applications: read.clients,
    connections: read.connections,
  };
  return Object.entries(counts)
    .filter(([, all]) => all.length > 0)
    .map(([what, all]) => ({
      state: 'left',
      what: `${all.length} ${what}`,
      why: '--to-tenant makes them at a tenant',
    }));
}

const HEADS = { taken: 'Taken:', left: 'Left:', human: 'For a human:' };

function report(
  written: readonly { path: string; state: string }[],
  notes: readonly ImportNote[],
  { out }: Terminal,
): void {
  for (const { path, state } of written)
    out(`${state === 'there already' ? '✗' : '✓'} ${printable(path)}${state === 'written' ? '' : `: ${state}`}`);
  for (const state of ['taken', 'left', 'human'] as const) {
    const all = notes.filter((note) => note.state === state);
    if (all.length > 0) out(HEADS[state]);
    for (const { what, why } of all) out(`  ${printable(what)}${why === undefined ? '' : `: ${printable(why)}`}`);
  }
  if (written.some(({ state }) => state === 'there already'))
    out('Files that are there and differ were left: move them, or give another folder with --into.');
}
