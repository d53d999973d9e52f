// Server, protocol: who a tenant is in its tokens: its base URL with a slash, never what a Host header says.
import type { TenantRecord } from '#storage/records.ts';

export function issuerOf(tenant: Pick<TenantRecord, 'baseUrl'>): string {
  return `${tenant.baseUrl}/`;
}
