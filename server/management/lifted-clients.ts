// Management: clients that open other tenants than their own. Whoever held the secret of such a client, or gave it another
// key, would have what it has: so both are for those alone who have it already. Nobody lifts themselves up.
import { managementAudience, OPERATOR_SCOPES } from '#runtime/lifecycle/scopes.ts';
import type { ClientGrantRecord } from '#storage/records.ts';
import { type Refusal, refuse } from './answer.ts';
import type { Incoming } from './route.ts';

type Desk = Pick<Incoming, 'deps' | 'tenant' | 'operator'>;

/** Scopes that open other tenants, which `scope` has and the caller does not. */
export function scopesBeyond({ operator }: Pick<Desk, 'operator'>, scope: readonly string[]): string[] {
  return OPERATOR_SCOPES.filter((value) => scope.includes(value) && !operator.scopes.has(value));
}

export function refuseBeyond(scopes: readonly string[]): Refusal {
  return refuse(403, `Insufficient scope, expected any of: ${scopes.join(',')}`, 'insufficient_scope');
}

/** The refusal where the client has more than the caller could be given. */
export async function refuseLifted(desk: Desk, clientId: string): Promise<Refusal | undefined> {
  const { deps, tenant } = desk;
  const key = `${clientId} ${managementAudience(tenant.baseUrl)}`;
  const grant = await deps.store.clientGrants.findByKey(tenant.id, key);
  const beyond = scopesBeyond(desk, grant?.scope ?? []);
  return beyond.length === 0 ? undefined : refuseBeyond(beyond);
}

/** Ids of all clients that have more than the caller could be given. */
export async function liftedClients(desk: Desk): Promise<ReadonlySet<string>> {
  if (scopesBeyond(desk, OPERATOR_SCOPES).length === 0) return new Set();
  const { deps, tenant } = desk;
  const { records } = await deps.store.clientGrants.list(tenant.id);
  const isLifted = ({ audience, scope }: ClientGrantRecord) =>
    audience === managementAudience(tenant.baseUrl) && scopesBeyond(desk, scope).length > 0;
  return new Set(records.filter(isLifted).map(({ clientId }) => clientId));
}
