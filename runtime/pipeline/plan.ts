// Which Actions a login will run: deployed and bound ones, in binding order, versions pinned when the login begins.
// A draft never runs; a version stays the same text for ever, so what is loaded once may be kept.
import type { ActionVersionRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Script } from '../sandbox/sandbox.ts';
import { scriptFileName } from '../script-file-name.ts';
import type { BoundAction } from '../transaction/transaction.ts';

/** @returns the plan of a login that begins now. */
export async function planPostLogin(store: Store, tenantId: string): Promise<BoundAction[]> {
  const bindings = await store.bindings.list(tenantId, 'post-login');
  const actions = await Promise.all(bindings.map(({ actionId }) => store.actions.find(tenantId, actionId)));
  return bindings.flatMap((binding, index) => {
    const action = actions[index];
    if (action?.deployedVersionId === undefined) return [];
    return [{ bindingId: binding.id, actionId: action.id, versionId: action.deployedVersionId, name: action.name }];
  });
}

/** Versions by id, the most recently used kept in memory. */
export function createVersions(store: Store, limit = 500) {
  const kept = new Map<string, ActionVersionRecord>();
  return async (tenantId: string, id: string): Promise<ActionVersionRecord | undefined> => {
    const key = `${tenantId} ${id}`;
    const version = kept.get(key) ?? (await store.actionVersions.find(tenantId, id));
    if (!version) return undefined;
    kept.delete(key);
    kept.set(key, version);
    if (kept.size > limit) kept.delete(kept.keys().next().value ?? '');
    return version;
  };
}
export type Versions = ReturnType<typeof createVersions>;

/** The version's text as the sandbox takes it; traces show the Action's name. */
export function toScript(version: ActionVersionRecord, actionName: string): Script {
  return { versionId: version.id, fileName: scriptFileName(actionName), source: version.code };
}
