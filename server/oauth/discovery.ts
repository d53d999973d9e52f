// Server, protocol: what this tenant's protocol layer can do, and the keys its tokens are checked with. Only what exists
// is listed.
import { managementAudience, PERSON_SCOPES } from '#runtime/lifecycle/scopes.ts';
import type { Json, JsonObject, TenantRecord } from '#storage/records.ts';
import { PROMPTS } from './authorize-parameters.ts';
import { ASSERTION_ALGORITHMS } from './client-assertion.ts';
import { PROOF_ALGORITHMS } from './dpop.ts';
import { GRANTS } from './grants.ts';
import { issuerOf } from './issuer.ts';
import { type KeyDeps, type TenantKey, tenantKeys } from './keys.ts';
import { REQUEST_OBJECT_ALGORITHMS } from './request-object.ts';
import { RESPONSE_MODES, RESPONSE_TYPES } from './response-type.ts';
import { TOKEN_ALGORITHMS } from './token-signature.ts';

/** OpenID Connect Discovery 1.0 §3 and RFC 8414 §2: one document for both. */
export function discovery(tenant: TenantRecord) {
  const { baseUrl } = tenant;
  return {
    issuer: issuerOf(tenant),
    authorization_endpoint: `${baseUrl}/authorize`,
    token_endpoint: `${baseUrl}/oauth/token`,
    revocation_endpoint: `${baseUrl}/oauth/revoke`,
    device_authorization_endpoint: `${baseUrl}/oauth/device/code`,
    pushed_authorization_request_endpoint: `${baseUrl}/oauth/par`,
    mfa_challenge_endpoint: `${baseUrl}/mfa/challenge`,
    userinfo_endpoint: `${baseUrl}/userinfo`,
    ...(announcesLogout(tenant) ? { end_session_endpoint: `${baseUrl}/oidc/logout` } : {}),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    jwks_uri: `${baseUrl}/.well-known/jwks.json`,
    scopes_supported: PERSON_SCOPES,
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: ['implicit', ...GRANTS.keys()],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    id_token_signing_alg_values_supported: TOKEN_ALGORITHMS,
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
    claims_parameter_supported: false,
    prompt_values_supported: PROMPTS,
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: REQUEST_OBJECT_ALGORITHMS,
    // Of those that lie elsewhere: nothing is fetched.
    request_uri_parameter_supported: false,
    require_pushed_authorization_requests: false,
    authorization_response_iss_parameter_supported: true,
    // Of ours (RFC 8414 §2 allows further members): tools tell by it that this speaks the Management API with our additions.
    sallyport_management_api: managementAudience(baseUrl),
  };
}

/** On unless the tenant has turned it off, as at Auth0; the address itself works either way. */
function announcesLogout({ settings: { oidc_logout: chosen } }: TenantRecord): boolean {
  return !(isObject(chosen) && chosen.rp_logout_end_session_endpoint_discovery === false);
}

/** RFC 7517 §5. Never a private part: it is built from what may be public. The default algorithm's keys come first. */
export async function jwks(deps: KeyDeps, tenant: TenantRecord): Promise<{ keys: Record<string, unknown>[] }> {
  const keys = [...(await tenantKeys(deps, tenant))].sort((a, b) => rank(a) - rank(b));
  const { flags } = tenant.settings;
  const withAlgorithm = !(isObject(flags) && flags.remove_alg_from_jwks === true);
  return {
    keys: keys.map(({ id, algorithm, publicJwk }) => ({
      ...(withAlgorithm ? { alg: algorithm } : {}),
      ...Object.fromEntries(PUBLIC_PARTS.filter((part) => part in publicJwk).map((part) => [part, publicJwk[part]])),
      use: 'sig',
      kid: id,
    })),
  };
}

const PUBLIC_PARTS = ['kty', 'n', 'e', 'crv', 'x', 'y', 'x5c', 'x5t'] as const;
const PLACES: TenantKey['place'][] = ['current', 'next', 'previous'];

const rank = ({ algorithm, place }: TenantKey): number =>
  TOKEN_ALGORITHMS.indexOf(algorithm) * PLACES.length + PLACES.indexOf(place);

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
