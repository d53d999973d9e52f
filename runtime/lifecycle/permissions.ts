// Lifecycle: what a person may at an API that asks for permissions: scopes that are the person's own, and those of the roles
// that hold in this login.
import type { ResourceServerRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';

/**
 * The scopes of the API, as it offers them, that this person has; undefined where the API does not ask for permissions.
 * Within an organization the roles are those of the member there.
 */
export async function permittedScopes(
  { assignments, permissions }: Pick<Store, 'assignments' | 'permissions'>,
  api: ResourceServerRecord,
  userId: string,
  organizationId?: string,
): Promise<string[] | undefined> {
  if (api.settings.enforce_policies !== true) return undefined;
  const roles = await assignments.effectiveRolesOf(api.tenantId, userId, organizationId);
  const roleIds = roles.map(({ id }) => id);
  const held = new Set(await permissions.reaching(api.tenantId, api.id, userId, roleIds));
  return api.scopes.map(({ value }) => value).filter((scope) => held.has(scope));
}
