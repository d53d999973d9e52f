// Builds: answers every `require` and `import` of a bundle. An author reaches what was declared and nothing else; no file is
// read but those of the fetched packages and of our own shims, whatever a path says.

import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, sep } from 'node:path';
import type { Loader, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { GLOBAL_SHIMS, MODULE_SHIMS } from '#actions/prelude/shims.ts';
import type { BuildFaultId } from '../builds.ts';
import { createNativeCheck, loadsCompiledCode, packageOf, splitSpecifier } from './packages.ts';
import { withoutMapComments } from './parse.ts';
import { AUTHOR, idleModule, isBuiltin, lookUp, refusingModule, startModule } from './stand-ins.ts';

/** A text of the bundle, known by its key: `author` or `actions:<name>`. */
export type BundledText = {
  code: string;
  /** Packages that this text has declared. */
  declared: ReadonlySet<string>;
  /** Where they are; undefined when it has declared none. */
  folder: string | undefined;
};

export type BundleTexts = ReadonlyMap<string, BundledText>;

/** Namespaces of esbuild; files of packages and shims have its own, `file`. */
const START = 'start';
const REFUSING = 'refusing';
const IDLE = 'idle';

const PRELUDE = join(import.meta.dirname, '../../../actions/prelude');
/** Marks a question that esbuild itself is to answer. */
const PLAIN = Symbol('plain');
const LOADERS: Readonly<Record<string, Loader>> = {
  '': 'js',
  '.js': 'js',
  '.cjs': 'js',
  '.mjs': 'js',
  '.jsx': 'jsx',
  '.ts': 'ts',
  '.cts': 'ts',
  '.mts': 'ts',
  '.tsx': 'tsx',
  '.json': 'json',
  '.txt': 'text',
};

const refuse = (id: BuildFaultId, text: string): Pick<OnResolveResult & OnLoadResult, 'errors'> => ({
  errors: [{ text, detail: id }],
});
const isInside = (path: string, folder: string): boolean => path.startsWith(folder + sep);

const native = (packageName: string): OnResolveResult =>
  refuse('native_addon', `The package ${packageName} needs compiled code, which scripts cannot have`);

/** What `require` finds when it runs: nothing, and says so. */
const unresolved = (path: string): OnResolveResult => ({ path, external: true });

/** @param folders real paths of the folders that packages were fetched into. */
export function createResolver(texts: BundleTexts, folders: readonly string[], globals: readonly string[]): Plugin {
  const isNative = createNativeCheck();
  /** Folders of the shims and of the packages they are made of: they are ours to read. */
  const own = new Set([PRELUDE]);
  const isOwn = (path: string): boolean => [...own].some((folder) => isInside(path, folder));
  const isFetched = (path: string): boolean => folders.some((folder) => isInside(path, join(folder, 'node_modules')));

  const ask = (build: PluginBuild, path: string, args: OnResolveArgs, resolveDir: string) =>
    build.resolve(path, { kind: args.kind, resolveDir, importer: args.importer, namespace: 'file', pluginData: PLAIN });

  /** A shim, or what a shim imports. */
  async function takeOwn(
    build: PluginBuild,
    path: string,
    args: OnResolveArgs,
    from: string,
  ): Promise<OnResolveResult> {
    const { errors, ...found } = await ask(build, path, args, from);
    if (errors.length > 0) throw new Error(`a shim wants ${path}: ${errors[0]?.text}`);
    const place = packageOf(found.path);
    if (place !== undefined) own.add(place.folder);
    return found;
  }

  const takeShim = (build: PluginBuild, path: string, args: OnResolveArgs): Promise<OnResolveResult> =>
    takeOwn(build, shimFile(path), args, PRELUDE);

  async function takePackage(
    build: PluginBuild,
    path: string,
    args: OnResolveArgs,
    from: string,
    missing: OnResolveResult,
  ): Promise<OnResolveResult> {
    const asking = packageOf(args.importer);
    if (path.endsWith('.node')) return native(asking?.name ?? path);
    const { errors, ...answer } = await ask(build, path, args, from);
    const found = errors.length === 0 ? answer : findAsNode(path, from);
    if (found === undefined) return missing;
    // An entry of a package's `browser` map that is false: an empty module.
    if (found.namespace !== 'file') return found;
    const place = packageOf(found.path);
    if (place === undefined || !isFetched(found.path)) return missing;
    if (found.path.endsWith('.node')) return native(place.name);
    if (loadsCompiledCode(place.name)) return native(asking?.name ?? place.name);
    if (await isNative(place)) return native(place.name);
    return extname(found.path) in LOADERS || found.sideEffects === false ? found : missing;
  }

  async function forAuthor(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
    const text = texts.get(args.importer);
    const { path } = args;
    if (path.startsWith('actions:')) {
      if (texts.has(path)) return { path, namespace: AUTHOR };
      return refuse(
        'module_not_found',
        `Cannot find module '${path}': no shared module of that name is bound to the script`,
      );
    }
    const name = path.replace(/^node:/, '');
    const shim = lookUp(MODULE_SHIMS, name);
    if (shim !== undefined) return takeShim(build, shim, args);
    const wanted = splitSpecifier(name);
    const isDeclared = wanted !== undefined && name === path && text?.declared.has(wanted.name);
    if (isBuiltin(name) && !isDeclared) return { path: name, namespace: REFUSING };
    if (/^[./\\]|^[a-z]:/i.test(path)) {
      return refuse(
        'module_not_found',
        `Cannot find module '${path}': a script is one file; shared texts are required as actions:<name>`,
      );
    }
    if (wanted === undefined || !isDeclared || text?.folder === undefined) {
      return refuse('module_not_found', `Cannot find module '${path}': declare it as a dependency of the Action`);
    }
    const inside = wanted.name + wanted.subpath;
    const missing = refuse(
      'module_not_found',
      `Cannot find module '${inside}': the package has no such file for scripts`,
    );
    return takePackage(build, inside, args, text.folder, missing);
  }

  async function forFile(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
    const { path, importer, resolveDir } = args;
    const isOurs = isOwn(importer);
    // A file of the prelude that asks for `buffer` means the npm package of that name, for it makes the shim from it.
    if (isOurs && isInside(importer, PRELUDE)) return takeOwn(build, path, args, resolveDir);
    const name = path.replace(/^node:/, '');
    const shim = lookUp(MODULE_SHIMS, name);
    if (shim !== undefined) return takeShim(build, shim, args);
    const idle: OnResolveResult = { path: name, namespace: IDLE };
    if (path.startsWith('node:')) return idle;
    if (isOurs) return takeOwn(build, path, args, resolveDir);
    return takePackage(build, path, args, resolveDir, isBuiltin(name) ? idle : unresolved(path));
  }

  async function load(path: string): Promise<OnLoadResult> {
    // The last word on what is read: a path that leads out of its folder by dots or by a link would put a file of the
    // server into the bundle.
    const real = await realpath(path);
    if (!isOwn(real) && !isFetched(real))
      return refuse('dependency_refused', 'A package reaches for a file outside of packages');
    const loader = LOADERS[extname(path)];
    if (loader === undefined) return { contents: '', loader: 'empty' };
    return { contents: withoutMapComments(await readFile(real, 'utf8')), loader };
  }

  const inStart = (build: PluginBuild, args: OnResolveArgs): OnResolveResult | Promise<OnResolveResult> => {
    if (args.path === AUTHOR) return { path: AUTHOR, namespace: AUTHOR };
    const shim = GLOBAL_SHIMS[args.path.slice('global:'.length)];
    if (shim === undefined) throw new Error(`${args.path} has no shim`);
    return takeShim(build, shim, args);
  };

  return {
    name: 'resolver',
    setup(build) {
      build.onResolve({ filter: /^start$/ }, ({ kind }) =>
        kind === 'entry-point' ? { path: START, namespace: START } : undefined,
      );
      build.onResolve({ filter: /.*/, namespace: START }, (args) => inStart(build, args));
      build.onResolve({ filter: /.*/, namespace: AUTHOR }, (args) => forAuthor(build, args));
      // Inside a package esbuild finds the way itself, a hundred times faster; `load` has the last word.
      build.onResolve({ filter: /^[^.]|\.node$/, namespace: 'file' }, (args) =>
        args.pluginData === PLAIN ? undefined : forFile(build, args),
      );
      const virtual = (namespace: string, contents: (path: string) => string): void =>
        build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: contents(path), loader: 'js' }));
      virtual(START, () => startModule(globals));
      virtual(AUTHOR, (path) => texts.get(path)?.code ?? '');
      virtual(REFUSING, refusingModule);
      virtual(IDLE, idleModule);
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => load(path));
    },
  };
}

/** A package may name its files for Node alone; they are looked for last, by Node's own rules, and may well run here. */
function findAsNode(
  path: string,
  from: string,
): { path: string; namespace: string; sideEffects?: boolean } | undefined {
  try {
    return { path: createRequire(join(from, 'x.js')).resolve(path), namespace: 'file' };
  } catch {
    // Node does not find it either.
    return undefined;
  }
}

/** What stands in the tables: a file beside them, or an npm package. */
const shimFile = (path: string): string => (existsSync(join(PRELUDE, path)) ? `./${path.replace(/^\.\//, '')}` : path);
