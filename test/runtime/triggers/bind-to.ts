// For tests of triggers beside post-login: deploys and binds scripts through the store, and waits for what comes after.
import { readFileSync } from 'node:fs';
import type { TriggerId } from '#actions/triggers.ts';
import type { ExecutionRecord, LogRecord } from '#storage/records.ts';
import type { House } from '#test/kit/house.ts';

/** Binds these texts, in this order, in place of what was bound to the trigger; each with the same secrets. */
export async function bindTo(
  { store, tenant, ports }: House,
  triggerId: TriggerId,
  sources: string[],
  secrets: Record<string, string> = {},
): Promise<void> {
  const { random, now } = ports;
  const at = { createdAt: now(), updatedAt: now() };
  const bindings = [];
  for (const [position, code] of sources.entries()) {
    const id = random.uuid();
    const versionId = random.uuid();
    const name = `${triggerId}-${position + 1}`;
    const text = {
      tenantId: tenant.id,
      trigger: { id: triggerId, version: triggerId === 'post-login' ? 'v3' : 'v2' },
      runtime: 'node22',
      code,
      dependencies: [],
      secrets: Object.entries(secrets).map(([key, value]) => ({ name: key, value, updatedAt: now() })),
      errors: [],
      status: 'built' as const,
      ...at,
    };
    await store.actions.insert({ ...text, id, name, deployedVersionId: versionId, allChangesDeployed: true });
    await store.actionVersions.insert({ ...text, id: versionId, actionId: id, number: 3, builtAt: now() });
    const binding = { tenantId: tenant.id, id: random.uuid(), triggerId, actionId: id, displayName: name, position };
    bindings.push({ ...binding, ...at });
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
