// Management: people who administer. Whoever gave somebody the role for it, or a way in to an account that has it, would have
// what that account has: so both are for those alone who have it already. Nobody lifts themselves up.
import { administrationOf } from '#runtime/lifecycle/administration.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { Refusal } from './answer.ts';
import { refuseBeyond, scopesBeyond } from './lifted-clients.ts';
import type { Incoming } from './route.ts';

type Desk = Pick<Incoming, 'deps' | 'tenant' | 'operator'>;

/** The refusal where the person may do more than the caller. */
export async function refuseLiftedPerson(desk: Desk, userId: string): Promise<Refusal | undefined> {
  const { deps, tenant } = desk;
  const beyond = scopesBeyond(desk, await administrationOf(deps.store, tenant, userId));
  return beyond.length === 0 ? undefined : refuseBeyond(beyond);
}

/** By what of an account somebody gets in to it: directly, or by a link or a code that is sent there. */
const WAYS_IN = ['password', 'email', 'username', 'phone_number', 'preferred_username', 'raw_password'];

export const opensWayIn = (change: object): boolean => Object.keys(change).some((name) => WAYS_IN.includes(name));

/** The refusal where one of the roles gives more than the caller has. */
export async function refuseLiftedRoles(desk: Desk, roleIds: readonly string[]): Promise<Refusal | undefined> {
  const { deps, tenant } = desk;
  const api = await deps.store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
  const held = (await Promise.all(roleIds.map((id) => deps.store.permissions.ofRole(tenant.id, id)))).flat();
  const beyond = scopesBeyond(
    desk,
    held.filter(({ apiId }) => apiId === api?.id).map(({ scope }) => scope),
  );
  return beyond.length === 0 ? undefined : refuseBeyond(beyond);
}
