// Lifecycle: which deployed Actions a trigger runs, in which order. A list is replaced whole; every binding gets a new id.
import type { ActionRecord, BindingRecord } from '#storage/records.ts';
import type { LifecyclePorts } from './ports.ts';
import { mostBindings } from './triggers.ts';

export type BindingInput = {
  ref: { type: 'action_id' | 'action_name' | 'binding_id'; value: string };
  displayName?: string;
};

export type Bound =
  | { bound: true; bindings: BindingRecord[] }
  | { bound: false; reason: 'too-many'; most: number }
  /** `index`: which of the given bindings. */
  | { bound: false; reason: 'unknown' | 'ambiguous' | 'other-trigger' | 'not-deployed'; index: number };

export async function bindActions(
  ports: LifecyclePorts,
  tenantId: string,
  triggerId: string,
  inputs: BindingInput[],
): Promise<Bound> {
  const most = mostBindings(triggerId);
  if (inputs.length > most) return { bound: false, reason: 'too-many', most };
  const present = await ports.store.bindings.list(tenantId, triggerId);
  // Names are looked up in the whole list; ids are not worth reading every Action's text.
  const byName = inputs.some(({ ref }) => ref.type === 'action_name');
  const named = byName ? (await ports.store.actions.list(tenantId)).records : [];
  const resolve = async (ref: BindingInput['ref']): Promise<ActionRecord[]> => {
    if (ref.type === 'action_name') return named.filter(({ name }) => name === ref.value);
    const id = ref.type === 'action_id' ? ref.value : present.find((binding) => binding.id === ref.value)?.actionId;
    const action = id === undefined ? undefined : await ports.store.actions.find(tenantId, id);
    return action ? [action] : [];
  };
  const at = ports.now();
  const bindings: BindingRecord[] = [];
  for (const [index, { ref, displayName }] of inputs.entries()) {
    const found = await resolve(ref);
    const action = found[0];
    if (!action) return { bound: false, reason: 'unknown', index };
    if (found.length > 1) return { bound: false, reason: 'ambiguous', index };
    if (action.trigger.id !== triggerId) return { bound: false, reason: 'other-trigger', index };
    if (action.deployedVersionId === undefined) return { bound: false, reason: 'not-deployed', index };
    bindings.push({
      tenantId,
      id: ports.random.uuid(),
      triggerId,
      actionId: action.id,
      displayName: displayName ?? action.name,
      position: index,
      createdAt: at,
      updatedAt: at,
    });
  }
  await ports.store.bindings.replace(tenantId, triggerId, bindings);
  return { bound: true, bindings };
}

/**
 * Deletes an Action; with `force` its bindings too. Its versions stay: a login that began before has them pinned.
 * `bound`: it is bound and `force` was not given. `named`: the same of a token exchange profile; one whose Action is gone
 * stays, and lets nobody in.
 */
export async function removeAction(
  { store }: LifecyclePorts,
  tenantId: string,
  actionId: string,
  { force }: { force: boolean },
): Promise<'removed' | 'missing' | 'bound' | 'named'> {
  if (!(await store.actions.find(tenantId, actionId))) return 'missing';
  const bindings = await store.bindings.ofAction(tenantId, actionId);
  if (bindings.length > 0 && !force) return 'bound';
  const { records: profiles } = await store.tokenExchangeProfiles.list(tenantId, { parent: actionId });
  if (profiles.length > 0 && !force) return 'named';
  for (const triggerId of new Set(bindings.map((binding) => binding.triggerId))) {
    const rest = (await store.bindings.list(tenantId, triggerId)).filter((binding) => binding.actionId !== actionId);
    await store.bindings.replace(
      tenantId,
      triggerId,
      rest.map((binding, position) => ({ ...binding, position })),
    );
  }
  return (await store.actions.remove(tenantId, actionId)) ? 'removed' : 'missing';
}
