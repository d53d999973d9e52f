// Server, deploy: what a tenant is now, as far as a project has a say in it, read by the Management API.
import type { Json, JsonObject } from '#storage/records.ts';
import { CommandError } from '../cli/command.ts';
import { type Remote, RemoteRefusal } from '../cli/remote.ts';
import type { Dependency, Wanted } from './wanted.ts';

export type PresentAction = {
  id: string;
  name: string;
  trigger: string;
  code: string;
  runtime: string;
  dependencies: readonly Dependency[];
  secrets: readonly string[];
  /** `number`: the version it was built with. */
  modules: readonly { id: string; number: number | undefined }[];
  /** What runs; absent before it was deployed. */
  running?: { code: string };
  /** What runs is the draft. */
  isRunning: boolean;
  /** Its draft could not be built. Written again it is built again: a registry that was away may be there. */
  hasFailed: boolean;
  /** It came with a partner's integration, and is not ours to change. */
  isInstalled: boolean;
};

export type PresentModule = {
  id: string;
  name: string;
  code: string;
  dependencies: readonly Dependency[];
  /** Of the latest published version. */
  number: number | undefined;
  isPublished: boolean;
};

export type PresentBinding = { actionId: string; name: string; displayName: string };

export type Present = {
  actions: readonly PresentAction[];
  modules: readonly PresentModule[];
  /** Of the triggers that are wanted. */
  bindings: Readonly<Record<string, readonly PresentBinding[]>>;
  factors: Readonly<Record<string, boolean>>;
  settings: JsonObject;
  /** By trigger, the version that new Actions are made for. */
  triggerVersions: Readonly<Record<string, string>>;
};

/** Reads no more than what `wanted` has an opinion of. */
export async function readPresent(remote: Remote, wanted: Wanted): Promise<Present> {
  const some = <T>(record: Readonly<Record<string, T>>) => Object.keys(record).length > 0;
  const [triggers, actions, modules, factors, settings] = await Promise.all([
    remote.call<{ triggers: WireTrigger[] }>('GET', '/actions/triggers'),
    remote.list<WireAction>('/actions/actions', 'actions'),
    readModules(remote, wanted),
    some(wanted.factors) ? remote.call<{ name: string; enabled: boolean }[]>('GET', '/guardian/factors') : [],
    some(wanted.settings) ? remote.call<JsonObject>('GET', '/tenants/settings') : {},
  ]);
  const bindings: Record<string, PresentBinding[]> = {};
  for (const trigger of Object.keys(wanted.bindings)) {
    const found = await remote.list<WireBinding>(
      `/actions/triggers/${encodeURIComponent(trigger)}/bindings`,
      'bindings',
    );
    bindings[trigger] = found.map(({ action, display_name: displayName }) => ({
      actionId: action?.id ?? '',
      name: action?.name ?? displayName ?? '',
      displayName: displayName ?? action?.name ?? '',
    }));
  }
  return {
    actions: actions.map(readAction),
    modules,
    bindings,
    factors: Object.fromEntries(factors.map(({ name, enabled }) => [name, enabled])),
    settings,
    triggerVersions: Object.fromEntries(
      triggers.triggers.filter(({ status }) => status === 'CURRENT').map(({ id, version }) => [id, version]),
    ),
  };
}

type WireTrigger = { id: string; version: string; status: string };
type WireBinding = { action?: { id: string; name: string }; display_name?: string };
type WireText = { code?: string; dependencies?: { name: string; version: string }[] };
type WireModule = WireText & {
  id: string;
  name: string;
  all_changes_published?: boolean;
  latest_version_number?: number;
};
export type WireAction = WireText & {
  id: string;
  name: string;
  supported_triggers?: { id: string; version?: string }[];
  runtime?: string;
  status?: string;
  errors?: { id?: string; msg?: string }[];
  secrets?: { name: string }[];
  modules?: { module_id: string; module_version_number?: number }[];
  deployed_version?: WireText;
  all_changes_deployed?: boolean;
  installed_integration_id?: string | null;
};

/** Modules are not at every tenant of Auth0. */
async function readModules(remote: Remote, wanted: Wanted): Promise<PresentModule[]> {
  let found: WireModule[];
  try {
    found = await remote.list<WireModule>('/actions/modules', 'modules');
  } catch (error) {
    if (!(error instanceof RemoteRefusal) || remote.kind === 'sallyport' || ![403, 404, 501].includes(error.status))
      throw error;
    if (wanted.modules.length > 0) throw new CommandError(`this tenant has no modules for Actions: ${error.message}`);
    return [];
  }
  return found.map((module) => ({
    id: module.id,
    name: module.name,
    code: module.code ?? '',
    dependencies: dependenciesOf(module),
    number: module.latest_version_number,
    isPublished: module.all_changes_published === true && module.latest_version_number !== undefined,
  }));
}

function readAction(action: WireAction): PresentAction {
  const { deployed_version: deployed } = action;
  return {
    id: action.id,
    name: action.name,
    trigger: action.supported_triggers?.[0]?.id ?? '',
    code: action.code ?? '',
    runtime: action.runtime ?? '',
    dependencies: dependenciesOf(action),
    secrets: (action.secrets ?? []).map(({ name }) => name),
    modules: (action.modules ?? []).map(({ module_id: id, module_version_number: number }) => ({ id, number })),
    ...(deployed ? { running: { code: deployed.code ?? '' } } : {}),
    isRunning: deployed !== undefined && action.all_changes_deployed === true,
    hasFailed: action.status === 'failed',
    isInstalled: typeof action.installed_integration_id === 'string' && action.installed_integration_id !== '',
  };
}

const dependenciesOf = ({ dependencies = [] }: WireText): Dependency[] =>
  dependencies.map(({ name, version }) => ({ name, version }));

/** Whether `present` holds what is `wanted`: of an object what is named in it. What is not there is `null` and `false`. */
export function holds(present: Json | undefined, wanted: Json): boolean {
  if (present === undefined || present === null) return wanted === null || wanted === false;
  if (typeof wanted !== 'object' || wanted === null) return present === wanted;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(present) && present.length === wanted.length && wanted.every((one, at) => holds(present[at], one))
    );
  }
  if (typeof present !== 'object' || Array.isArray(present)) return false;
  return Object.entries(wanted).every(([name, value]) => holds(present[name], value));
}
