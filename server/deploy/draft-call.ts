// Server, deploy: the call that makes an Action's draft what the project has.
import type { ActionChange } from './changes.ts';
import type { SecretValues } from './secret-values.ts';
import type { Present } from './tenant-state.ts';

export type DraftCall = { method: 'POST' | 'PATCH'; path: string; body: Record<string, unknown> };

/** `moduleIds`: of modules by their names; one that is not there yet is named by an empty text. */
export function draftCall(
  { wanted, secrets, present: former, modules }: ActionChange,
  { present, values, moduleIds }: { present: Present; values: SecretValues; moduleIds: ReadonlyMap<string, string> },
): DraftCall {
  const { name, code, runtime, trigger } = wanted;
  const draft = {
    name,
    code,
    runtime,
    dependencies: wanted.dependencies,
    // Left out, they stay as they are.
    ...(secrets
      ? { secrets: wanted.secrets.map((secret) => ({ name: secret, value: values(name, secret) ?? '' })) }
      : {}),
    ...(modules.length > 0
      ? { modules: wanted.modules.map((module) => ({ module_id: moduleIds.get(module) ?? '' })) }
      : {}),
  };
  if (former) return { method: 'PATCH', path: `/actions/actions/${former.id}`, body: draft };
  const version = present.triggerVersions[trigger];
  const triggers = [{ id: trigger, ...(version === undefined ? {} : { version }) }];
  return { method: 'POST', path: '/actions/actions', body: { ...draft, supported_triggers: triggers } };
}
