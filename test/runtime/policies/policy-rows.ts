// Test: a tenant's policies, put in place of those that it had.
import { normalisePolicies } from '#runtime/policies/normalise-policy.ts';
import type { JsonObject } from '#storage/records.ts';
import type { House } from '#test/kit/house.ts';

export async function putPolicies({ store, tenant, ports }: House, ...given: JsonObject[]): Promise<void> {
  const former = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
  if (former) await store.authenticationPolicies.remove(tenant.id, former.id);
  const at = { createdAt: ports.now(), updatedAt: ports.now() };
  const record = { tenantId: tenant.id, id: ports.random.uuid(), flow: 'oauth', enabled: true, ...at };
  await store.authenticationPolicies.insert({ ...record, policies: normalisePolicies(given) });
}
