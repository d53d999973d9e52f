// Management: shared modules and their versions on the wire. Values of secrets never pass here. Source of the shapes:
// actions-api reference, section 6, and recorded exchanges.
import { z } from 'zod';
import type { ModuleUser } from '#runtime/lifecycle/module-uses.ts';
import type { ActionSecret, ModuleRecord, ModuleVersionRecord } from '#storage/records.ts';
import { showTriggers, triggerList } from './show-action.ts';

const moduleText = {
  code: z.string(),
  dependencies: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  secrets: z.array(z.strictObject({ name: z.string(), updated_at: z.string() })),
};

export const listedModuleShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    ...moduleText,
    all_changes_published: z.boolean(),
    actions_using_module_total: z.int(),
    latest_version_number: z.int().optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ListedActionModule' });

export const moduleShape = z
  .strictObject({
    ...listedModuleShape.shape,
    latest_version: z.strictObject({ id: z.string(), version_number: z.int(), ...moduleText }).optional(),
  })
  .meta({ id: 'ActionModule' });

export const moduleVersionShape = z
  .strictObject({
    id: z.string(),
    module_id: z.string(),
    version_number: z.int(),
    ...moduleText,
    created_at: z.string(),
  })
  .meta({ id: 'ActionModuleVersion' });

export const moduleUserShape = z
  .strictObject({
    action_id: z.string(),
    action_name: z.string(),
    module_version_id: z.string().optional(),
    module_version_number: z.int().optional(),
    supported_triggers: triggerList,
  })
  .meta({ id: 'ActionModuleUser' });

/** RFC 3339 with microseconds, of which we know the last three to be zeros. */
const microseconds = (at: number): string => new Date(at).toISOString().replace('Z', '000Z');

const showSecrets = (secrets: ActionSecret[]) =>
  secrets.map(({ name, updatedAt }) => ({ name, updated_at: microseconds(updatedAt) }));

const showText = ({ code, dependencies, secrets }: ModuleRecord | ModuleVersionRecord) => ({
  code,
  dependencies: dependencies.map(({ name, version }) => ({ name, version })),
  secrets: showSecrets(secrets),
});

/** As lists have it: without the text of the latest version. `users`: the Actions that name the module. */
export function showListedModule(module: ModuleRecord, users: ModuleUser[] = []) {
  const { latestVersion } = module;
  return {
    id: module.id,
    name: module.name,
    ...showText(module),
    all_changes_published: module.allChangesPublished,
    actions_using_module_total: users.filter(({ deployed }) => deployed).length,
    ...(latestVersion ? { latest_version_number: latestVersion.number } : {}),
    created_at: microseconds(module.createdAt),
    updated_at: microseconds(module.updatedAt),
  };
}

export function showModule(module: ModuleRecord, latest: ModuleVersionRecord | undefined, users: ModuleUser[] = []) {
  return {
    ...showListedModule(module, users),
    ...(latest ? { latest_version: { id: latest.id, version_number: latest.number, ...showText(latest) } } : {}),
  };
}

export const showModuleVersion = (version: ModuleVersionRecord) => ({
  id: version.id,
  module_id: version.moduleId,
  version_number: version.number,
  ...showText(version),
  created_at: microseconds(version.createdAt),
});

/** An Action whose deployed version has the module in it. */
export const showModuleUser = ({ action, deployed }: ModuleUser) => ({
  action_id: action.id,
  action_name: action.name,
  module_version_id: deployed?.versionId,
  module_version_number: deployed?.number,
  supported_triggers: showTriggers(action.trigger),
});
