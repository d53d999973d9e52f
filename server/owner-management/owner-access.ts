// Owner management: which owners and tenants a token opens, in one place. What is not there and what is not yours are told
// apart nowhere. Source: operating contract, "Addresses"; idp-server reference, §1.1.

import type { OwnerRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { OwnerOperator } from './authenticate-owner.ts';
import { type OwnerRefusal, refuseOwner } from './owner-answer.ts';
import type { TenantRoute } from './owner-route.ts';

const ORGANIZATION_DENIED = refuseOwner(
  403,
  'organization_access_denied',
  'This token does not open that organization, or the tenant is not one of it.',
);
const TENANT_DENIED = refuseOwner(403, 'access_denied', 'This token does not open that tenant.');

/** A client of the default tenant that may administer all the others. */
export const opensEverything = ({ kind, isDefault, scopes }: OwnerOperator): boolean =>
  kind === 'client' && isDefault && scopes.has('management');

export const opensOwner = (operator: OwnerOperator, owner: Pick<OwnerRecord, 'id'>): boolean =>
  opensEverything(operator) || owner.id === operator.home.ownerId;

export function opensTenant(operator: OwnerOperator, tenant: TenantRecord): boolean {
  if (tenant.id === operator.home.id || opensEverything(operator)) return true;
  return tenant.ownerId === operator.home.ownerId && operator.scopes.has('org-management');
}

/** The owner that the path names by id or name. */
export async function findOwner(
  store: Store,
  operator: OwnerOperator,
  named: string,
): Promise<OwnerRecord | OwnerRefusal> {
  const owner = await store.owners.find(named);
  return owner && opensOwner(operator, owner) ? owner : ORGANIZATION_DENIED;
}

/** The tenant that the path names by id or name, below the owner where it names one. */
export async function findTenant(
  store: Store,
  operator: OwnerOperator,
  named: { organization?: string; tenant: string },
): Promise<TenantRecord | OwnerRefusal> {
  const tenant = await store.tenants.find(named.tenant);
  if (named.organization === undefined) return tenant && opensTenant(operator, tenant) ? tenant : TENANT_DENIED;
  const owner = await findOwner(store, operator, named.organization);
  if ('ok' in owner) return owner;
  const isTheirs = tenant?.ownerId === owner.id && opensTenant(operator, tenant);
  return tenant && isTheirs ? tenant : ORGANIZATION_DENIED;
}

/** What opens any row: at the addresses without an owner, to a person, only the first. */
const ADMINISTRATION = ['management', 'org-management'];

/** The refusal where the token lacks the scope for this row. */
export function refuseRow(
  { kind, scopes }: OwnerOperator,
  route: Pick<TenantRoute, 'scopes'>,
  isBelowOwner: boolean,
): OwnerRefusal | undefined {
  const general = kind === 'client' || isBelowOwner ? ADMINISTRATION : ADMINISTRATION.slice(0, 1);
  const opening = kind === 'client' ? [...route.scopes, ...general] : general;
  if (kind === 'client' && route.scopes.length === 0) return undefined;
  if (opening.some((scope) => scopes.has(scope))) return undefined;
  return refuseOwner(403, 'insufficient_scope', `Insufficient scope, expected any of: ${opening.join(', ')}`);
}
