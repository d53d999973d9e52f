// Management: the client that Auth0 has in every tenant, and that holds the page of the classic login. Nobody logs in through
// it; the page is kept and given back, for tools that keep a tenant in files look for it there.
import { createHash } from 'node:crypto';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import { keepPage } from './kept-page.ts';
import type { Incoming } from './route.ts';
import { showClient } from './show-client.ts';

const KEY = 'login-page classic';

/** The same whenever it is asked for, and nobody else's: a `client_id` of the tenant is never made of its own id. */
const idOf = (tenant: TenantRecord): string =>
  createHash('sha256').update(`global client of ${tenant.id}`).digest('hex').slice(0, 32);

export const isGlobal = (tenant: TenantRecord, clientId: string): boolean => clientId === idOf(tenant);

/** As it is on the wire: without a secret, for it proves nothing. */
export async function showGlobalClient({ deps, tenant }: Incoming): Promise<Record<string, unknown>> {
  const page = await deps.store.pages.findByKey(tenant.id, KEY);
  const { createdAt, updatedAt } = tenant;
  const client: ClientRecord = {
    tenantId: tenant.id,
    id: idOf(tenant),
    name: 'All Applications',
    callbacks: [],
    grantTypes: [],
    authMethod: 'none',
    metadata: {},
    settings: { custom_login_page_on: false, ...page?.document },
    createdAt,
    updatedAt,
  };
  return { ...showClient(client, tenant, 'without-secret'), global: true };
}

/** Keeps the page; whatever else is asked of it changes nothing. */
export async function changeGlobalClient(
  call: Incoming,
  {
    custom_login_page: page,
    custom_login_page_on: isOn,
  }: { custom_login_page?: unknown; custom_login_page_on?: unknown },
): Promise<Record<string, unknown>> {
  await keepPage(call.ports, { tenantId: call.tenant.id, kind: 'login-page', name: 'classic' }, (current) => ({
    ...current,
    ...(typeof page === 'string' ? { custom_login_page: page } : {}),
    ...(typeof isOn === 'boolean' ? { custom_login_page_on: isOn } : {}),
  }));
  return showGlobalClient(call);
}
