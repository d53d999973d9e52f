// For tests of triggers beside post-login: deploys and binds scripts through the store, and waits for what comes after.
import { readFileSync } from 'node:fs';
import type { TriggerId } from '#actions/triggers.ts';
import type { ExecutionRecord, LogRecord } from '#storage/records.ts';
import type { House } from '#test/kit/house.ts';

/** Makes an Action of this text and deploys it, bound to nothing; returns its id. */
export async function deployTo(
  { store, tenant, ports }: House,
  triggerId: TriggerId,
  { name, code, secrets = {} }: { name: string; code: string; secrets?: Record<string, string> },
): Promise<string> {
  const { random, now } = ports;
  const id = random.uuid();
  const versionId = random.uuid();
  const text = {
    tenantId: tenant.id,
    trigger: { id: triggerId, version: VERSIONS[triggerId] },
    runtime: 'node22',
    code,
    dependencies: [],
    secrets: Object.entries(secrets).map(([key, value]) => ({ name: key, value, updatedAt: now() })),
    errors: [],
    status: 'built' as const,
    createdAt: now(),
    updatedAt: now(),
  };
  await store.actions.insert({ ...text, id, name, deployedVersionId: versionId, allChangesDeployed: true });
  await store.actionVersions.insert({ ...text, id: versionId, actionId: id, number: 3, builtAt: now() });
  return id;
}

const VERSIONS: Readonly<Record<TriggerId, string>> = {
  'post-login': 'v3',
  'credentials-exchange': 'v2',
  'pre-user-registration': 'v2',
  'post-user-registration': 'v2',
  'post-change-password': 'v2',
  'password-reset-post-challenge': 'v1',
  'custom-token-exchange': 'v1',
  'send-phone-message': 'v2',
  'custom-phone-provider': 'v1',
  'custom-email-provider': 'v1',
};

/** Binds these texts, in this order, in place of what was bound to the trigger; each with the same secrets. */
export async function bindTo(
  house: House,
  triggerId: TriggerId,
  sources: string[],
  secrets: Record<string, string> = {},
): Promise<void> {
  const { store, tenant, ports } = house;
  const bindings = [];
  for (const [position, code] of sources.entries()) {
    const name = `${triggerId}-${position + 1}`;
    const actionId = await deployTo(house, triggerId, { name, code, secrets });
    const at = { createdAt: ports.now(), updatedAt: ports.now() };
    bindings.push({
      tenantId: tenant.id,
      id: ports.random.uuid(),
      triggerId,
      actionId,
      displayName: name,
      position,
      ...at,
    });
  }
  await store.bindings.replace(tenant.id, triggerId, bindings);
}

/** A ready script by its name. */
export const ready = (name: string): string =>
  readFileSync(new URL(`../../../actions/library/${name}.js`, import.meta.url), 'utf8');

/** Log lines of these types, oldest first. */
export async function linesOf({ store, tenant }: House, ...types: string[]): Promise<LogRecord[]> {
  const { records } = await store.logs.list(tenant.id, { order: 'oldest', page: { offset: 0, limit: 1000 } });
  return records.filter(({ type }) => types.includes(type));
}

export async function lastLine(house: House, type: string): Promise<LogRecord | undefined> {
  return (await linesOf(house, type)).at(-1);
}

/** The newest execution of a trigger. */
export async function lastRun({ store, tenant }: House, triggerId: TriggerId): Promise<ExecutionRecord | undefined> {
  const { records } = await store.executions.list(tenant.id, { limit: 100 });
  return records.find((record) => record.triggerId === triggerId);
}
