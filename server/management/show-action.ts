// Management: Actions, versions and bindings on the wire. Values of secrets never pass here. Source of the shapes:
// actions-api reference, section 6.
import { z } from 'zod';
import { isOutdated, type TriggerRef } from '#runtime/lifecycle/triggers.ts';
import type { ActionRecord, ActionSecret, ActionVersionRecord, BindingRecord, BuildError } from '#storage/records.ts';
import { optional } from './fields.ts';

export const triggerList = z.array(
  z.strictObject({ id: z.string(), version: z.string(), status: z.literal('DEPRECATED').optional() }),
);
const dependencyList = z.array(
  z.strictObject({ name: z.string(), version: z.string(), registry_url: z.string().optional() }),
);
const secretNames = z.array(z.strictObject({ name: z.string(), updated_at: z.string() }));
const moduleList = z.array(
  z.strictObject({
    module_id: z.string(),
    module_name: z.string(),
    module_version_id: z.string(),
    module_version_number: z.int(),
  }),
);
const errorList = z.array(z.strictObject({ id: z.string(), msg: z.string(), url: z.string().optional() }));
const times = { created_at: z.string(), updated_at: z.string() };

const currentShape = z.strictObject({
  id: z.string(),
  code: z.string(),
  runtime: z.string(),
  status: z.string(),
  number: z.int(),
  build_time: z.string(),
  ...times,
});

const versionText = z.strictObject({
  id: z.string(),
  action_id: z.string(),
  code: z.string(),
  dependencies: dependencyList,
  deployed: z.boolean(),
  number: z.int(),
  built_at: z.string(),
  secrets: secretNames,
  modules: moduleList.optional(),
  status: z.string(),
  errors: errorList.optional(),
  ...times,
  runtime: z.string(),
  supported_triggers: triggerList,
});

const actionName = { id: z.string(), name: z.string(), supported_triggers: triggerList, ...times };

export const actionVersionShape = z
  .strictObject({
    ...versionText.shape,
    action: z.strictObject({ ...actionName, all_changes_deployed: z.boolean() }),
  })
  .meta({ id: 'ActionVersion' });

const deployedPart = { current_version: currentShape.optional(), deployed_version: versionText.optional() };

export const actionShape = z
  .strictObject({
    ...actionName,
    code: z.string(),
    dependencies: dependencyList,
    runtime: z.string(),
    status: z.enum(['pending', 'building', 'packaged', 'built', 'failed', 'retrying']),
    errors: errorList.optional(),
    secrets: secretNames,
    modules: moduleList.optional(),
    built_at: z.string().optional(),
    ...deployedPart,
    all_changes_deployed: z.boolean(),
  })
  .meta({ id: 'Action' });

export const bindingShape = z
  .strictObject({
    id: z.string(),
    trigger_id: z.string(),
    action: z.strictObject({ ...actionName, ...deployedPart, all_changes_deployed: z.boolean() }).optional(),
    display_name: z.string(),
    ...times,
  })
  .meta({ id: 'ActionBinding' });

/** RFC 3339 with nanoseconds, of which we know the first six zeros. */
const nanoseconds = (at: number): string => new Date(at).toISOString().replace('Z', '000000Z');

/** An outdated version says so; a current one has the two keys of the wire only. */
export const showTriggers = (trigger: TriggerRef) => [
  { id: trigger.id, version: trigger.version, ...(isOutdated(trigger) ? { status: 'DEPRECATED' } : {}) },
];

const showSecrets = (secrets: ActionSecret[]) =>
  secrets.map(({ name, updatedAt }) => ({ name, updated_at: nanoseconds(updatedAt) }));

const showErrors = (errors: BuildError[]) =>
  errors.length === 0
    ? {}
    : { errors: errors.map(({ id, message, url }) => ({ id, msg: message, ...optional('url', url) })) };

const showDependencies = (action: Pick<ActionRecord, 'dependencies'>) =>
  action.dependencies.map(({ name, version, registryUrl }) => ({
    name,
    version,
    ...optional('registry_url', registryUrl),
  }));

const showModules = ({ modules = [] }: Pick<ActionRecord, 'modules'>) =>
  modules.length === 0
    ? {}
    : {
        modules: modules.map(({ moduleId, moduleName, versionId, number }) => ({
          module_id: moduleId,
          module_name: moduleName,
          module_version_id: versionId,
          module_version_number: number,
        })),
      };

/** `deployed`: the version the Action points at, if any. */
export function showAction(action: ActionRecord, deployed: ActionVersionRecord | undefined): Record<string, unknown> {
  return {
    id: action.id,
    name: action.name,
    supported_triggers: showTriggers(action.trigger),
    created_at: nanoseconds(action.createdAt),
    updated_at: nanoseconds(action.updatedAt),
    code: action.code,
    dependencies: showDependencies(action),
    runtime: action.runtime,
    status: action.status,
    ...showErrors(action.errors),
    secrets: showSecrets(action.secrets),
    ...showModules(action),
    ...(action.builtAt === undefined ? {} : { built_at: nanoseconds(action.builtAt) }),
    ...(deployed ? { current_version: showCurrent(deployed), deployed_version: showVersion(deployed, true) } : {}),
    all_changes_deployed: action.allChangesDeployed,
  };
}

/** The deployed version once more, in the older style that tools still read. */
function showCurrent(version: ActionVersionRecord) {
  return {
    id: version.id,
    code: version.code,
    runtime: version.runtime,
    status: version.status.toUpperCase(),
    number: version.number,
    build_time: nanoseconds(version.builtAt),
    created_at: nanoseconds(version.createdAt),
    updated_at: nanoseconds(version.updatedAt),
  };
}

function showVersion(version: ActionVersionRecord, deployed: boolean): Record<string, unknown> {
  return {
    id: version.id,
    action_id: version.actionId,
    code: version.code,
    dependencies: showDependencies(version),
    deployed,
    number: version.number,
    built_at: nanoseconds(version.builtAt),
    secrets: showSecrets(version.secrets),
    ...showModules(version),
    status: version.status,
    ...showErrors(version.errors),
    created_at: nanoseconds(version.createdAt),
    updated_at: nanoseconds(version.updatedAt),
    runtime: version.runtime,
    supported_triggers: showTriggers(version.trigger),
  };
}

/** With its Action, as deployment and the list of versions answer. */
export function showVersionOf(action: ActionRecord, version: ActionVersionRecord, deployed: boolean) {
  return {
    ...showVersion(version, deployed),
    action: {
      id: action.id,
      name: action.name,
      supported_triggers: showTriggers(action.trigger),
      created_at: nanoseconds(action.createdAt),
      updated_at: nanoseconds(action.updatedAt),
      all_changes_deployed: false,
    },
  };
}

/** The Action of a binding comes without its draft. */
export function showBinding(
  binding: BindingRecord,
  action: ActionRecord | undefined,
  deployed: ActionVersionRecord | undefined,
): Record<string, unknown> {
  return {
    id: binding.id,
    trigger_id: binding.triggerId,
    ...(action
      ? {
          action: {
            id: action.id,
            name: action.name,
            supported_triggers: showTriggers(action.trigger),
            created_at: nanoseconds(action.createdAt),
            updated_at: nanoseconds(action.updatedAt),
            ...(deployed
              ? { current_version: showCurrent(deployed), deployed_version: showVersion(deployed, true) }
              : {}),
            all_changes_deployed: action.allChangesDeployed,
          },
        }
      : {}),
    display_name: binding.displayName,
    created_at: nanoseconds(binding.createdAt),
    updated_at: nanoseconds(binding.updatedAt),
  };
}
