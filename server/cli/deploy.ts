// Server, command line: `sallyport deploy` brings a project to a tenant. What would change is shown before anything is asked,
// and nothing changes before tests have passed and somebody has said yes.
import { resolve } from 'node:path';
import { readScopes, writeScopes } from '../deploy/asked-scopes.ts';
import { type CarryOut, carryOut } from '../deploy/carry-out.ts';
import { type Change, compare, strangers } from '../deploy/changes.ts';
import { type Rehearsed, rehearse } from '../deploy/rehearse.ts';
import { openSecretValues, requireSecretValues, type SecretValues } from '../deploy/secret-values.ts';
import { changeData, countChanges, showChanges } from '../deploy/show-changes.ts';
import { readPresent } from '../deploy/tenant-state.ts';
import { readWanted, type Wanted } from '../deploy/wanted.ts';
import type { LockoutReport } from '../lint/lockout-report.ts';
import { lockoutLines } from '../lint/word-lockout.ts';
import type { Project } from '../project/project.ts';
import { describeProjectFault, findProject, readProject } from '../project/read-project.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { jsonLine, printable } from './printable.ts';
import { openRemote, REMOTE_OPTIONS, REMOTE_USAGE, type Remote, RemoteRefusal } from './remote.ts';

const USAGE = `Usage: sallyport deploy [options]

Compares the project with the tenant, shows what would change, runs the project's tests, asks, and then writes:
Actions, modules, the bindings of triggers, and the factor switches and settings that sallyport.json names.

  --dry-run              shows what would change, and changes nothing; a Sallyport rehearses each write, and what it would
                         refuse makes the exit code 1
  --yes, -y              does not ask; needed where nobody can answer
  --skip-tests           does not run the tests first
  --only <name>          this Action and its modules, and nothing else of the tenant; may be repeated
  --no-bindings          leaves the bindings as they are
  --delete               deletes the Actions and modules at the tenant that the project does not have
  --secrets-file <file>  values of secrets: {"phone-first": {"API_KEY": "…"}};
                         else from the environment: SALLYPORT_SECRET_PHONE_FIRST_API_KEY
  --secrets-again        sends values of secrets that the tenant has already
  --project <folder>     (the nearest folder with sallyport.json)
  --json                 one JSON object instead of words

${REMOTE_USAGE}

Examples:
  SALLYPORT_CLIENT_ID=… SALLYPORT_CLIENT_SECRET=… sallyport deploy --url https://login.example.com
  sallyport deploy --domain tenant.eu.auth0.com --dry-run
  sallyport deploy --only phone-first --yes

Exit codes: 0 done, or nothing to do; 1 it failed or was not wanted; 2 wrong use.`;

const OPTIONS = {
  ...REMOTE_OPTIONS,
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  'skip-tests': { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  'no-bindings': { type: 'boolean', default: false },
  delete: { type: 'boolean', default: false },
  'secrets-file': { type: 'string' },
  'secrets-again': { type: 'boolean', default: false },
  project: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const deploy: Command = {
  summary: 'bring the project to a tenant, after its tests',
  usage: USAGE,
  run: async (args, terminal) => {
    const { values: options } = readArguments(args, OPTIONS);
    const { only, json, 'dry-run': dryRun, delete: remove } = options;
    if (remove && only.length > 0)
      throw new UsageError('--delete is about the whole project, --only about a part of it.');
    const project = await openProject(options.project, terminal);
    const remote = await openRemote(options, terminal);
    terminal.progress(`Reading ${remote.origin} …`);
    const wanted = await readWanted(project, { kind: remote.kind, only, bindings: !options['no-bindings'] });
    remote.need(['read:actions', ...readScopes(wanted)]);
    const present = await readPresent(remote, wanted);
    terminal.progress('');
    const changes = compare(wanted, present, { remove, secretsAgain: options['secrets-again'] });
    const others = only.length > 0 || remove ? [] : strangers(wanted, present);
    const report: Report = { remote, changes, others, json, terminal };
    if (changes.length === 0) return finish(report, 'nothing to do');

    if (!json) showPlan(report);
    const values = await openSecretValues(terminal, options['secrets-file']);
    if (!dryRun) {
      requireSecretValues(changes, values);
      remote.need(writeScopes(changes));
    }
    const lockout = await lockoutOf(remote, wanted, terminal);
    report.lockout = lockout;
    if (!json && lockout) sayLockout(lockout, terminal);
    if (dryRun) {
      if (remote.kind === 'sallyport') {
        terminal.progress('Rehearsing at the tenant …');
        report.rehearsed = await rehearse(changes, { remote, present, values });
        terminal.progress('');
        if (!json) sayRefusals(report.rehearsed, terminal);
      }
      return finish(report, 'dry run');
    }
    if (!options['skip-tests'] && !(await runTests(project, report))) {
      report.tests = 'failed';
      return finish(report, 'tests failed');
    }
    report.tests = options['skip-tests'] ? 'skipped' : 'passed';
    if (!options.yes && !(await ask(report))) return finish(report, 'not wanted');
    await write(report, { present, values });
    return finish(report, 'deployed');
  },
};

type Outcome = 'nothing to do' | 'dry run' | 'tests failed' | 'not wanted' | 'deployed';
type Report = {
  remote: Remote;
  changes: readonly Change[];
  /** Actions at the tenant that the project does not have, and that stay. */
  others: readonly string[];
  lockout?: LockoutReport | undefined;
  /** What the tenant itself says of a dry run; absent where it is not asked. */
  rehearsed?: readonly Rehearsed[];
  tests?: 'passed' | 'failed' | 'skipped';
  json: boolean;
  terminal: Terminal;
};

async function openProject(given: string | undefined, terminal: Terminal): Promise<Project> {
  const folder = given === undefined ? findProject(terminal.cwd) : resolve(terminal.cwd, given);
  if (folder === undefined) {
    throw new CommandError('there is no sallyport.json here or further up. `sallyport init` writes a project.');
  }
  const read = await readProject(folder);
  if (read.ok) return read.project;
  throw new CommandError(
    ['the project cannot be read:', ...read.faults.map((fault) => `  ${describeProjectFault(fault)}`)].join('\n'),
  );
}

const names = (record: object): boolean => Object.keys(record).length > 0;

function showPlan({ remote, changes, others, terminal }: Report): void {
  terminal.out(`To ${remote.origin} (${remote.kind === 'sallyport' ? 'Sallyport' : 'Auth0'}):`);
  terminal.out('');
  for (const line of showChanges(changes, terminal.colours)) terminal.out(line);
  if (others.length > 0) {
    terminal.out(`Also there, and left as it is: ${printable(others.join(', '))}`);
    terminal.out('');
  }
}

/** Undefined where the tenant does not tell: Auth0, and a Sallyport that refuses. */
async function lockoutOf(remote: Remote, wanted: Wanted, terminal: Terminal): Promise<LockoutReport | undefined> {
  if (remote.kind !== 'sallyport') return undefined;
  const actions = wanted.actions
    .filter(({ trigger }) => trigger === 'post-login')
    .map(({ name, code }) => ({ name, code }));
  const bindings = wanted.bindings['post-login'];
  const { customize_mfa_in_postlogin_action: customizeMfa } = wanted.settings;
  try {
    // As the tenant would be afterwards: a deployment may also switch factors off.
    return await remote.call<LockoutReport>('POST', '/actions/lockout', {
      actions,
      ...(bindings === undefined ? {} : { bindings }),
      ...(names(wanted.factors) ? { factors: wanted.factors } : {}),
      ...(typeof customizeMfa === 'boolean' ? { customize_mfa_in_postlogin_action: customizeMfa } : {}),
    });
  } catch (error) {
    if (!(error instanceof RemoteRefusal)) throw error;
    // A warning that cannot be had keeps nobody from anything, and its silence is no good news.
    terminal.err(`Who may not get through is not known: ${error.message}`);
    return undefined;
  }
}

function sayLockout(lockout: LockoutReport, terminal: Terminal): void {
  const lines = lockoutLines(lockout);
  if (lines.length === 0) return;
  terminal.out('Who may not get through (conditions are not evaluated):');
  for (const line of lines) terminal.out(`  ${line}`);
  terminal.out('');
}

function sayRefusals(rehearsed: readonly Rehearsed[], terminal: Terminal): void {
  for (const entry of rehearsed) {
    if ('refused' in entry)
      terminal.out(`The tenant would refuse ${printable(entry.name)}: ${printable(entry.refused)}`);
  }
}

/** As data they say nothing but the outcome, for standard output is for the answer. */
async function runTests({ folder }: Project, { terminal, json }: Report): Promise<boolean> {
  const { test } = await import('./test.ts');
  const code = await test.run(json ? ['--json'] : [], { ...terminal, cwd: folder, ...(json ? { out: () => {} } : {}) });
  return code === 0;
}

/** Throws `UsageError` where nobody can be asked. */
async function ask({ remote, changes, terminal }: Report): Promise<boolean> {
  if (!terminal.ask) {
    throw new UsageError('nobody can be asked here; --yes deploys without asking, --dry-run shows what would change.');
  }
  const these = changes.length === 1 ? 'this change' : `these ${changes.length} changes`;
  const answer = await terminal.ask(`Deploy ${these} to ${remote.origin}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

/** A refusal may quote what was sent. */
function withoutSecrets(message: string, changes: readonly Change[], values: SecretValues): string {
  const sent = changes
    .filter((change) => change.what === 'action')
    .flatMap(({ name, wanted }) => wanted.secrets.map((secret) => values(name, secret) ?? ''))
    .filter((value) => value !== '')
    .toSorted((a, b) => b.length - a.length);
  return sent.reduce((text, value) => text.replaceAll(value, '***'), message);
}

/** What has been done stands; whoever is told that it ended early is told what that means. */
async function write(
  { remote, terminal, changes, json }: Report,
  more: Pick<CarryOut, 'present' | 'values'>,
): Promise<void> {
  const tell = sayDone(terminal);
  const done: Change[] = [];
  const note = (change: Change) => {
    done.push(change);
    if (!json) tell(change);
  };
  try {
    await carryOut(changes, { remote, terminal, ...more, done: note });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const left = changes.some(({ what }) => what === 'bindings') && !done.some(({ what }) => what === 'bindings');
    const bound = left ? 'Nothing is bound yet. ' : '';
    throw new CommandError(
      `${withoutSecrets(error.message, changes, more.values)}\n${bound}${done.length} of ${countChanges(changes)} done; run it again to go on.`,
      { cause: error },
    );
  }
}

const sayDone = (terminal: Terminal) => (change: Change) => {
  const name = printable(change.name);
  terminal.out(
    {
      action: `deployed  ${name}`,
      module: `published ${name}`,
      removal: `deleted   ${name}`,
      bindings: `bound     ${name}`,
      factor: `switched  ${name}`,
      setting: `set       ${name}`,
    }[change.what],
  );
};

function finish(report: Report, outcome: Outcome): number {
  const { remote, changes, others, lockout, rehearsed, tests, json, terminal } = report;
  const refused = rehearsed?.some((entry) => 'refused' in entry) ?? false;
  const failed = outcome === 'tests failed' || outcome === 'not wanted' || refused;
  if (json) {
    terminal.out(
      jsonLine({
        outcome: outcome.replaceAll(' ', '_'),
        target: { url: remote.origin, kind: remote.kind },
        changes: changes.map(changeData),
        not_in_project: others,
        ...(lockout ? { lockout } : {}),
        ...(rehearsed ? { rehearsed } : {}),
        ...(tests ? { tests } : {}),
      }),
    );
    return failed ? 1 : 0;
  }
  const said = {
    'nothing to do': `Nothing to do: ${remote.origin} is what the project says.`,
    'dry run': refused
      ? `Dry run: not all of ${countChanges(changes)} would be taken by ${remote.origin}.`
      : `Dry run: ${countChanges(changes)} would be deployed to ${remote.origin}.`,
    'tests failed': 'The tests did not pass, so nothing was deployed. --skip-tests deploys all the same.',
    'not wanted': 'Nothing was deployed.',
    deployed: `Deployed ${countChanges(changes)} to ${remote.origin}.`,
  }[outcome];
  if (failed) terminal.err(said);
  else terminal.out(said);
  return failed ? 1 : 0;
}
