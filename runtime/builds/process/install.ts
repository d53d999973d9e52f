// Builds: fetches declared packages with npm's own library. No script of a package is run, and nothing is fetched but
// what the registry serves.

import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Arborist, { type ArboristNode } from '@npmcli/arborist';
import Config from '@npmcli/config';
import npmDefinitions from '@npmcli/config/lib/definitions/index.js';
import type { BuildFault, BuildFaultId, Dependency } from '../builds.ts';
import { MAX_PACKAGES, MAX_UNPACKED_BYTES } from './order.ts';

/** Milliseconds that one answer of the registry may take. */
const ANSWER_TIME = 30_000;

export type Installed = {
  /** Package name → the version that was taken, of the declared packages. */
  versions: Map<string, string>;
  unpackedBytes: number;
};

export type InstallPlace = { folder: string; cache: string; registry?: string };

/** Registry, proxies, certificates and credentials as npm itself would find them. Never printed. */
async function npmSettings(registry: string | undefined): Promise<Record<string, unknown>> {
  const npmPath = dirname(createRequire(import.meta.url).resolve('@npmcli/config/package.json'));
  const config = new Config({ npmPath, ...npmDefinitions, argv: [process.execPath, npmPath], warn: false });
  await config.load();
  return registry === undefined ? { ...config.flat } : { ...config.flat, registry, proxy: null, httpsProxy: null };
}

function arboristOptions(settings: Record<string, unknown>, place: InstallPlace): Record<string, unknown> {
  return {
    ...settings,
    path: place.folder,
    cache: place.cache,
    // The code of a package may run in a script, never here.
    ignoreScripts: true,
    ignoreExtension: true,
    // A package may name a Git repository, an address or a path as its dependency: the server would run git, call hosts
    // inside the operator's network, or put its own files into a bundle. Of dependencies of dependencies as well.
    allowGit: 'none',
    allowRemote: 'none',
    allowFile: 'none',
    allowDirectory: 'none',
    omit: ['dev', 'optional'],
    include: [],
    audit: false,
    fund: false,
    binLinks: false,
    progress: false,
    save: false,
    packageLock: false,
    packageLockOnly: false,
    dryRun: false,
    global: false,
    force: false,
    installStrategy: 'hoisted',
    timeout: ANSWER_TIME,
    retry: { retries: 1, factor: 2, minTimeout: 500, maxTimeout: 2_000 },
  };
}

/** Checks what is about to be fetched. */
function checkTree(tree: ArboristNode): { unpackedBytes: number } | BuildFault[] {
  const nodes = [...tree.inventory.values()].filter((node) => !node.isRoot && !node.optional);
  const link = nodes.find((node) => node.isLink);
  if (link !== undefined) {
    return [{ id: 'dependency_refused', message: `${link.name} is not a package of the registry.` }];
  }
  // What the registry says of a package; the deadline of the build bounds what it does not say.
  const unpackedBytes = nodes.reduce((sum, node) => sum + (node.package.dist?.unpackedSize ?? 0), 0);
  if (nodes.length <= MAX_PACKAGES && unpackedBytes <= MAX_UNPACKED_BYTES) return { unpackedBytes };
  const size = `${nodes.length} packages, ${Math.ceil(unpackedBytes / 1024 / 1024)} MB`;
  const limit = `${MAX_PACKAGES} packages and ${MAX_UNPACKED_BYTES / 1024 / 1024} MB are possible`;
  return [{ id: 'bundle_too_large', message: `The dependencies come to ${size}; ${limit}.` }];
}

/** What Arborist and those below it throw. Messages may hold addresses and are not passed on. */
type NpmError = { code?: unknown; message?: unknown; package?: unknown; pkgid?: unknown; path?: unknown };

const UNANSWERED =
  /^(?:E[45]\d\d|ECONN\w*|ENOTFOUND|EAI_AGAIN|EPIPE|EPROTO|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_\w+|FETCH_ERROR|EINTEGRITY|EINVALIDTYPE|EINVALIDRESPONSE|ENOTCACHED|ECONFIG|EBADSIZE|EUSAGE|EIDLETIMEOUT|ERESPONSETIMEOUT|ECONNECTIONTIMEOUT|EINVALIDPROXYRESPONSE|TAR_\w+|Z_\w+|CERT_\w+|DEPTH_\w+|SELF_\w+|UNABLE_\w+|EJSONPARSE|EBADARCHIVE|ZLIB\w*|Z_BUF_ERROR)$/;

function explain(error: unknown, dependencies: readonly Dependency[]): BuildFault {
  const { code, message, package: refused, pkgid } = error as NpmError;
  const fault = (id: BuildFaultId, text: string): BuildFault => ({ id, message: text });
  const all = dependencies.map(({ name, version }) => `${name}@${version}`).join(', ');
  const text = typeof code === 'string' ? code : '';
  if (text.startsWith('EALLOW')) {
    const what = typeof refused === 'string' && !/[:/]{2}|\?/.test(refused) ? ` (${refused.slice(0, 100)})` : '';
    return fault('dependency_refused', `A dependency is not a package of the registry${what}: ${all}.`);
  }
  if (text === 'E404') {
    const name = typeof pkgid === 'string' ? pkgid : all;
    return fault('dependency_not_found', `The registry has no package ${name}.`);
  }
  if (text === 'ETARGET' || text === 'ENOVERSIONS') {
    const name = /(?:found for|for) (@?[\w.~/-]+@[^\s,]+)/.exec(String(message))?.[1]?.replace(/\.$/, '');
    return fault('dependency_not_found', `The registry has no version that matches ${name ?? all}.`);
  }
  if (text === 'ERESOLVE') {
    return fault('dependency_not_found', `No set of versions satisfies all of them: ${all}.`);
  }
  if (text === 'EINVALIDPACKAGENAME' || text === 'EINVALIDTAGNAME' || text === 'EUNSUPPORTEDPROTOCOL') {
    return fault('dependency_refused', `A dependency is not a package of the registry: ${all}.`);
  }
  // A registry that answers with something that is no JSON, or with a package without the fields it must have.
  const isNonsense = error instanceof SyntaxError || error instanceof TypeError;
  if (isNonsense || UNANSWERED.test(text)) {
    return fault('registry_unavailable', `The npm registry gave no usable answer (${text || 'not a package'}).`);
  }
  throw error;
}

/**
 * Brings packages into `node_modules` of a folder.
 * @param place.folder is empty or does not exist.
 * @param fetching is called when all versions are known and the packages themselves are fetched.
 */
export async function install(
  dependencies: readonly Dependency[],
  place: InstallPlace,
  fetching: () => void,
): Promise<Installed | BuildFault[]> {
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  const manifest = {
    name: 'script',
    version: '0.0.0',
    private: true,
    dependencies: Object.fromEntries(dependencies.map(({ name, version }) => [name, version])),
  };
  await writeFile(join(place.folder, 'package.json'), JSON.stringify(manifest));
  const options = arboristOptions(await npmSettings(place.registry), place);
  try {
    const arborist = new Arborist(options);
    const checked = checkTree(await arborist.buildIdealTree());
    if (Array.isArray(checked)) return checked;
    fetching();
    const tree = await arborist.reify(options);
    const versions = new Map([...tree.children.values()].map((node) => [node.name, node.version]));
    return { versions, unpackedBytes: checked.unpackedBytes };
  } catch (error) {
    return [explain(error, dependencies)];
  }
}
