// The scripts that a login is going to run, made ready while its person types.
import type { TriggerId } from '#actions/triggers.ts';
import type { TenantRecord } from '#storage/records.ts';
import { toScript, type Versions } from './pipeline/plan.ts';
import type { Ports } from './ports.ts';
import { limitsFor } from './script-limits.ts';
import type { BoundAction } from './transaction/transaction.ts';

/** Contexts are made in advance. A failure here is told by the run itself. */
export function prefetch(
  ports: Ports,
  versions: Versions,
  tenant: TenantRecord,
  plan: BoundAction[],
  trigger: TriggerId,
): void {
  const { sandbox, log, scriptLimits } = ports;
  const { id: tenantId } = tenant;
  const load = plan.map(async ({ versionId, name }) => {
    const version = await versions(tenantId, versionId);
    return version ? [toScript(version, name)] : [];
  });
  Promise.all(load).then(
    (scripts) => sandbox.prefetch(tenantId, scripts.flat(), limitsFor(tenant.scriptLimits, scriptLimits), trigger),
    (error: unknown) => log.warn({ tenantId, error: String(error) }, 'scripts not prefetched'),
  );
}
