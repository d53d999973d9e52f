// Lifecycle: what an Action may be: triggers, runtimes, limits, and how its draft changes. Draft, deployed and bound are
// three things; this file knows the draft. Source: actions-api reference, sections 4.2, 4.3, 5 and 6.
import type { ActionDependency, ActionRecord } from '#storage/records.ts';
import { type ModuleRef, resolveModules } from './module-uses.ts';
import type { LifecyclePorts } from './ports.ts';
import { changedSecrets, type SecretChange, withoutValue } from './secret-changes.ts';
import { refuseTrigger, type TriggerRef } from './triggers.ts';

export const ACTION_LIMITS = {
  actions: 100,
  sourceBytes: 100_000,
  secrets: 30,
  dependencies: 10,
  versions: 50,
} as const;

const RUNTIMES = new Map([
  ['node22', 'node22'],
  ['node18-actions', 'node18-actions'],
  // Terraform and the vendor's own tools write it; a version of it reads `node18-actions`.
  ['node18', 'node18-actions'],
]);

export type ActionDraft = {
  name: string;
  trigger: TriggerRef;
  code?: string;
  runtime?: string;
  dependencies?: ActionDependency[];
  secrets?: SecretChange[];
  modules?: ModuleRef[];
};

/** Why a draft is not taken. */
export type DraftRefusal =
  | { refused: 'trigger'; reason: string }
  | { refused: 'runtime' }
  | { refused: 'source-too-long'; bytes: number }
  | { refused: 'modules'; reason: string }
  /** The secret at this place has no value yet. */
  | { refused: 'no-value'; index: number }
  | { refused: 'too-many-actions' }
  | { refused: 'missing' };

/** The name under which a deployed version shows its runtime. Undefined: not supported. */
export const runtimeOf = (id: string): string | undefined => RUNTIMES.get(id);

function refuseDraft({ code, runtime }: Pick<ActionDraft, 'code' | 'runtime'>): DraftRefusal | undefined {
  if (runtime !== undefined && runtimeOf(runtime) === undefined) return { refused: 'runtime' };
  const bytes = Buffer.byteLength(code ?? '');
  return bytes > ACTION_LIMITS.sourceBytes ? { refused: 'source-too-long', bytes } : undefined;
}

export async function newAction(
  { store, random, now }: LifecyclePorts,
  tenantId: string,
  draft: ActionDraft,
): Promise<ActionRecord | DraftRefusal> {
  const reason = refuseTrigger(draft.trigger);
  if (reason !== undefined) return { refused: 'trigger', reason };
  const refusal = refuseDraft(draft);
  if (refusal) return refusal;
  const { total } = await store.actions.list(tenantId, { page: { offset: 0, limit: 1 } });
  if (total >= ACTION_LIMITS.actions) return { refused: 'too-many-actions' };
  const empty = withoutValue([], draft.secrets ?? []);
  if (empty !== undefined) return { refused: 'no-value', index: empty };
  const modules = await resolveModules(store, tenantId, draft.modules ?? []);
  if ('reason' in modules) return { refused: 'modules', reason: modules.reason };
  const at = now();
  const action: ActionRecord = {
    tenantId,
    id: random.uuid(),
    name: draft.name,
    trigger: draft.trigger,
    runtime: draft.runtime ?? 'node22',
    code: draft.code ?? '',
    dependencies: draft.dependencies ?? [],
    secrets: changedSecrets([], draft.secrets ?? [], at),
    ...(modules.length === 0 ? {} : { modules }),
    status: 'pending',
    errors: [],
    allChangesDeployed: false,
    createdAt: at,
    updatedAt: at,
  };
  if ((await store.actions.insert(action)) === 'conflict') throw new Error('a new Action id is already taken');
  return action;
}

/** A change of the draft: it must be built again. Lists replace what was there; what is left out stays. */
export async function editAction(
  { store, now }: LifecyclePorts,
  tenantId: string,
  id: string,
  patch: Partial<ActionDraft>,
): Promise<ActionRecord | DraftRefusal> {
  const refusal = refuseDraft(patch);
  if (refusal) return refusal;
  const present = (patch.trigger ?? patch.secrets) && (await store.actions.find(tenantId, id));
  if ((patch.trigger ?? patch.secrets) && !present) return { refused: 'missing' };
  const empty = present && withoutValue(present.secrets, patch.secrets ?? []);
  if (empty !== undefined) return { refused: 'no-value', index: empty };
  const reason = patch.trigger && present && refuseUpgrade(present.trigger, patch.trigger);
  if (reason !== undefined) return { refused: 'trigger', reason };
  const modules = patch.modules && (await resolveModules(store, tenantId, patch.modules));
  if (modules && 'reason' in modules) return { refused: 'modules', reason: modules.reason };
  const updated = await store.actions.update(tenantId, id, (current) => {
    // Strictly later than before, so that the result of an older build is never taken for that of this draft.
    const at = Math.max(now(), current.updatedAt + 1);
    const { builtAt: _formerBuild, ...kept } = current;
    return {
      ...kept,
      ...(patch.name === undefined ? {} : { name: patch.name }),
      ...(patch.trigger === undefined ? {} : { trigger: patch.trigger }),
      ...(patch.code === undefined ? {} : { code: patch.code }),
      ...(patch.runtime === undefined ? {} : { runtime: patch.runtime }),
      ...(patch.dependencies === undefined ? {} : { dependencies: patch.dependencies }),
      ...(patch.secrets === undefined ? {} : { secrets: changedSecrets(current.secrets, patch.secrets, at) }),
      ...(modules === undefined ? {} : { modules }),
      status: 'pending',
      errors: [],
      allChangesDeployed: false,
      updatedAt: at,
    };
  });
  return updated === 'missing' || updated === 'conflict' ? { refused: 'missing' } : updated;
}

/** An Action keeps its trigger for life: bindings and deployed versions count on it. Only its version may change. */
function refuseUpgrade(present: TriggerRef, wanted: TriggerRef): string | undefined {
  return wanted.id === present.id ? refuseTrigger(wanted) : "can't upgrade to this trigger.";
}
