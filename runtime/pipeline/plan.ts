// Which Actions a login will run: deployed and bound ones, in binding order, versions pinned when the login begins.
// A draft never runs; a version stays the same text for ever, so what is loaded once may be kept.
import { gunzipSync } from 'node:zlib';
import type { TriggerId } from '#actions/triggers.ts';
import type { ActionVersionRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Script } from '../sandbox/sandbox.ts';
import { scriptFileName } from '../script-file-name.ts';
import type { BoundAction } from '../transaction/transaction.ts';

/** @returns what a trigger runs that begins now: its bound and deployed Actions, in order. */
export async function planOf(store: Store, tenantId: string, triggerId: TriggerId): Promise<BoundAction[]> {
  const bindings = await store.bindings.list(tenantId, triggerId);
  const actions = await Promise.all(bindings.map(({ actionId }) => store.actions.find(tenantId, actionId)));
  return bindings.flatMap((binding, index) => {
    const action = actions[index];
    if (action?.deployedVersionId === undefined) return [];
    return [{ bindingId: binding.id, actionId: action.id, versionId: action.deployedVersionId, name: action.name }];
  });
}

export type MessageTrigger = Extract<
  TriggerId,
  'send-phone-message' | 'custom-phone-provider' | 'custom-email-provider'
>;

/**
 * What carries a message that begins its way now. A provider of the whole tenant is one Action, so tools that configure
 * one deploy it and bind nothing: the oldest deployed one of its trigger stands in for a binding.
 */
export async function messagePlanOf(store: Store, tenantId: string, trigger: MessageTrigger): Promise<BoundAction[]> {
  const bound = await planOf(store, tenantId, trigger);
  if (bound.length > 0 || trigger === 'send-phone-message') return bound;
  const { records } = await store.actions.list(tenantId);
  const [oldest] = records
    .filter((action) => action.trigger.id === trigger && action.deployedVersionId !== undefined)
    .toSorted((one, other) => one.createdAt - other.createdAt);
  if (oldest?.deployedVersionId === undefined) return [];
  return [{ bindingId: '', actionId: oldest.id, versionId: oldest.deployedVersionId, name: oldest.name }];
}

/** A version with what was built from it; none for a version of a time before there were builds. */
export type LoadedVersion = ActionVersionRecord & {
  bundle?: { fileName: string; script: string; map: () => string } | undefined;
};

const unzip = (base64: string): string => gunzipSync(Buffer.from(base64, 'base64')).toString();

async function load(store: Store, tenantId: string, id: string): Promise<LoadedVersion | undefined> {
  const version = await store.actionVersions.find(tenantId, id);
  const bundle = version && (await bundleOf(store, tenantId, version.buildId));
  return bundle ? { ...version, bundle } : version;
}

/** What was built, unpacked; none where there is no such build. */
export async function bundleOf(
  store: Pick<Store, 'builds'>,
  tenantId: string,
  buildId: string | undefined,
): Promise<LoadedVersion['bundle']> {
  const build = buildId === undefined ? undefined : await store.builds.find(tenantId, buildId);
  if (!build) return undefined;
  const { fileName, script, map } = build;
  // Maps are large and only read when something went wrong: they stay packed.
  return { fileName, script: unzip(script), map: () => unzip(map) };
}

/** Versions by id, the most recently used kept in memory. */
export function createVersions(store: Store, limit = 500) {
  const kept = new Map<string, LoadedVersion>();
  return async (tenantId: string, id: string): Promise<LoadedVersion | undefined> => {
    const key = `${tenantId} ${id}`;
    const version = kept.get(key) ?? (await load(store, tenantId, id));
    if (!version) return undefined;
    kept.delete(key);
    kept.set(key, version);
    if (kept.size > limit) kept.delete(kept.keys().next().value ?? '');
    return version;
  };
}
export type Versions = ReturnType<typeof createVersions>;

/** The version as the sandbox takes it; traces show the Action's name. */
export function toScript(
  { id: versionId, bundle, code }: Pick<LoadedVersion, 'id' | 'bundle' | 'code'>,
  actionName: string,
): Script {
  if (bundle === undefined) return { versionId, fileName: scriptFileName(actionName), source: code };
  return { versionId, fileName: bundle.fileName, source: bundle.script, map: bundle.map };
}
