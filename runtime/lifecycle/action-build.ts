// Lifecycle: the build of a draft, in the background, after the answer to its change. A build that a crash cut off is
// started again by the next look at the draft; the result of an overtaken build is dropped. Equal drafts share one build.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ActionRecord, BuildError, BuildRecord } from '#storage/records.ts';
import type { BuildRequest, BuildResult, Builds, Dependency, SharedModule } from '../builds/builds.ts';
import { scriptFileName } from '../script-file-name.ts';
import { loadModules } from './module-uses.ts';
import type { LifecyclePorts } from './ports.ts';

/** Raised whenever a build would come out differently from the same draft: shims, the bundler's settings. */
const RECIPE = 1;
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/;

export type Builder = {
  /**
   * Starts the build of a draft that waits for one, unless it is already under way. `built` is called when it has ended.
   * False: none is under way now.
   */
  start(action: ActionRecord, built?: (action: ActionRecord) => Promise<void>): boolean;
  /** Settles when no build is under way. */
  settled(): Promise<void>;
};

const isWaiting = ({ status }: ActionRecord): boolean => status !== 'built' && status !== 'failed';

/** `failed` is told of faults of ours (a database that is away); the draft is then built at the next look. */
export function createBuilder(ports: LifecyclePorts, builds: Builds, failed: (fault: unknown) => void): Builder {
  const underWay = new Map<string, Promise<void>>();
  return {
    start(action, built) {
      if (!isWaiting(action)) return false;
      const key = `${action.tenantId} ${action.id} ${action.updatedAt}`;
      if (underWay.has(key)) return true;
      const work = build(ports, builds, action)
        .then(async (result) => {
          if (result && built) await built(result);
        })
        .catch(failed)
        .finally(() => underWay.delete(key));
      underWay.set(key, work);
      return true;
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}

/** Undefined: the draft has changed or gone meanwhile. */
async function build(ports: LifecyclePorts, builds: Builds, action: ActionRecord): Promise<ActionRecord | undefined> {
  /** A draft of the same time is still the one that is being built. */
  const change = async (edit: (current: ActionRecord) => ActionRecord): Promise<ActionRecord | undefined> => {
    let taken = false;
    const updated = await ports.store.actions.update(action.tenantId, action.id, (current) => {
      taken = current.updatedAt === action.updatedAt && isWaiting(current);
      return taken ? edit(current) : current;
    });
    return taken && updated !== 'missing' && updated !== 'conflict' ? updated : undefined;
  };
  const outcome = await make(ports, builds, action, (status) => {
    // Progress for people who wait; should it not be written, the end will be.
    change((current) => ({ ...current, status })).catch(() => {});
  });
  return change((current) => {
    const { buildId: _former, ...kept } = current;
    return { ...kept, ...outcome, builtAt: ports.now() };
  });
}

type Made =
  | { status: 'built'; errors: []; buildId: string; dependencies: ActionRecord['dependencies'] }
  | { status: 'failed'; errors: BuildError[] };

async function make(
  ports: LifecyclePorts,
  builds: Builds,
  action: ActionRecord,
  onProgress: (status: 'building' | 'packaged') => void,
): Promise<Made> {
  const modules = await loadModules(ports.store, action.tenantId, action.modules);
  if ('gone' in modules) return { status: 'failed', errors: [{ id: 'module_not_found', message: modules.gone }] };
  const shared = modules.map(({ use, version }) => ({
    name: use.moduleName,
    source: version.code,
    dependencies: plain(version.dependencies),
  }));
  const request = requestOf(action, shared);
  const known = await find(ports, action.tenantId, request);
  if (known) return taken(action, known.id, known.dependencies);
  let told: string | undefined;
  const result = await builds.build(request, (stage) => {
    // A text without packages is done in a moment: nobody waits for news of it.
    const status = stage === 'bundling' ? 'packaged' : 'building';
    if (fetchesNothing(request) || told === status) return;
    told = status;
    onProgress(status);
  });
  if (!result.ok) return { status: 'failed', errors: result.faults.map(({ id, message }) => ({ id, message })) };
  const id = await keep(ports, action.tenantId, request, result);
  return taken(action, id, result.dependencies);
}

const fetchesNothing = ({ dependencies, modules }: BuildRequest): boolean =>
  dependencies.length === 0 && modules.every((module) => module.dependencies.length === 0);

const plain = (dependencies: ActionRecord['dependencies']): Dependency[] =>
  dependencies.map(({ name, version }) => ({ name, version }));

const requestOf = (action: ActionRecord, modules: SharedModule[]): BuildRequest => ({
  fileName: scriptFileName(action.name),
  source: action.code,
  dependencies: plain(action.dependencies),
  modules,
});

/** What the build is a function of. */
const idOf = (request: BuildRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([RECIPE, request.fileName, request.source, request.dependencies, request.modules]))
    .digest('hex');

/** A build of the same text with the same exact versions; renewed, so that it is not swept while it is being taken. */
async function find(
  { store, now }: LifecyclePorts,
  tenantId: string,
  request: BuildRequest,
): Promise<BuildRecord | undefined> {
  if (!request.dependencies.every(({ version }) => EXACT.test(version))) return undefined;
  const renewed = await store.builds.update(tenantId, idOf(request), (kept) => ({ ...kept, updatedAt: now() }));
  return renewed === 'missing' || renewed === 'conflict' ? undefined : renewed;
}

async function keep(
  { store, now }: LifecyclePorts,
  tenantId: string,
  request: BuildRequest,
  { script, map, fileName, dependencies }: Extract<BuildResult, { ok: true }>,
): Promise<string> {
  const id = idOf({ ...request, dependencies });
  const at = now();
  const record: BuildRecord = {
    tenantId,
    id,
    script: gzipSync(script).toString('base64'),
    map: gzipSync(map).toString('base64'),
    fileName,
    dependencies,
    createdAt: at,
    updatedAt: at,
  };
  if ((await store.builds.insert(record)) === 'conflict') {
    await store.builds.update(tenantId, id, (kept) => ({ ...kept, updatedAt: at }));
  }
  return id;
}

/** The draft names the versions it was built with: what was `latest` when it was saved stays that. */
function taken({ dependencies }: ActionRecord, buildId: string, exact: Dependency[]): Made {
  const versions = new Map(exact.map(({ name, version }) => [name, version]));
  return {
    status: 'built',
    errors: [],
    buildId,
    dependencies: dependencies.map((declared) => ({
      ...declared,
      version: versions.get(declared.name) ?? declared.version,
    })),
  };
}
