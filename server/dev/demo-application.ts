// Server, development: the application that the Try page signs people in to.
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import { DEMO_MARK } from '../demo/people.ts';
import type { Deps } from '../deps.ts';

export async function findDemoApplication({ store }: Deps, tenant: TenantRecord): Promise<ClientRecord | undefined> {
  const { records } = await store.clients.list(tenant.id);
  return records.find(({ metadata }) => metadata[DEMO_MARK] !== undefined);
}

export function demoCallback(tenant: TenantRecord): string {
  return `${tenant.baseUrl}/dev/try/callback`;
}
