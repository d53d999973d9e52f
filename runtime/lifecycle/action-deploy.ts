// Lifecycle: from a built draft to a version that logins run. A version is a copy of code, runtime, dependencies,
// secrets and those of its shared modules, and never changes afterwards; what runs next is the one its Action points at.
import type { ActionRecord, ActionVersionRecord } from '#storage/records.ts';
import { ACTION_LIMITS, runtimeOf } from './action.ts';
import { loadModules, pinModules } from './module-uses.ts';
import type { LifecyclePorts } from './ports.ts';

export type Deployed =
  | { deployed: true; action: ActionRecord; version: ActionVersionRecord }
  /** `failed`: the draft's errors say why. */
  | { deployed: false; reason: 'missing' | 'not-built' | 'failed'; action?: ActionRecord }
  /** A version of a shared module that the draft names has been deleted. */
  | { deployed: false; reason: 'module-gone'; message: string };

/** A version may be pinned by a login that began before the next one was deployed, and a login lives at most an hour. */
const PINNED_MS = 60 * 60_000;

/** Turns of deployment of one Action, one after the other, so that no two versions get one number. */
const turns = new Map<string, Promise<unknown>>();

function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
  turns.set(key, turn);
  const leave = () => {
    if (turns.get(key) === turn) turns.delete(key);
  };
  turn.then(leave, leave);
  return turn;
}

/** Triggers whose Actions run without being bound: what is deployed last carries the message, or is named elsewhere. */
const RUN_UNBOUND: readonly string[] = ['custom-token-exchange', 'custom-phone-provider', 'custom-email-provider'];

/**
 * Whether a text that cannot be read may be deployed all the same, and fail when it runs: only where nothing runs it now.
 * Tools bring whole tenants along, with whatever lies about in them.
 */
async function mayFailLater({ store }: LifecyclePorts, { tenantId, id, trigger, errors }: Faulty): Promise<boolean> {
  if (errors.length === 0 || errors.some((error) => error.id !== 'syntax_error')) return false;
  return !RUN_UNBOUND.includes(trigger.id) && (await store.bindings.ofAction(tenantId, id)).length === 0;
}
type Faulty = Pick<ActionRecord, 'tenantId' | 'id' | 'trigger' | 'errors'>;

/** Deploys the draft. Refused unless it is built, or runs nowhere and is only not to be read. */
export function deployAction(ports: LifecyclePorts, tenantId: string, actionId: string): Promise<Deployed> {
  return inTurn(`${tenantId} ${actionId}`, async () => {
    const action = await ports.store.actions.find(tenantId, actionId);
    if (!action) return { deployed: false, reason: 'missing' };
    const isFaulty = action.status === 'failed';
    if (isFaulty && !(await mayFailLater(ports, action))) return { deployed: false, reason: 'failed', action };
    if (action.status !== 'built' && !isFaulty) return { deployed: false, reason: 'not-built', action };
    const loaded = await loadModules(ports.store, tenantId, action.modules);
    if ('gone' in loaded) return { deployed: false, reason: 'module-gone', message: loaded.gone };
    const { modules: _drafted, ...text } = action;
    return publish(ports, action, { ...text, ...pinModules(loaded) }, (current, versionId) => ({
      ...current,
      deployedVersionId: versionId,
      allChangesDeployed: current.updatedAt === action.updatedAt,
    }));
  });
}

/** Rolls back (or forward): a new version equal to `versionId` is deployed; the draft follows it when `updateDraft`. */
export function redeployVersion(
  ports: LifecyclePorts,
  tenantId: string,
  { actionId, versionId, updateDraft }: { actionId: string; versionId: string; updateDraft: boolean },
): Promise<Deployed> {
  return inTurn(`${tenantId} ${actionId}`, async () => {
    const action = await ports.store.actions.find(tenantId, actionId);
    const former = await ports.store.actionVersions.find(tenantId, versionId);
    if (!action || former?.actionId !== actionId) return { deployed: false, reason: 'missing' };
    const at = Math.max(ports.now(), action.updatedAt + 1);
    const { code, dependencies, secrets, trigger, runtime, buildId, modules = [], errors } = former;
    if (errors.length > 0 && !(await mayFailLater(ports, { ...action, errors }))) {
      return { deployed: false, reason: 'failed', action: { ...action, errors } };
    }
    const built = buildId === undefined ? {} : { buildId };
    const draft = { code, dependencies, secrets, trigger, runtime, modules, ...built };
    return publish(ports, action, former, ({ buildId: draftBuild, ...current }, newVersionId) => ({
      ...current,
      ...(updateDraft
        ? { ...draft, status: errors.length === 0 ? 'built' : 'failed', errors, builtAt: at, updatedAt: at }
        : draftBuild === undefined
          ? {}
          : { buildId: draftBuild }),
      deployedVersionId: newVersionId,
      allChangesDeployed: updateDraft,
    }));
  });
}

type Text = Pick<
  ActionVersionRecord,
  'code' | 'dependencies' | 'secrets' | 'modules' | 'moduleSecrets' | 'trigger' | 'runtime' | 'buildId' | 'errors'
>;

async function publish(
  ports: LifecyclePorts,
  action: ActionRecord,
  text: Text,
  point: (current: ActionRecord, versionId: string) => ActionRecord,
): Promise<Deployed> {
  const { store, random, now } = ports;
  const former = await lastVersions(ports, action);
  const at = now();
  const version: ActionVersionRecord = {
    tenantId: action.tenantId,
    id: random.uuid(),
    actionId: action.id,
    number: (former.at(-1)?.number ?? 0) + 1,
    trigger: text.trigger,
    runtime: runtimeOf(text.runtime) ?? text.runtime,
    code: text.code,
    dependencies: text.dependencies,
    secrets: text.secrets,
    ...(text.modules && { modules: text.modules }),
    ...(text.moduleSecrets && { moduleSecrets: text.moduleSecrets }),
    status: text.errors.length === 0 ? 'built' : 'failed',
    errors: text.errors,
    builtAt: at,
    ...(text.buildId === undefined ? {} : { buildId: text.buildId }),
    createdAt: at,
    updatedAt: at,
  };
  await store.actionVersions.insert(version);
  const updated = await store.actions.update(action.tenantId, action.id, (current) => ({
    ...point(current, version.id),
    deployedModules: version.modules ?? [],
  }));
  if (updated === 'missing' || updated === 'conflict') {
    // Deleted meanwhile: no Action points at the version, so no login can have pinned it.
    await store.actionVersions.remove(action.tenantId, version.id);
    return { deployed: false, reason: 'missing' };
  }
  await prune(ports, updated, former);
  return { deployed: true, action: updated, version };
}

/** The oldest two (candidates for removal) and the newest, oldest first. */
async function lastVersions({ store }: LifecyclePorts, action: ActionRecord): Promise<ActionVersionRecord[]> {
  const page = (offset: number, limit: number) =>
    store.actionVersions.list(action.tenantId, { parent: action.id, page: { offset, limit } });
  const oldest = await page(0, 2);
  if (oldest.total <= 2) return oldest.records;
  return [...oldest.records, ...(await page(oldest.total - 1, 1)).records];
}

/** Beyond the limit the oldest version goes, unless it is deployed or a living login may have it pinned. */
async function prune(
  { store, now }: LifecyclePorts,
  action: ActionRecord,
  former: ActionVersionRecord[],
): Promise<void> {
  const { total } = await store.actionVersions.list(action.tenantId, {
    parent: action.id,
    page: { offset: 0, limit: 1 },
  });
  const [oldest, next] = former;
  if (total <= ACTION_LIMITS.versions || !oldest || !next || oldest.id === action.deployedVersionId) return;
  if (next.createdAt + PINNED_MS > now()) return;
  await store.actionVersions.remove(action.tenantId, oldest.id);
}
