// Server, project: from an author's text to the file that a tenant would run, in this process and in milliseconds. It is what
// a build of the server does, except that packages come from the project's own `node_modules` and nothing is fetched.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { BuildRequest, BuildResult, Dependency } from '#runtime/builds/builds.ts';
import { bundleTexts, type ReadTexts, readTexts } from '#runtime/builds/process/build-script.ts';
import { checkDependencies } from '#runtime/builds/process/dependencies.ts';
import { parseMarked, withoutMapComments } from '#runtime/builds/process/parse.ts';
import { COUNTED_EXPORTS, countersHead, coverageKey, hitsName } from './coverage-counts.ts';
import { findPackages, packageFolders } from './installed-packages.ts';
import { markText } from './mark-text.ts';
import type { Project, ProjectAction, ProjectModule } from './project.ts';

/** Dependencies are at the versions that are installed. */
export type ActionBuild = BuildResult;

export type TextBuild = {
  /** The project's folder; packages are looked for in `node_modules` of it and of those above. */
  folder: string;
  /** `phone-first.js`; one that ends in `.ts` is TypeScript. */
  fileName: string;
  source: string;
  dependencies?: readonly Dependency[];
  modules?: readonly ProjectModule[];
  /** Counters are written into the texts; the Action's is known by this path, e.g. `actions/phone-first.js`. */
  coverage?: string;
};

/** What was built in this process, by everything that it was built from. */
const built = new Map<string, Promise<ActionBuild>>();
const MOST_KEPT = 500;

/** Builds an Action of a project. Faults are the author's; it rejects where its file cannot be read. */
export async function buildAction(
  project: Pick<Project, 'folder' | 'modules'>,
  action: Pick<ProjectAction, 'path' | 'dependencies' | 'modules'>,
  { coverage = false }: { coverage?: boolean } = {},
): Promise<ActionBuild> {
  const path = relative(project.folder, action.path).replaceAll(sep, '/');
  return buildText({
    folder: project.folder,
    fileName: path.slice(path.lastIndexOf('/') + 1),
    source: await readFile(action.path, 'utf8'),
    dependencies: action.dependencies,
    modules: project.modules.filter(({ name }) => action.modules.includes(name)),
    ...(coverage ? { coverage: path } : {}),
  });
}

/** Builds a text. Equal requests are built once in a process. */
export async function buildText(request: TextBuild): Promise<ActionBuild> {
  const { folder, fileName, source, coverage } = request;
  const dependencies = [...(request.dependencies ?? [])];
  const modules = await Promise.all(
    (request.modules ?? []).map(async (module) => ({
      name: module.name,
      path: relative(folder, module.path).replaceAll(sep, '/'),
      source: await readFile(module.path, 'utf8'),
      dependencies: [...module.dependencies],
    })),
  );
  const order = { fileName, source, dependencies, modules };
  const refused = checkDependencies(order);
  if (refused.length > 0) return { ok: false, faults: refused };
  const installed = findPackages(folder, [dependencies, ...modules.map((module) => module.dependencies)]);
  if (!installed.ok) return installed;

  const everything = JSON.stringify([folder, order, coverage, [...installed.versions]]);
  const key = createHash('sha256').update(everything).digest('base64url');
  let build = built.get(key);
  if (build === undefined) {
    const paths = coverage === undefined ? undefined : [coverage, ...modules.map(({ path }) => path)];
    build = make(order, folder, installed.versions, paths);
    if (built.size >= MOST_KEPT) built.clear();
    built.set(key, build);
    // A fault of ours is not kept.
    build.catch(() => built.delete(key));
  }
  return build;
}

async function make(
  order: BuildRequest,
  folder: string,
  versions: ReadonlyMap<string, string>,
  paths: readonly string[] | undefined,
): Promise<ActionBuild> {
  const read = await readTexts(order);
  if (Array.isArray(read)) return { ok: false, faults: read };
  const texts = paths === undefined ? read : await withCounters(read, paths);
  const bundled = await bundleTexts(texts, () => folder, packageFolders(folder));
  if (Array.isArray(bundled)) return { ok: false, faults: bundled };
  const dependencies = order.dependencies.map(({ name, version }) => ({
    name,
    version: versions.get(name) ?? version,
  }));
  return { ok: true, ...bundled, fileName: read.parsed[0]!.fileName, dependencies };
}

/** A text that cannot be counted stays as it is. @param paths of the texts in the project, in their order. */
async function withCounters({ owners, parsed }: ReadTexts, paths: readonly string[]): Promise<ReadTexts> {
  const counted = parsed.map(async (text, index) => {
    const path = paths[index] ?? '';
    const tail = index === 0 ? COUNTED_EXPORTS : '';
    const source = withoutMapComments(text.source);
    const marked = markText(source, text.fileName, hitsName(index), tail);
    const { actions } = owners[index] ?? {};
    const head = countersHead(index, coverageKey(path, text.source), marked?.counters ?? 0);
    // The first text brings what all counters need, also where it has none itself.
    if (marked === undefined && index > 0) return text;
    const code = marked?.marked ?? `${source}\n${tail}\n`;
    return { ...(await parseMarked(text, code, actions && { actions: actions.name })), head };
  });
  return { owners, parsed: await Promise.all(counted) };
}
