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
