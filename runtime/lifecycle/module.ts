// Lifecycle: what a shared module may be, and how its draft changes. A module is a text that Actions require by its name;
// they only ever see published versions of it. Source: actions-api reference, sections 4.3 and 6.
import type { ActionDependency, ModuleRecord } from '#storage/records.ts';
import { usersOfModules } from './module-uses.ts';
import type { LifecyclePorts } from './ports.ts';
import { changedSecrets, type SecretChange, withoutValue } from './secret-changes.ts';

export const MODULE_LIMITS = {
  modules: 100,
  sourceBytes: 100_000,
  secrets: 30,
  dependencies: 10,
  versions: 50,
} as const;

/** It stands in `require('actions:<name>')` and, in traces, as the name of a file: no slashes, quotes and brackets. */
export const MODULE_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} _.-]*[\p{L}\p{N}_-])?$/u;

export type ModuleDraft = {
  code: string;
  dependencies: ActionDependency[];
  secrets: SecretChange[];
};

/** Why a draft is not taken. */
export type ModuleRefusal =
  | { refused: 'name-taken' }
  | { refused: 'source-too-long'; bytes: number }
  | { refused: 'too-many-modules' }
  /** The secret at this place has no value yet. */
  | { refused: 'no-value'; index: number }
  | { refused: 'missing' };

function refuseCode(code: string): ModuleRefusal | undefined {
  const bytes = Buffer.byteLength(code);
  return bytes > MODULE_LIMITS.sourceBytes ? { refused: 'source-too-long', bytes } : undefined;
}

/** A module as it would be made; nothing is written yet. */
export async function draftModule(
  { store, random, now }: LifecyclePorts,
  tenantId: string,
  { name, code, dependencies = [], secrets = [] }: { name: string; code: string } & Partial<ModuleDraft>,
): Promise<ModuleRecord | ModuleRefusal> {
  const refusal = refuseCode(code);
  if (refusal) return refusal;
  const empty = withoutValue([], secrets);
  if (empty !== undefined) return { refused: 'no-value', index: empty };
  if (await store.modules.findByKey(tenantId, name)) return { refused: 'name-taken' };
  const { total } = await store.modules.list(tenantId, { page: { offset: 0, limit: 1 } });
  if (total >= MODULE_LIMITS.modules) return { refused: 'too-many-modules' };
  const at = now();
  return {
    tenantId,
    id: random.uuid(),
    name,
    code,
    dependencies,
    secrets: changedSecrets([], secrets, at),
    allChangesPublished: false,
    createdAt: at,
    updatedAt: at,
  };
}

/** Lists replace what was there; what is left out stays. */
export async function editModule(
  { store, now }: LifecyclePorts,
  tenantId: string,
  id: string,
  { code, dependencies, secrets }: Partial<ModuleDraft>,
): Promise<ModuleRecord | ModuleRefusal> {
  const refusal = refuseCode(code ?? '');
  if (refusal) return refusal;
  const present = secrets && (await store.modules.find(tenantId, id));
  const empty = present && withoutValue(present.secrets, secrets);
  if (empty !== undefined) return { refused: 'no-value', index: empty };
  const updated = await store.modules.update(tenantId, id, (current) => {
    // Strictly later than before, so that a draft that is being published is never taken for this one.
    const at = Math.max(now(), current.updatedAt + 1);
    return {
      ...current,
      ...(code === undefined ? {} : { code }),
      ...(dependencies === undefined ? {} : { dependencies }),
      ...(secrets === undefined ? {} : { secrets: changedSecrets(current.secrets, secrets, at) }),
      allChangesPublished: false,
      updatedAt: at,
    };
  });
  return typeof updated === 'string' ? { refused: 'missing' } : updated;
}

/**
 * Deletes a module with its versions. Versions of Actions that were deployed with it, and are no longer, keep what they
 * need. `used`: the names of the Actions that have it in their draft or in what is deployed.
 */
export async function removeModule(
  { store }: LifecyclePorts,
  tenantId: string,
  id: string,
): Promise<'removed' | 'missing' | { used: string[] }> {
  if (!(await store.modules.find(tenantId, id))) return 'missing';
  const users = (await usersOfModules(store, tenantId)).get(id) ?? [];
  if (users.length > 0) return { used: users.map(({ action }) => action.name) };
  if (!(await store.modules.remove(tenantId, id))) return 'missing';
  const versions = await store.moduleVersions.list(tenantId, { parent: id });
  for (const version of versions.records) await store.moduleVersions.remove(tenantId, version.id);
  return 'removed';
}
