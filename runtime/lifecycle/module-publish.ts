// Lifecycle: from the draft of a shared module to a version that Actions can take. What is published has been built once, so
// a text that no Action could use is refused here, to its author, and dependencies are recorded at exact versions.
import type { ModuleRecord, ModuleVersionRecord } from '#storage/records.ts';
import type { BuildFault, Builds } from '../builds/builds.ts';
import { MODULE_LIMITS } from './module.ts';
import { usersOfModules } from './module-uses.ts';
import type { LifecyclePorts } from './ports.ts';

export type Published =
  | { published: true; module: ModuleRecord; version: ModuleVersionRecord }
  | { published: false; reason: 'missing' | 'name-taken' }
  | { published: false; reason: 'faults'; faults: BuildFault[] };

type Checked = { ok: true; dependencies: ModuleVersionRecord['dependencies'] } | { ok: false; faults: BuildFault[] };

/** Builds the draft as a script of its own. */
async function check({ store }: LifecyclePorts, builds: Builds, module: ModuleRecord): Promise<Checked> {
  // Other modules that it requires are there when an Action uses both: for the check their names are enough.
  const { records: others } = await store.modules.list(module.tenantId);
  const required = others.filter(({ name }) => module.code.includes(`actions:${name}`));
  const built = await builds.build({
    fileName: `actions/${module.name}.js`,
    source: module.code,
    dependencies: module.dependencies.map(({ name, version }) => ({ name, version })),
    modules: required.map(({ name }) => ({ name, source: '', dependencies: [] })),
  });
  if (!built.ok) return built;
  const versions = new Map(built.dependencies.map(({ name, version }) => [name, version]));
  const exact = module.dependencies.map((declared) => ({
    ...declared,
    version: versions.get(declared.name) ?? declared.version,
  }));
  return { ok: true, dependencies: exact };
}

/** Publishes a draft that is already kept. */
export async function publishModule(
  ports: LifecyclePorts,
  builds: Builds,
  tenantId: string,
  moduleId: string,
): Promise<Published> {
  const draft = await ports.store.modules.find(tenantId, moduleId);
  if (!draft) return { published: false, reason: 'missing' };
  const checked = await check(ports, builds, draft);
  if (!checked.ok) return { published: false, reason: 'faults', faults: checked.faults };
  return publish(ports, draft, checked.dependencies);
}

/** Makes a module and publishes it at once; when it cannot be published, it is not made. */
export async function makeAndPublish(ports: LifecyclePorts, builds: Builds, draft: ModuleRecord): Promise<Published> {
  const checked = await check(ports, builds, draft);
  if (!checked.ok) return { published: false, reason: 'faults', faults: checked.faults };
  if ((await ports.store.modules.insert(draft)) === 'conflict') return { published: false, reason: 'name-taken' };
  return publish(ports, draft, checked.dependencies);
}

async function publish(
  ports: LifecyclePorts,
  draft: ModuleRecord,
  dependencies: ModuleVersionRecord['dependencies'],
): Promise<Published> {
  const { store } = ports;
  const version = await insertVersion(ports, draft, dependencies);
  const module = await store.modules.update(draft.tenantId, draft.id, (current) => {
    // Of two that publish at once the later number is the latest, whoever writes last.
    const isLatest = version.number > (current.latestVersion?.number ?? 0);
    return {
      ...current,
      ...(isLatest ? { latestVersion: { id: version.id, number: version.number } } : {}),
      allChangesPublished: isLatest ? current.updatedAt === draft.updatedAt : current.allChangesPublished,
    };
  });
  if (typeof module === 'string') {
    await store.moduleVersions.remove(draft.tenantId, version.id);
    return { published: false, reason: 'missing' };
  }
  await prune(ports, module);
  return { published: true, module, version };
}

/** The number is a key of the store: of two that publish at once, on two machines even, one takes the next. */
async function insertVersion(
  { store, random, now }: LifecyclePorts,
  draft: ModuleRecord,
  dependencies: ModuleVersionRecord['dependencies'],
): Promise<ModuleVersionRecord> {
  const { tenantId, id: moduleId, code, secrets } = draft;
  const at = now();
  for (let number = (draft.latestVersion?.number ?? 0) + 1; ; number++) {
    const id = random.uuid();
    const dated = { createdAt: at, updatedAt: at };
    const version = { tenantId, id, moduleId, number, code, dependencies, secrets, ...dated };
    if ((await store.moduleVersions.insert(version)) === 'inserted') return version;
  }
}

/** Beyond the limit the oldest versions go that no Action has in its draft or in what is deployed. */
async function prune({ store }: LifecyclePorts, { tenantId, id, latestVersion }: ModuleRecord): Promise<void> {
  const counted = await store.moduleVersions.list(tenantId, { parent: id, page: { offset: 0, limit: 1 } });
  const excess = counted.total - MODULE_LIMITS.versions;
  if (excess <= 0) return;
  const users = (await usersOfModules(store, tenantId)).get(id) ?? [];
  const used = new Set([
    latestVersion?.id,
    ...users.flatMap(({ deployed, drafted }) => [deployed?.versionId, drafted?.versionId]),
  ]);
  const { records } = await store.moduleVersions.list(tenantId, { parent: id });
  for (const version of records.filter((one) => !used.has(one.id)).slice(0, excess)) {
    await store.moduleVersions.remove(tenantId, version.id);
  }
}

/** Makes the draft equal to a version. Undefined: there is no such module or version. */
export async function rollBackModule(
  { store, now }: LifecyclePorts,
  tenantId: string,
  { moduleId, versionId }: { moduleId: string; versionId: string },
): Promise<ModuleRecord | undefined> {
  const version = await store.moduleVersions.find(tenantId, versionId);
  if (version?.moduleId !== moduleId) return undefined;
  const { code, dependencies, secrets } = version;
  const updated = await store.modules.update(tenantId, moduleId, (current) => ({
    ...current,
    code,
    dependencies,
    secrets,
    allChangesPublished: current.latestVersion?.id === versionId,
    updatedAt: Math.max(now(), current.updatedAt + 1),
  }));
  return typeof updated === 'string' ? undefined : updated;
}
