// Server, protocol: what a client sends to exchange a token from elsewhere (RFC 8693 §2.1), read and looked up: the profile
// that its type names, the API, the organization. Whether the token is good is nobody's question here.
import type {
  ClientRecord,
  OrganizationRecord,
  ResourceServerRecord,
  TenantRecord,
  TokenExchangeProfileRecord,
} from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { isStorable } from '../request.ts';
import { refuseUnbound } from './dpop.ts';
import type { GrantRequest } from './grant.ts';
import { findApiForPeople } from './open-apis.ts';
import { missing, refusal, type TokenRefusal, unknownApi } from './token-answer.ts';

export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

export type ExchangeRequest = {
  ok: true;
  profile: TokenExchangeProfileRecord;
  subjectToken: string;
  /** As it was sent: nothing of it is believed yet. */
  actor?: { token: string; tokenType: string };
  scope: string[];
  api?: ResourceServerRecord;
  organization?: OrganizationRecord;
};

/** What opens the grant to a client, in place of its list of grants. */
const PROFILE_TYPE = 'custom_authentication';

/** Only to an application of the tenant's own: whoever exchanges signs people in without asking them. */
export function mayExchangeTokens({ settings }: ClientRecord): boolean {
  const { token_exchange: opened, is_first_party: isFirstParty } = settings;
  if (isFirstParty === false || typeof opened !== 'object' || opened === null || Array.isArray(opened)) return false;
  const { allow_any_profile_of_type: types } = opened;
  return Array.isArray(types) && types.includes(PROFILE_TYPE);
}

export async function readExchange(grant: GrantRequest): Promise<ExchangeRequest | TokenRefusal> {
  const { deps, tenant, client, parameters, keyThumbprint } = grant;
  const { subject_token: subjectToken, subject_token_type: type } = parameters;
  if (subjectToken === undefined) return missing('subject_token');
  if (type === undefined) return missing('subject_token_type');
  const actor = readActor(parameters);
  if (actor && 'ok' in actor) return actor;
  const { requested_token_type: requested } = parameters;
  if (requested !== undefined && requested !== ACCESS_TOKEN_TYPE) {
    return invalid(`Parameter requested_token_type must be ${ACCESS_TOKEN_TYPE}`);
  }
  const profile = await deps.store.tokenExchangeProfiles.findByKey(tenant.id, type);
  if (!profile) return invalid('There is no token exchange profile for this subject_token_type');

  const audience = parameters.audience ?? tenant.defaultAudience;
  const api = audience === undefined ? undefined : await findApiForPeople(deps.store, tenant, audience, client.id);
  if (audience !== undefined && !api) return unknownApi(audience);
  const unbound = refuseUnbound(client, api, keyThumbprint);
  if (unbound) return unbound;

  const { organization: named } = parameters;
  const organization = named === undefined ? undefined : await findOrganization(deps.store, tenant, client, named);
  if (organization && 'ok' in organization) return organization;
  return {
    ok: true,
    profile,
    subjectToken,
    ...(actor ? { actor } : {}),
    scope: [...new Set((parameters.scope ?? '').split(' ').filter((each) => each !== ''))],
    ...(api ? { api } : {}),
    ...(organization ? { organization } : {}),
  };
}

const invalid = (description: string): TokenRefusal => refusal(400, 'invalid_request', description);

/** RFC 8693 §2.1: each of the two only with the other. */
function readActor({ actor_token: token, actor_token_type: tokenType }: Record<string, string>) {
  if (token !== undefined && tokenType !== undefined) return { token, tokenType };
  if (token !== undefined) return missing('actor_token_type');
  return tokenType === undefined ? undefined : missing('actor_token');
}

/** By its id or its name, where this client takes people of organizations at all. */
export async function findOrganization(
  store: Store,
  tenant: TenantRecord,
  { settings }: ClientRecord,
  named: string,
): Promise<OrganizationRecord | TokenRefusal> {
  if (settings.organization_usage === 'deny') return invalid('parameter organization is not allowed for this client');
  // A script's word may be any text.
  const found = isStorable(named)
    ? ((await store.organizations.find(tenant.id, named)) ??
      (await store.organizations.findByKey(tenant.id, named.toLowerCase())))
    : undefined;
  return found ?? invalid(`parameter organization is invalid: ${named.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, '?')}`);
}
