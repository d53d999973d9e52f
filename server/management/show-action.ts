// Management: Actions, versions and bindings on the wire. Values of secrets never pass here. Source of the shapes:
// actions-api reference, section 6.
import { isOutdated, type TriggerRef } from '#runtime/lifecycle/triggers.ts';
import type { ActionRecord, ActionSecret, ActionVersionRecord, BindingRecord, BuildError } from '#storage/records.ts';
import { optional } from './fields.ts';

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

/** Lists of Actions leave zeros out: no `page` on the first one, no `total` when there is none. */
export function actionList(
  plural: string,
  shown: unknown[],
  { page, perPage, total }: { page: number; perPage: number; total: number },
) {
  return {
    [plural]: shown,
    ...(total === 0 ? {} : { total }),
    ...(page === 0 ? {} : { page }),
    per_page: perPage,
  };
}
