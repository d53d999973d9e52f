// Lifecycle: how a connection goes: with the people who were made in it, and with its place in organizations.
import type { Json, OrganizationRecord } from '#storage/records.ts';
import { unlinkAccount } from './account-links.ts';
import type { LifecyclePorts } from './ports.ts';

const AT_ONCE = 100;

/**
 * Removes a connection. People go first: what a crash leaves behind is a connection with fewer of them, which can be
 * removed again. False: there is none.
 */
export async function removeConnection(ports: LifecyclePorts, tenantId: string, id: string): Promise<boolean> {
  const { connections, organizations } = ports.store;
  const connection = await connections.find(tenantId, id);
  if (!connection) return false;
  await removePeople(ports, tenantId, connection.name);
  for (const organization of (await organizations.list(tenantId)).records) {
    if (!enablesOf(organization).some((entry) => isOf(entry, id))) continue;
    await organizations.update(tenantId, organization.id, (current) => ({
      ...current,
      settings: { ...current.settings, enabled_connections: enablesOf(current).filter((entry) => !isOf(entry, id)) },
    }));
  }
  const removed = await connections.remove(tenantId, id);
  // Whoever came in between.
  await removePeople(ports, tenantId, connection.name);
  return removed;
}

/** Those who are linked to an account elsewhere too: a connection of the same name would open that to them again. */
async function removePeople(ports: LifecyclePorts, tenantId: string, connection: string): Promise<void> {
  const { users } = ports.store;
  for (const which of [{}, { linked: true }] as const) {
    for (;;) {
      const { records } = await users.list(tenantId, { connection, ...which, page: { offset: 0, limit: AT_ONCE } });
      if (records.length === 0) break;
      for (const { id, linkedTo } of records) {
        const [provider = '', ...own] = id.split('|');
        if (linkedTo !== undefined) {
          await unlinkAccount(ports, tenantId, { primaryId: linkedTo, provider, userId: own.join('|') });
        }
        await users.remove(tenantId, id);
      }
    }
  }
}

function enablesOf({ settings }: OrganizationRecord): Json[] {
  return Array.isArray(settings.enabled_connections) ? settings.enabled_connections : [];
}

function isOf(entry: Json, connectionId: string): boolean {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry) && entry.connection_id === connectionId;
}
