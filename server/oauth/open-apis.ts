// Server, protocol: to whom an API is open, as its owner has it: `subject_type_authorization` says whether people and clients
// get tokens for it at all. What somebody may there is for `permittedScopes` to say, once it is known who it is.
import type { Json, JsonObject, ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { findApi } from './apis.ts';

/**
 * The API of this audience with the scopes that people get who come by this client; undefined where there is none or it is
 * closed to them.
 */
export async function findApiForPeople(
  store: Store,
  tenant: TenantRecord,
  audience: string,
  clientId: string,
): Promise<ResourceServerRecord | undefined> {
  const api = await findApi(store, tenant, audience);
  const policy = api && policyOf(api, 'user');
  if (!api || policy === 'deny_all') return undefined;
  if (policy !== 'require_client_grant') return api;
  const grant = await store.clientGrants.findByKey(tenant.id, `user\n${clientId} ${api.identifier}`);
  if (!grant) return undefined;
  if (grant.settings.allow_all_scopes === true) return api;
  return { ...api, scopes: api.scopes.filter(({ value }) => grant.scope.includes(value)) };
}

/** Whether a client may have a token of its own, as far as the API has a say in it. */
export const isOpenToClients = (api: ResourceServerRecord): boolean => policyOf(api, 'client') !== 'deny_all';

function policyOf({ settings }: ResourceServerRecord, subject: 'client' | 'user'): Json | undefined {
  const { subject_type_authorization: policies } = settings;
  const chosen = isObject(policies) ? policies[subject] : undefined;
  return isObject(chosen) ? chosen.policy : undefined;
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
