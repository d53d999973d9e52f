// Lifecycle: people who administer a tenant. What opens `/v1/management/*` to a person is a permission of one of the
// person's roles, looked at anew each time: when a token is made, and when it is used.
import type { TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { managementAudience, OPERATOR_SCOPES } from './scopes.ts';

/** Whether somebody who asks for these scopes means to administer. */
export const asksToAdminister = (scope: readonly string[]): boolean =>
  OPERATOR_SCOPES.some((value) => scope.includes(value));

/**
 * The scopes of administration that this person has: granted by a role of the person, and offered by the tenant's own
 * system API. A role within an organization of users grants none, nor does one of a group, nor a permission without a role.
 */
export async function administrationOf(
  { resourceServers, assignments, permissions }: Pick<Store, 'resourceServers' | 'assignments' | 'permissions'>,
  tenant: Pick<TenantRecord, 'id' | 'baseUrl'>,
  userId: string,
): Promise<string[]> {
  const audience = managementAudience(tenant.baseUrl);
  const api = await resourceServers.findByKey(tenant.id, audience);
  const offered = OPERATOR_SCOPES.filter((scope) => api?.isSystem && api.scopes.some(({ value }) => value === scope));
  if (!api || offered.length === 0) return [];
  const roles = await assignments.rolesOf(tenant.id, userId);
  const held = (await Promise.all(roles.map(({ id }) => permissions.ofRole(tenant.id, id)))).flat();
  return offered.filter((scope) => held.some((each) => each.apiId === api.id && each.scope === scope));
}

/** Ids of all who have such a scope: for what changes many people at once, and must not be a way in to these. */
export async function administratorsOf(
  store: Pick<Store, 'resourceServers' | 'roles' | 'assignments' | 'permissions'>,
  tenant: Pick<TenantRecord, 'id' | 'baseUrl'>,
): Promise<ReadonlySet<string>> {
  const api = await store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
  if (!api?.isSystem || !asksToAdminister(api.scopes.map(({ value }) => value))) return new Set();
  const people = new Set<string>();
  for (const { id } of (await store.roles.list(tenant.id)).records) {
    const held = (await store.permissions.ofRole(tenant.id, id)).filter(({ apiId }) => apiId === api.id);
    if (!asksToAdminister(held.map(({ scope }) => scope))) continue;
    for (let offset = 0, total = 1; offset < total; offset += BATCH) {
      const found = await store.assignments.usersOf(tenant.id, id, { offset, limit: BATCH });
      for (const user of found.records) people.add(user.id);
      total = found.total;
    }
  }
  return people;
}

const BATCH = 1000;
