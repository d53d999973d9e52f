// Server, protocol: who a tenant is in its tokens: its base URL, with a slash where it has not said otherwise; never what a
// Host header says.
import type { TenantRecord } from '#storage/records.ts';

export function issuerOf(tenant: Pick<TenantRecord, 'baseUrl' | 'issuer'>): string {
  return tenant.issuer ?? `${tenant.baseUrl}/`;
}
