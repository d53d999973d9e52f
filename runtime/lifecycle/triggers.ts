// Lifecycle: the triggers whose Actions run here, a closed list. Which there are besides, tools may read elsewhere; an
// Action can be made for, deployed to and bound to these alone. Source: actions-api reference, sections 1.4 and 5.

type RunningTrigger = {
  /** What a draft gets that names no version. */
  current: string;
  /** Versions that run as the current one and are reported as outdated. */
  outdated: readonly string[];
  /** How many Actions can be bound to it, where it is fewer than to others; 0 where something else names its Actions. */
  bindings?: number;
};

const RUNNING = new Map<string, RunningTrigger>([
  ['post-login', { current: 'v3', outdated: ['v2'] }],
  ['credentials-exchange', { current: 'v2', outdated: [] }],
  ['pre-user-registration', { current: 'v2', outdated: [] }],
  ['post-user-registration', { current: 'v2', outdated: [] }],
  ['post-change-password', { current: 'v2', outdated: [] }],
  ['password-reset-post-challenge', { current: 'v1', outdated: [], bindings: 4 }],
  ['custom-token-exchange', { current: 'v1', outdated: [], bindings: 0 }],
  ['send-phone-message', { current: 'v2', outdated: [] }],
  // A message is carried by one.
  ['custom-phone-provider', { current: 'v1', outdated: [], bindings: 1 }],
  ['custom-email-provider', { current: 'v1', outdated: [], bindings: 1 }],
]);

/** How many Actions can be bound to most triggers. */
const BINDINGS = 20;
export const mostBindings = (id: string): number => RUNNING.get(id)?.bindings ?? BINDINGS;

export type TriggerRef = { id: string; version: string };

/** Why Actions of a trigger cannot be used; undefined when they can. */
function refuseTriggerId(id: string): string | undefined {
  if (RUNNING.has(id)) return undefined;
  return `Trigger "${id}" is not supported; use ${listed([...RUNNING.keys()])}.`;
}

/** Why no Action can be bound to a trigger; undefined when some can. */
export function refuseBindings(id: string): string | undefined {
  if (mostBindings(id) > 0) return refuseTriggerId(id);
  return `Actions are not bound to the ${id} trigger: whatever needs one names it.`;
}

/** Why an Action cannot be made for this version of this trigger; undefined when it can. */
export function refuseTrigger({ id, version }: TriggerRef): string | undefined {
  const trigger = RUNNING.get(id);
  if (!trigger) return refuseTriggerId(id);
  if (version === trigger.current || trigger.outdated.includes(version)) return undefined;
  return version === 'v1'
    ? `Version v1 of the ${id} trigger is no longer supported; use ${trigger.current}.`
    : `The ${id} trigger has no version "${version}"; use ${trigger.current}.`;
}

/** The version as it was asked for, or else the current one; of a trigger that does not run here, an empty text. */
export function versionOf(id: string, version: string | undefined): string {
  return version ?? RUNNING.get(id)?.current ?? '';
}

/** It runs as the current version does, and its author is told. */
export const isOutdated = ({ id, version }: TriggerRef): boolean =>
  RUNNING.get(id)?.outdated.includes(version) === true;

const listed = (ids: string[]): string =>
  `${ids
    .slice(0, -1)
    .map((id) => `"${id}"`)
    .join(', ')} or "${ids.at(-1)}"`;
