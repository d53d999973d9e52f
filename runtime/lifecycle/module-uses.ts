// Lifecycle: which shared modules an Action requires, and which Actions require a module. An Action names exact versions, so
// publishing a module changes no Action until its author takes the new version.
import type { ActionRecord, ActionSecret, ModuleRecord, ModuleUse, ModuleVersionRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';

/** What a module is named by; whatever is given must agree. Without a version, the latest published one is meant. */
export type ModuleRef = { id: string; name?: string; versionId?: string; number?: number };

export const MODULES_PER_ACTION = 3;

/** The exact versions that are meant, or why there are none. */
export async function resolveModules(
  store: Store,
  tenantId: string,
  refs: ModuleRef[],
): Promise<ModuleUse[] | { reason: string }> {
  if (refs.length > MODULES_PER_ACTION) {
    return { reason: `An action can use ${MODULES_PER_ACTION} modules; ${refs.length} were given.` };
  }
  const uses: ModuleUse[] = [];
  for (const ref of refs) {
    const module = await store.modules.find(tenantId, ref.id);
    if (!module || (ref.name ?? module.name) !== module.name) return { reason: `The module ${ref.id} does not exist.` };
    if (uses.some(({ moduleId }) => moduleId === module.id)) {
      return { reason: `The module "${module.name}" was given twice.` };
    }
    const version = await findMeant(store, module, ref);
    if (typeof version === 'string') return { reason: version };
    uses.push({ moduleId: module.id, moduleName: module.name, versionId: version.id, number: version.number });
  }
  return uses;
}

async function findMeant(
  store: Store,
  { tenantId, id, name, latestVersion }: ModuleRecord,
  { versionId, number }: ModuleRef,
): Promise<ModuleVersionRecord | string> {
  const find = async (): Promise<ModuleVersionRecord | undefined> => {
    if (versionId !== undefined) return store.moduleVersions.find(tenantId, versionId);
    if (number !== undefined) return store.moduleVersions.findByKey(tenantId, `${id} ${number}`);
    return latestVersion && store.moduleVersions.find(tenantId, latestVersion.id);
  };
  const version = await find();
  if (version?.moduleId === id && (number ?? version.number) === version.number) return version;
  return versionId === undefined && number === undefined
    ? `The module "${name}" has no published version.`
    : `The module "${name}" has no version ${versionId ?? number}.`;
}

/** The texts that an Action requires; or the name and number of one that is no longer there. */
export async function loadModules(
  store: Store,
  tenantId: string,
  uses: ModuleUse[] = [],
): Promise<{ use: ModuleUse; version: ModuleVersionRecord }[] | { gone: string }> {
  const loaded = await Promise.all(
    uses.map(async (use) => ({ use, version: await store.moduleVersions.find(tenantId, use.versionId) })),
  );
  const found = loaded.flatMap(({ use, version }) => (version ? [{ use, version }] : []));
  const missing = loaded.find(({ version }) => !version)?.use;
  return missing
    ? { gone: `Version ${missing.number} of the module "${missing.moduleName}" no longer exists.` }
    : found;
}

/** What a deployed version keeps of its modules, so that it needs nobody's rows but its own when it runs. */
export function pinModules(loaded: { use: ModuleUse; version: ModuleVersionRecord }[]): {
  modules?: ModuleUse[];
  moduleSecrets?: Record<string, ActionSecret[]>;
} {
  if (loaded.length === 0) return {};
  return {
    modules: loaded.map(({ use }) => use),
    moduleSecrets: Object.fromEntries(loaded.map(({ use, version }) => [use.moduleName, version.secrets])),
  };
}

export type ModuleUser = {
  action: ActionRecord;
  /** In the deployed version of the Action. */
  deployed?: ModuleUse;
  /** In its draft. */
  drafted?: ModuleUse;
};

/** By module, the Actions that name it in what is deployed of them or in their draft. */
export async function usersOfModules(store: Store, tenantId: string): Promise<Map<string, ModuleUser[]>> {
  const users = new Map<string, ModuleUser[]>();
  for (const action of (await store.actions.list(tenantId)).records) {
    const { modules: drafted = [], deployedModules: deployed = [] } = action;
    for (const moduleId of new Set([...drafted, ...deployed].map((use) => use.moduleId))) {
      const of = (uses: ModuleUse[]) => uses.find((use) => use.moduleId === moduleId);
      const [inVersion, inDraft] = [of(deployed), of(drafted)];
      const user = { action, ...(inVersion && { deployed: inVersion }), ...(inDraft && { drafted: inDraft }) };
      users.set(moduleId, [...(users.get(moduleId) ?? []), user]);
    }
  }
  return users;
}
