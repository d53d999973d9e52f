// Server, harness: a tenant's settings as an author writes them: by the Management API's own rules, so that what a tenant
// would refuse is refused here.
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Incoming } from '../management/route.ts';
import { tenantSettingRoutes } from '../management/tenant-settings.ts';
import { SimulationError } from './misuse.ts';

/** The tenant with `settings`, which are as `PATCH /api/v2/tenants/settings` takes them. Throws `SimulationError`. */
export async function changeSettings(
  store: Store,
  tenant: TenantRecord,
  settings: JsonObject,
  at: number,
): Promise<TenantRecord> {
  const change = tenantSettingRoutes.find(({ method }) => method === 'PATCH');
  const needed: Pick<Incoming, 'tenant'> & { deps: Pick<Incoming['deps'], 'store' | 'clock'> } = {
    deps: { store, clock: { now: () => at, advance: () => {} } },
    tenant,
  };
  const answer = await change?.run(needed as Incoming, {}, settings);
  if (!answer?.ok) throw new SimulationError(`settings: ${answer?.message ?? 'they cannot be used'}`);
  return (await store.tenants.find(tenant.id)) ?? tenant;
}
