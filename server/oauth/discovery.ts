// Server, protocol: what this tenant's protocol layer can do, and the keys its tokens are checked with. Only what exists
// is listed.
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { PERSON_SCOPES } from './apis.ts';
import { issuerOf } from './issuer.ts';
import { tenantKeys } from './keys.ts';

/** OpenID Connect Discovery 1.0 §3 and RFC 8414 §2: one document for both. */
export function discovery(tenant: TenantRecord) {
  const { baseUrl } = tenant;
  return {
    issuer: issuerOf(tenant),
    authorization_endpoint: `${baseUrl}/authorize`,
    token_endpoint: `${baseUrl}/oauth/token`,
    jwks_uri: `${baseUrl}/.well-known/jwks.json`,
    scopes_supported: PERSON_SCOPES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      'acr',
      'amr',
      'aud',
      'auth_time',
      'email',
      'email_verified',
      'exp',
      'family_name',
      'given_name',
      'iat',
      'iss',
      'name',
      'nickname',
      'org_id',
      'org_name',
      'phone_number',
      'phone_number_verified',
      'picture',
      'sid',
      'sub',
      'updated_at',
    ],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
}

/** RFC 7517 §5. Never a private part: it is built from what may be public. */
export async function jwks(deps: Deps, tenant: TenantRecord): Promise<{ keys: Record<string, unknown>[] }> {
  const keys = await tenantKeys(deps, tenant);
  return {
    keys: keys.map(({ id, publicJwk: { kty, n, e } }) => ({ alg: 'RS256', kty, use: 'sig', n, e, kid: id })),
  };
}
