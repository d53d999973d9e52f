// Tests of owner management: two owners with two tenants each beside the default one, and callers of every standing.
import { managementAudience, OPERATOR_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { ensureDefaultTenant, newTenant } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import { type Office, openOffice, type Send } from '../management/office.ts';

export type Headquarters = {
  office: Office;
  /** The default tenant, and the client of it that may do everything. */
  home: TenantRecord;
  operator: Send;
  /** Of one owner, and of another. */
  ours: [TenantRecord, TenantRecord];
  theirs: [TenantRecord, TenantRecord];
  /** An application of a tenant with these scopes at its Management API. */
  as(tenant: TenantRecord, ...scopes: string[]): Promise<Send>;
};

export async function openHeadquarters(): Promise<Headquarters> {
  const office = await openOffice();
  const { ports, store } = office.door.house;
  const home = await ensureDefaultTenant(ports, {
    name: 'nobody',
    baseUrl: 'http://localhost:3000',
    operator: { clientId: 'operator', clientSecret: 'operator secret' },
  });
  const { body } = await office.sender(home, undefined)('POST', '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: 'operator',
    client_secret: 'operator secret',
    audience: 'http://localhost:3000/api/v2/',
  });
  const tenantOf = async (ownerId: string, name: string) => {
    const made = await newTenant(ports, { name, baseUrl: `http://${name}.localhost:3000`, ownerId });
    if (!made.made) throw new Error('no tenant');
    // As onboarding leaves it: a tenant of an owner of its own may give out its owner's tenants.
    const api = await store.resourceServers.findByKey(made.tenant.id, managementAudience(made.tenant.baseUrl));
    await store.resourceServers.update(made.tenant.id, api?.id ?? '', (current) => ({
      ...current,
      scopes: [...current.scopes, ...OPERATOR_SCOPES.map((value) => ({ value }))],
    }));
    return made.tenant;
  };
  for (const name of ['ours', 'theirs']) await store.owners.insert({ id: `id-of-${name}`, name, createdAt: 1 });
  return {
    office,
    home,
    operator: office.sender(home, String(body.access_token)),
    ours: [await tenantOf('id-of-ours', 'ours-a'), await tenantOf('id-of-ours', 'ours-b')],
    theirs: [await tenantOf('id-of-theirs', 'theirs-a'), await tenantOf('id-of-theirs', 'theirs-b')],
    as: async (tenant, ...scopes) => office.sender(tenant, await office.token(tenant, scopes)),
  };
}
