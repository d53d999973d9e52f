// Lifecycle: the triggers whose Actions run here, a closed list. Which there are besides, tools may read elsewhere; an
// Action can be made for, deployed to and bound to these alone. Source: actions-api reference, sections 1.4 and 5.

type RunningTrigger = {
  /** What a draft gets that names no version. */
  current: string;
  /** Versions that run as the current one and are reported as outdated. */
  outdated: readonly string[];
};

const RUNNING = new Map<string, RunningTrigger>([
  ['post-login', { current: 'v3', outdated: ['v2'] }],
  ['credentials-exchange', { current: 'v2', outdated: [] }],
  ['pre-user-registration', { current: 'v2', outdated: [] }],
  ['post-user-registration', { current: 'v2', outdated: [] }],
]);

export type TriggerRef = { id: string; version: string };

/** Why Actions of a trigger cannot be used; undefined when they can. */
export function refuseTriggerId(id: string): string | undefined {
  if (RUNNING.has(id)) return undefined;
  return `Trigger "${id}" is not supported; use ${listed([...RUNNING.keys()])}.`;
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
