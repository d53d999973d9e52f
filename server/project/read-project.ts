// Server, project: reads the folder of an author: `sallyport.json`, `actions/` and `modules/`. Everything that is wrong with
// it is found at once and said with its place; nothing is guessed.
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TriggerId } from '#actions/triggers.ts';
import type { Project, ProjectAction, ProjectFault, ProjectModule, ProjectRead } from './project.ts';
import { type ProjectFile, parseProjectFile } from './project-file.ts';

export const PROJECT_FILE = 'sallyport.json';

/** Names of Actions and modules are names of files and, at a tenant, of Actions. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const NAME_RULE = 'letters, digits, "-" and "_", at most 100, a letter or digit first';
const ENDING = /\.[jt]s$/;
/** What may lie beside scripts without being one. */
const BESIDE = /^\.|\.d\.ts$|\.(?:test|spec)\.[cm]?[jt]s$|\.md$|\.map$/;
const LATEST_RUNTIME = 'node22';

type Folder = 'actions' | 'modules';
type Say = (fault: ProjectFault) => void;

/** The nearest folder from `from` upwards that holds `sallyport.json`; undefined when there is none. */
export function findProject(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROJECT_FILE))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** One line for people: `sallyport.json: bindings.0: …`. */
export const describeProjectFault = ({ file, path, message }: ProjectFault): string =>
  `${file}: ${path === undefined || path === '' ? '' : `${path}: `}${message}`;

/** Reads a project. Rejects only where files cannot be read for reasons of the machine. */
export async function readProject(folder: string): Promise<ProjectRead> {
  const read = await readProjectFile(folder);
  if ('faults' in read) return { ok: false, faults: read.faults };
  const { file } = read;
  const faults: ProjectFault[] = [];
  const say: Say = (fault) => faults.push(fault);
  const [actionFiles, moduleFiles, real] = await Promise.all([
    scriptsIn(folder, 'actions', say),
    scriptsIn(folder, 'modules', say),
    realpath(folder),
  ]);
  checkEntries(file, actionFiles, moduleFiles, say);
  if (faults.length > 0) return { ok: false, faults };

  const actions = [...actionFiles].map(([name, path]) => toAction(name, join(real, path), file));
  const modules = [...moduleFiles].map(([name, path]): ProjectModule => {
    const entry = file.modules[name];
    return { name, path: join(real, path), dependencies: toList(entry?.dependencies) };
  });
  const bindings = bindingsOf(file);
  checkBindings(bindings, actions, Array.isArray(file.bindings), say);
  if (faults.length > 0) return { ok: false, faults };
  const { tenant, factors, settings, fixtures } = file;
  const project = { folder: real, tenant, factors, settings, actions, modules, bindings, fixtures } as Project;
  return { ok: true, project };
}

async function readProjectFile(folder: string): Promise<{ file: ProjectFile } | { faults: ProjectFault[] }> {
  const refuse = (message: string) => ({ faults: [{ file: PROJECT_FILE, message }] });
  let text: string;
  try {
    text = await readFile(join(folder, PROJECT_FILE), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return refuse('is not there: a project is a folder with this file; `sallyport init` writes one');
    }
    if (code === 'EISDIR') return refuse('is a folder; a file is expected');
    if (code === 'EACCES') return refuse('may not be read by this user');
    throw error;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refuse(`is not JSON: ${(error as Error).message}`);
  }
  return parseProjectFile(parsed, PROJECT_FILE);
}

/** Names of the scripts of a folder, in order, with their paths below the project's. */
async function scriptsIn(folder: string, kind: Folder, say: Say): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let entries: import('node:fs').Dirent[];
  try {
    entries = await readdir(join(folder, kind), { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return found;
    if (code !== 'ENOTDIR') throw error;
    say({ file: kind, message: 'is a file; a folder is expected' });
    return found;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${kind}/${entry.name}`;
    if (BESIDE.test(entry.name)) continue;
    if (entry.isDirectory()) {
      say({ file: path, message: `is a folder; ${kind}/ holds files only, and what Actions share stands in modules/` });
      continue;
    }
    if (!ENDING.test(entry.name)) {
      say({ file: path, message: `is no script: its name has to end in .js or .ts` });
      continue;
    }
    const name = entry.name.replace(ENDING, '');
    const other = found.get(name);
    if (!NAME.test(name)) say({ file: path, message: `cannot be a name: ${NAME_RULE} are expected` });
    else if (other !== undefined) say({ file: path, message: `${other} has the same name; keep one of them` });
    else found.set(name, path);
  }
  return found;
}

/** What `sallyport.json` says of files that are not there. */
function checkEntries(
  file: ProjectFile,
  actions: ReadonlyMap<string, string>,
  modules: ReadonlyMap<string, string>,
  say: Say,
): void {
  const missing = (path: string, message: string) => say({ file: PROJECT_FILE, path, message });
  for (const [name, { modules: used }] of Object.entries(file.actions)) {
    if (!actions.has(name)) missing(`actions.${name}`, `there is no actions/${name}.js or .ts`);
    for (const [index, module] of used.entries()) {
      if (!modules.has(module)) {
        missing(`actions.${name}.modules.${index}`, `there is no modules/${module}.js or .ts`);
      }
    }
  }
  for (const name of Object.keys(file.modules)) {
    if (!modules.has(name)) missing(`modules.${name}`, `there is no modules/${name}.js or .ts`);
  }
  for (const name of Object.keys(file.fixtures.secrets)) {
    if (!actions.has(name)) missing(`fixtures.secrets.${name}`, `there is no Action of this name in actions/`);
  }
  for (const [name, { members = {} }] of Object.entries(file.fixtures.organizations)) {
    for (const member of Object.keys(members)) {
      if (Object.hasOwn(file.fixtures.users, member)) continue;
      missing(`fixtures.organizations.${name}.members.${member}`, `there is no user of this name in fixtures.users`);
    }
  }
}

type Bindings = Partial<Record<TriggerId, readonly string[]>>;

const bindingsOf = ({ bindings }: ProjectFile): Bindings =>
  Array.isArray(bindings) ? { 'post-login': bindings } : (bindings as Bindings);

function checkBindings(bindings: Bindings, actions: readonly ProjectAction[], isList: boolean, say: Say): void {
  for (const [trigger, names] of Object.entries(bindings)) {
    for (const [index, name] of names.entries()) {
      const path = isList ? `bindings.${index}` : `bindings.${trigger}.${index}`;
      const action = actions.find((each) => each.name === name);
      const refuse = (message: string) => say({ file: PROJECT_FILE, path, message });
      if (!action) refuse(`there is no actions/${name}.js or .ts`);
      else if (action.trigger !== trigger) {
        refuse(`${name} is an Action of ${action.trigger} and cannot be bound to ${trigger}`);
      } else if (names.indexOf(name) !== index) refuse(`${name} is bound twice`);
    }
  }
}

function toAction(name: string, path: string, file: ProjectFile): ProjectAction {
  const entry = Object.hasOwn(file.actions, name) ? file.actions[name] : undefined;
  return {
    name,
    path,
    trigger: entry?.trigger ?? 'post-login',
    runtime: entry?.runtime ?? file.runtime ?? LATEST_RUNTIME,
    dependencies: toList(entry?.dependencies),
    secrets: entry?.secrets ?? [],
    modules: entry?.modules ?? [],
  };
}

const toList = (dependencies: Readonly<Record<string, string>> = {}): { name: string; version: string }[] =>
  Object.entries(dependencies).map(([name, version]) => ({ name, version }));
