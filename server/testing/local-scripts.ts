// Server, harness: the Actions of a simulation, built as a deployment builds them, from a project's files, a path or a text.
// What a script is made of names its version, so that equal texts share what the sandbox keeps of them.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { BuildFault } from '#runtime/builds/builds.ts';
import { type ActionBuild, buildAction, buildText } from '../project/build-action.ts';
import { coverageFolder } from '../project/coverage-counts.ts';
import type { Project, ProjectAction } from '../project/project.ts';
import { SimulationError } from './misuse.ts';
import type { SimulatedAction } from './simulation.ts';

/** An Action that can be bound. `path`: absolute, of the author's file, where there is one. */
export type LocalScript = {
  name: string;
  versionId: string;
  code: string;
  script: string;
  map: string;
  fileName: string;
  path?: string;
  runtime: string;
  secrets: Readonly<Record<string, string>>;
  /** Names of the shared modules in it. */
  modules: readonly string[];
};

export type Place = {
  project: Project | undefined;
  /** Over those of the project, by Action, by name. */
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** In the order given; absent: what the project binds to post-login. Throws `SimulationError`. */
export async function readScripts(
  actions: readonly SimulatedAction[] | undefined,
  place: Place,
): Promise<LocalScript[]> {
  const wanted = actions ?? place.project?.bindings['post-login'] ?? [];
  const scripts = await Promise.all(wanted.map((action, index) => readScript(action, `action-${index + 1}`, place)));
  const names = scripts.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SimulationError(`actions names "${twice}" twice; an Action runs once in a login`);
  return scripts;
}

async function readScript(action: SimulatedAction, standIn: string, place: Place): Promise<LocalScript> {
  const { project, secrets } = place;
  if (typeof action !== 'string') {
    const { name = standIn, code, typescript = false, secrets: own = {} } = action;
    if (typeof code !== 'string') throw new SimulationError(`${name} has no code; expected { code: '…' } or a name`);
    const fileName = `${name.replace(/\.[jt]s$/, '')}.${typescript || name.endsWith('.ts') ? 'ts' : 'js'}`;
    const folder = project?.folder ?? process.cwd();
    const built = await buildText({ folder, fileName: fileName.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-'), source: code });
    return finish(name, code, built, { secrets: { ...own, ...secrets[name] } });
  }
  const folder = project?.folder ?? process.cwd();
  const isPath = /^\.{0,2}\//.test(action);
  const known = project?.actions.find(({ name, path }) =>
    isPath ? resolve(folder, action) === path : name === action,
  );
  if (known && project) return readProjectAction(project, known, secrets);
  if (!isPath) throw new SimulationError(unknown(action, project));
  const path = resolve(folder, action);
  const code = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SimulationError(`${path} cannot be read (${error.code ?? error.message})`);
  });
  const name = basename(path).replace(/\.[jt]s$/, '');
  const built = await buildText({ folder: dirname(path), fileName: basename(path), source: code });
  return finish(name, code, built, { path, secrets: { ...secrets[name] } });
}

async function readProjectAction(
  project: Project,
  action: ProjectAction,
  secrets: Place['secrets'],
): Promise<LocalScript> {
  const { name, path, modules, runtime } = action;
  const coverage = coverageFolder() !== undefined;
  const [code, built] = await Promise.all([readFile(path, 'utf8'), buildAction(project, action, { coverage })]);
  return finish(name, code, built, {
    path,
    modules,
    runtime,
    secrets: { ...project.fixtures.secrets[name], ...secrets[name] },
  });
}

function finish(
  name: string,
  code: string,
  built: ActionBuild,
  more: Partial<LocalScript> & Pick<LocalScript, 'secrets'>,
): LocalScript {
  if (!built.ok) throw new SimulationError(refused(name, built.faults));
  const { script, map, fileName } = built;
  const made = { name, code, script, map, fileName, runtime: 'node22', modules: [], ...more };
  return { ...made, versionId: idOf(made.fileName, script, map, ...made.modules) };
}

const refused = (name: string, faults: readonly BuildFault[]): string =>
  [`The Action "${name}" cannot be built:`, ...faults.map(({ message }) => `  ${message}`)].join('\n');

function unknown(name: string, project: Project | undefined): string {
  if (!project) {
    return `"${name}" is the name of an Action, and no sallyport.json was found here or above. Give a path that begins with "./", { code: '…' }, or the project's folder as project.`;
  }
  const names = project.actions.map((action) => action.name).join(', ') || 'none';
  return `The project in ${project.folder} has no Action "${name}". It has: ${names}.`;
}

/** A UUID that follows from texts. */
export function idOf(...texts: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
