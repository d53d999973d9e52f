// Server, command line: `sallyport replay` asks a tenant what its recorded logins would have come to with other scripts.
// Nothing changes there; the scripts run there too, on what was recorded.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Project, ProjectAction } from '../project/project.ts';
import { describeProjectFault, findProject, readProject } from '../project/read-project.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { openRemote, REMOTE_OPTIONS, REMOTE_USAGE, type Remote, RemoteRefusal } from './remote.ts';
import { type ReplayReport, replayLines } from './replay-words.ts';

const USAGE = `Usage: sallyport replay [--since 7d] [options]

Runs the tenant's recorded logins through the scripts of the project (or through the tenant's drafts) and
shows which decisions change: denied, asked for other factors, other claims. Clock, dice and outside calls are
those of the recording; nothing is called, sent or written. The tenant records logins while its setting
record_logins is true.

  --since <time>      7d, 12h, 30m, or a time of ISO 8601 (7d)
  --until <time>      (now)
  --project <folder>  the scripts and bindings of this project (the nearest folder with sallyport.json)
  --draft             the drafts at the tenant that are not deployed, in place of a project
  --action <name>     only this Action is replaced, and only logins in which it ran are looked at
  --user <id>         only logins of this person
  --limit <number>    at most so many logins, newest first (1000)
  --fail-on-change    exit code 1 when a decision changes
  --json              one JSON object instead of words

${REMOTE_USAGE}

Examples:
  sallyport replay --url https://login.example.com
  sallyport replay --since 24h --action phone-first --fail-on-change
  sallyport replay --since 2026-01-01T00:00:00Z --draft --json

Exit codes: 0 done; 1 it failed, or a decision changes and --fail-on-change was given; 2 wrong use.`;

const OPTIONS = {
  ...REMOTE_OPTIONS,
  since: { type: 'string', default: '7d' },
  until: { type: 'string' },
  project: { type: 'string' },
  draft: { type: 'boolean', default: false },
  action: { type: 'string' },
  user: { type: 'string' },
  limit: { type: 'string', default: '1000' },
  'fail-on-change': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const TRIGGER = 'post-login';
/** Logins of one call: so often the person who waits is told how far it has come. */
const PAGE = 100;
const MOST_LOGINS = 100_000;

export const replay: Command = {
  summary: 'run recorded logins through other scripts and show which decisions change',
  usage: USAGE,
  run: async (args, terminal) => {
    const { values: options } = readArguments(args, OPTIONS);
    const now = Date.now();
    const since = timeOf('--since', options.since, now);
    const until = options.until === undefined ? now : timeOf('--until', options.until, now);
    if (since >= until) throw new UsageError('--since must be before --until.');
    const limit = Number(options.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LOGINS) {
      throw new UsageError(`--limit is ${JSON.stringify(options.limit)}; expected a number from 1 to ${MOST_LOGINS}.`);
    }
    const project = await openProject(options, terminal);
    const tried = project ? await draftsOf(project, options.action) : undefined;
    terminal.progress('Reaching the tenant …');
    const remote = await openRemote(options, terminal);
    if (remote.kind !== 'sallyport') {
      throw new CommandError(
        `${remote.origin} is a tenant of Auth0, which records no logins; replay needs a Sallyport tenant.`,
      );
    }
    remote.need(['create:actions', ...(options.action === undefined ? [] : ['read:actions'])]);
    const action = options.action === undefined ? undefined : await findAction(remote, options.action);
    const asked = {
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      ...(options.user === undefined ? {} : { user_id: options.user }),
      ...(action === undefined ? {} : { action_id: action }),
      ...(tried ?? { drafts: action === undefined ? 'draft' : [{ id: action }] }),
    };
    const report = await replayAll(remote, asked, limit, terminal);
    terminal.progress('');
    if (options.json) terminal.out(JSON.stringify(report));
    else say(report, project, terminal);
    const changes = Object.values(report.changed).some((number) => number > 0);
    return options['fail-on-change'] && changes ? 1 : 0;
  },
};

function say(report: ReplayReport, project: Project | undefined, terminal: Terminal): void {
  for (const line of replayLines(report, terminal.colours)) terminal.out(line);
  if (report.unbound.length > 0) {
    const names = report.unbound.join(', ');
    terminal.err(`Warning: nothing binds ${names}${project ? '; name it in bindings of sallyport.json' : ''}.`);
  }
  if (report.not_recorded === report.logins) {
    terminal.err(
      'Logins are recorded while record_logins is true: PATCH /api/v2/tenants/settings, docs/record-and-replay.md.',
    );
  }
}

/** `7d` before now, or a time as it is written. */
function timeOf(option: string, text: string, now: number): number {
  const [, number, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
  if (number !== undefined && unit !== undefined) return now - Number(number) * (units[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(
      `${option} is ${JSON.stringify(text)}; expected 7d, 12h, 30m, or a time such as 2026-01-15T12:00:00Z.`,
    );
  }
  return time;
}

/** The project that is meant; undefined: the drafts at the tenant. */
async function openProject(
  { draft, project: named }: { draft: boolean; project?: string | undefined },
  terminal: Terminal,
): Promise<Project | undefined> {
  if (draft && named !== undefined) throw new UsageError('--draft and --project are two sources of scripts; give one.');
  const folder = draft ? undefined : named === undefined ? findProject(terminal.cwd) : resolve(terminal.cwd, named);
  if (folder === undefined) return undefined;
  const read = await readProject(folder);
  if (read.ok) return read.project;
  throw new CommandError(['the project cannot be read:', ...read.faults.map(describeProjectFault)].join('\n  '));
}

/** What is sent of a project: texts, as they are. */
async function draftsOf(project: Project, only: string | undefined) {
  const actions = project.actions.filter(
    ({ name, trigger }) => trigger === TRIGGER && (only === undefined || name === only),
  );
  if (actions.length === 0) {
    throw new CommandError(
      only === undefined
        ? 'the project has no Action of post-login.'
        : `the project has no Action of post-login named ${only}; those of the tenant are meant with --draft.`,
    );
  }
  const { bindings } = project;
  return {
    drafts: await Promise.all(actions.map((action) => draftOf(project, action))),
    ...(only === undefined && bindings[TRIGGER]?.length ? { bindings: bindings[TRIGGER] } : {}),
  };
}

async function draftOf(project: Project, { name, path, dependencies, modules }: ProjectAction) {
  const used = project.modules.filter((module) => modules.includes(module.name));
  const texts = used.map(async (module) => ({
    name: module.name,
    code: await readFile(module.path, 'utf8'),
    dependencies: module.dependencies,
  }));
  return { name, code: await readFile(path, 'utf8'), dependencies, modules: await Promise.all(texts) };
}

async function findAction(remote: Remote, name: string): Promise<string> {
  const query = new URLSearchParams({ actionName: name, triggerId: TRIGGER });
  const found = await remote.list<{ id: string }>(`/actions/actions?${query}`, 'actions', 2);
  const [action] = found;
  if (!action) throw new CommandError(`${remote.origin} has no Action of post-login named ${name}.`);
  if (found.length > 1) throw new CommandError(`${remote.origin} has several Actions named ${name}.`);
  return action.id;
}

type Page = Omit<ReplayReport, 'complete'> & { next?: string };

/** Page after page, put together. */
async function replayAll(remote: Remote, asked: object, limit: number, terminal: Terminal): Promise<ReplayReport> {
  terminal.progress(`Replaying at ${remote.origin} …`);
  let report: ReplayReport | undefined;
  for (let from: string | undefined; ; ) {
    const page: Page = await call(remote, {
      ...asked,
      limit: Math.min(PAGE, limit - (report?.logins ?? 0)),
      ...(from === undefined ? {} : { from }),
    });
    const { next, ...found } = page;
    report = report ? together(report, found) : { ...found, complete: false };
    from = next;
    if (from === undefined) return { ...report, complete: true };
    if (report.logins >= limit) return report;
    terminal.progress(
      `Replaying at ${remote.origin} … ${report.logins} logins, ${report.logins_changed} of them differ`,
    );
  }
}

async function call(remote: Remote, body: object): Promise<Page> {
  try {
    return await remote.call<Page>('POST', '/actions/replay', body);
  } catch (error) {
    if (!(error instanceof RemoteRefusal) || error.status !== 404) throw error;
    throw new CommandError(`${remote.origin} does not know replays: its Sallyport is older than this command.`);
  }
}

function together(one: ReplayReport, other: Omit<Page, 'next'>): ReplayReport {
  const changed = { ...one.changed };
  for (const [change, number] of Object.entries(other.changed)) changed[change] = (changed[change] ?? 0) + number;
  const leftOut = (one.changes_left_out ?? 0) + (other.changes_left_out ?? 0);
  return {
    ...one,
    logins: one.logins + other.logins,
    logins_changed: one.logins_changed + other.logins_changed,
    not_recorded: one.not_recorded + other.not_recorded,
    runs: one.runs + other.runs,
    same: one.same + other.same,
    not_reached: one.not_reached + other.not_reached,
    unknown: one.unknown + other.unknown,
    changed,
    changes: [...one.changes, ...other.changes],
    ...(leftOut === 0 ? {} : { changes_left_out: leftOut }),
  };
}
