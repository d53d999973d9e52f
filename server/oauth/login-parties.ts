// Server, protocol: everybody whom the tokens of a login concern, looked at once more before any are made: since the login a
// person may have been blocked, a membership may have ended.
import { administrationOf } from '#runtime/lifecycle/administration.ts';
import { permittedScopes } from '#runtime/lifecycle/permissions.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { OrganizationRecord, ResourceServerRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { findApiForPeople } from './open-apis.ts';

export type LoginParties = {
  user: UserRecord;
  /** As it is open to this person. Absent: tokens for userinfo alone. */
  api?: ResourceServerRecord;
  /** Every scope of the API that the person has, where it asks for permissions. */
  permissions?: string[];
  organization?: OrganizationRecord;
  /** Scopes of administration that this person may get by this login. */
  administration?: string[];
};

/** Undefined where somebody is not there any more, or not what they were. */
export async function findParties(
  store: Store,
  tenant: TenantRecord,
  { subject, request }: Pick<RestedLogin, 'subject' | 'request'>,
): Promise<LoginParties | undefined> {
  if (subject.kind !== 'user') return undefined;
  const { audience, organizationId } = request;
  const [user, api, organization, isMember] = await Promise.all([
    store.users.find(tenant.id, subject.userId),
    audience === undefined ? undefined : findApiForPeople(store, tenant, audience, request.clientId),
    organizationId === undefined ? undefined : store.organizations.find(tenant.id, organizationId),
    organizationId === undefined ? true : store.assignments.isMember(tenant.id, organizationId, subject.userId),
  ]);
  // A linked account is part of another one, whose tokens speak for it.
  if (!user || user.blocked || user.linkedTo !== undefined || (audience !== undefined && !api)) return undefined;
  if (organizationId !== undefined && !(organization && isMember)) return undefined;
  // By name and password at the token endpoint: whatever else somebody signs in to, no page hands this out.
  const administration =
    api?.isSystem && request.protocol === 'oauth2-password' ? await administrationOf(store, tenant, user.id) : [];
  const permissions = api && (await permittedScopes(store, api, user.id, organizationId));
  const open = permissions ? { scopes: api.scopes.filter(({ value }) => permissions.includes(value)) } : {};
  return {
    user,
    ...(api ? { api: { ...api, ...open } } : {}),
    ...(permissions ? { permissions } : {}),
    ...(organization ? { organization } : {}),
    ...(administration.length > 0 ? { administration } : {}),
  };
}
