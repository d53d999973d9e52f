// Server, command line: `sallyport try`: one script against one event, in the real sandbox, and what came of it in words. No
// login is begun: what the script asked for is said and nothing of it is done.
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import type { TriggerId } from '#actions/triggers.ts';
import type { JsonObject } from '#storage/records.ts';
import { buildText } from '../project/build-action.ts';
import type { Project, ProjectAction } from '../project/project.ts';
import { describeProjectFault, findProject, readProject } from '../project/read-project.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { printable } from './printable.ts';
import { wordTrial } from './try/word-trial.ts';

const USAGE = `Usage: sallyport try --action <name or file> [options]

Runs one script once, in the sandbox of the server, and prints what it commanded, wrote to its console, called, and where
it failed. Nobody logs in. Without an event of yours it gets that of a login which is played for it.

  --action <name>         an Action of the project, or a path that begins with ./ or /
  --user <fixture>        whose login it is; without one, somebody without a second factor
  --organization <name>   an organization of the project's fixtures
  --client <name>         an application of the project's fixtures
  --event <file>          JSON that is laid over the event
  --set <path=value>      one property of the event, such as request.geoip.countryCode=DE; may be repeated
  --secret <name=value>   a secret of the script, in place of the project's; may be repeated
  --stub <route=file>     the answer to calls out: 'GET https://api.example.com/*=answer.json', or =404; may be repeated
  --continue              the second handler, as when somebody comes back from a redirect
  --trigger <id>          of a file that is no Action of the project (post-login)
  --print-event           prints the event and runs nothing
  --watch                 runs again at each save, until Ctrl-C
  --json                  one JSON object for each run instead of words

Examples:
  sallyport try --action second-factor --user ana
  sallyport try --action ./draft.ts --set user.email=ana@example.org
  sallyport try --action second-factor --user ana --print-event > event.json

Exit codes: 0 the script ran to its end, 1 it failed or could not be built, 2 wrong use.`;

const OPTIONS = {
  action: { type: 'string' },
  user: { type: 'string' },
  organization: { type: 'string' },
  client: { type: 'string' },
  event: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  secret: { type: 'string', multiple: true, default: [] as string[] },
  stub: { type: 'string', multiple: true, default: [] as string[] },
  continue: { type: 'boolean', default: false },
  trigger: { type: 'string' },
  'print-event': { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Options = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** What is tried: an Action of a project, or a file alone. */
type Script = Pick<ProjectAction, 'name' | 'path' | 'trigger' | 'dependencies' | 'modules'> & { folder: string };

export const tryScript: Command = {
  summary: 'runs one script against one event and says what it did',
  usage: USAGE,
  run: async (args, terminal) => {
    const options = readArguments(args, OPTIONS).values;
    if (!options.watch) return tryOnce(options, terminal);
    const { watchProject } = await import('./dev/watch-project.ts');
    const { project } = await findScript(options, terminal.cwd);
    if (!project) throw new UsageError('--watch needs a project: a folder with sallyport.json');
    await again(options, terminal);
    const watching = watchProject(project.folder, () => again(options, terminal));
    if (!terminal.ended.aborted) {
      await new Promise<void>((end) => terminal.ended.addEventListener('abort', () => end(), { once: true }));
    }
    watching.close();
    return 0;
  },
};

/** One of many: what is wrong now may be mended at the next save. */
async function again(options: Options, terminal: Terminal): Promise<void> {
  try {
    await tryOnce(options, terminal);
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof UsageError)) throw error;
    terminal.err(error.message);
  }
}

async function tryOnce(options: Options, terminal: Terminal): Promise<number> {
  const { script, project } = await findScript(options, terminal.cwd);
  const secrets = secretsOf(options.secret, project?.fixtures.secrets[script.name]);
  terminal.progress('Starting the sandbox …');
  // Loaded once everything that can be wrong about the call has been found.
  const { readStub } = await import('./try/stub-option.ts');
  const stubs = Object.fromEntries(await Promise.all(options.stub.map((stub) => readStub(stub, terminal.cwd))));
  const event = await eventOf(options, script, project, terminal.cwd);
  if (options['print-event']) {
    terminal.progress('');
    terminal.out(JSON.stringify(event, undefined, options.json ? undefined : 2));
    return 0;
  }
  const built = await buildText({
    folder: script.folder,
    fileName: basename(script.path),
    source: await readFile(script.path, 'utf8'),
    dependencies: script.dependencies,
    modules: (project?.modules ?? []).filter(({ name }) => script.modules.includes(name)),
  });
  if (!built.ok) {
    terminal.progress('');
    if (options.json) terminal.out(JSON.stringify({ action: script.name, ok: false, build_faults: built.faults }));
    else for (const { message } of built.faults) terminal.err(printable(message));
    return 1;
  }
  const { runOnce } = await import('./try/run-once.ts');
  const handler = handlerOf(script.trigger, options.continue);
  const { trigger, modules } = script;
  const tried = await runOnce({ script: built, trigger, handler, event, secrets, modules, stubs });
  terminal.progress('');
  const trial = { name: script.name, fileName: built.fileName, handler, event, tried };
  for (const line of wordTrial(trial, { json: options.json, colours: terminal.colours })) terminal.out(line);
  return tried.result.ok && tried.faults.length === 0 ? 0 : 1;
}

async function findScript(options: Options, cwd: string): Promise<{ script: Script; project?: Project }> {
  const { action, trigger } = options;
  if (action === undefined || action === '')
    throw new UsageError('--action is missing: the name of an Action, or ./file');
  const folder = findProject(cwd);
  const read = folder === undefined ? undefined : await readProject(folder);
  if (read && !read.ok) {
    throw new CommandError(read.faults.map((fault) => printable(describeProjectFault(fault))).join('\n  '));
  }
  const project = read?.project;
  const isPath = /^\.{0,2}[/\\]|\.[jt]s$/.test(action);
  const path = resolve(cwd, action);
  const known = project?.actions.find((each) => (isPath ? each.path === path : each.name === action));
  if (known && project) {
    if (trigger !== undefined && trigger !== known.trigger) {
      throw new UsageError(`--trigger is ${trigger}, but ${known.name} is an Action of ${known.trigger}`);
    }
    return { script: { ...known, folder: project.folder }, project };
  }
  if (!isPath) {
    const names = project?.actions.map(({ name }) => name).join(', ');
    throw new UsageError(
      project
        ? `there is no Action ${JSON.stringify(action)} in ${relative(cwd, project.folder) || '.'}; there are: ${names || 'none'}`
        : `there is no project here, so --action is a path such as ./${action}.js`,
    );
  }
  const name = basename(path).replace(/\.[jt]s$/, '');
  const alone = { name, path, trigger: triggerOf(trigger), dependencies: [], modules: [] };
  await readFile(path).catch((error: Error) => {
    throw new CommandError(`the script cannot be read: ${printable(error.message)}`);
  });
  return { script: { ...alone, folder: project?.folder ?? dirname(path) }, ...(project ? { project } : {}) };
}

/** By trigger, the handlers that it calls: at first, and when somebody comes back. */
const HANDLERS: Readonly<Record<TriggerId, readonly [string, string?]>> = {
  'post-login': ['onExecutePostLogin', 'onContinuePostLogin'],
  'credentials-exchange': ['onExecuteCredentialsExchange'],
  'pre-user-registration': ['onExecutePreUserRegistration'],
  'post-user-registration': ['onExecutePostUserRegistration'],
  'post-change-password': ['onExecutePostChangePassword'],
  'password-reset-post-challenge': ['onExecutePostChallenge', 'onContinuePostChallenge'],
  'custom-token-exchange': ['onExecuteCustomTokenExchange'],
  'send-phone-message': ['onExecuteSendPhoneMessage'],
  'custom-phone-provider': ['onExecuteCustomPhoneProvider'],
  'custom-email-provider': ['onExecuteCustomEmailProvider'],
};

function triggerOf(given = 'post-login'): TriggerId {
  if (Object.hasOwn(HANDLERS, given)) return given as TriggerId;
  throw new UsageError(`--trigger is ${JSON.stringify(given)}; expected one of ${Object.keys(HANDLERS).join(', ')}`);
}

function handlerOf(trigger: TriggerId, isBack: boolean): string {
  const [first, second] = HANDLERS[trigger];
  if (!isBack) return first;
  if (second === undefined) throw new UsageError(`--continue: Actions of ${trigger} have no second handler`);
  return second;
}

function secretsOf(given: readonly string[], kept: Readonly<Record<string, string>> = {}): Record<string, string> {
  const secrets = new Map(Object.entries(kept));
  for (const option of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(option) ?? [];
    // The value is not repeated: it is a secret.
    if (name === undefined || value === undefined) throw new UsageError('--secret is not of the form NAME=value');
    secrets.set(name, value);
  }
  return Object.fromEntries(secrets);
}

async function eventOf(
  { user, organization, client, event: file, set }: Options,
  { trigger }: Script,
  project: Project | undefined,
  cwd: string,
): Promise<JsonObject> {
  const { eventOfLogin, laidOver, madeUpEvent, withSetting } = await import('./try/sample-event.ts');
  const people = { user, organization, client };
  const named = Object.entries(people).flatMap(([kind, name]) => (name === undefined ? [] : [{ kind, name }]));
  if (named[0] && trigger !== 'post-login') throw new UsageError(`--${named[0].kind} is for Actions of post-login`);
  for (const { kind, name } of named) {
    const known = Object.keys(project?.fixtures[`${kind}s` as 'users'] ?? {});
    if (!known.includes(name)) {
      throw new UsageError(
        `--${kind} is ${JSON.stringify(name)}; sallyport.json names ${known.join(', ') || 'nobody'} under fixtures.${kind}s`,
      );
    }
  }
  const chosen = Object.fromEntries(named.map(({ kind, name }) => [kind, name]));
  let event =
    trigger === 'post-login'
      ? await eventOfLogin({ ...chosen, ...(project ? { project: project.folder } : {}) })
      : madeUpEvent(trigger);
  if (file !== undefined) event = laidOver(event, await readEvent(resolve(cwd, file)));
  for (const setting of set) event = withSetting(event, setting);
  return event;
}

async function readEvent(path: string): Promise<JsonObject> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new CommandError(
      `the event cannot be read: ${printable(error instanceof Error ? error.message : String(error))}`,
    );
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  throw new CommandError('the event is no JSON object.');
}
