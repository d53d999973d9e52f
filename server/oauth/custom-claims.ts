// Server, protocol: which of the claims that scripts set may stand in a token. Names that a protocol or we give a meaning
// to are dropped without a word, as script authors know it (Actions reference, section 2.11).
import type { JsonObject } from '#storage/records.ts';

const RESERVED = new Set(
  (
    'acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash client_id cnf cty dest ' +
    'entitlements events exp groups gty htm htu iat internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce ' +
    'object_id org_id org_name orig origid permissions roles rph s_hash sid sip_callid sip_cseq_num sip_date ' +
    'sip_from_tag sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256'
  ).split(' '),
);

/** Claims about a person that OpenID Connect defines: they need no namespace anywhere. */
const PERSON = new Set(
  (
    'address birthdate email email_verified family_name gender given_name locale middle_name name nickname phone_number ' +
    'phone_number_verified picture preferred_username profile updated_at website zoneinfo'
  ).split(' '),
);

/** For an id_token. */
export function idTokenClaims(claims: JsonObject): JsonObject {
  return pick(claims, () => true);
}

/** For an access token. For our own Management API a private claim needs a namespace; `scope` is ours to grant. */
export function accessTokenClaims(claims: JsonObject, { isSystem }: { isSystem: boolean }): JsonObject {
  return pick(claims, (name) => name !== 'scope' && (!isSystem || PERSON.has(name) || URL.canParse(name)));
}

function pick(claims: JsonObject, allowed: (name: string) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !RESERVED.has(name) && !isForbiddenNamespace(name) && allowed(name)),
  );
}

/** Namespaces that would look as if the identity provider itself had spoken. */
function isForbiddenNamespace(name: string): boolean {
  if (/^urn:auth0(:|$)/i.test(name)) return true;
  if (!/^https?:/i.test(name) || !URL.canParse(name)) return false;
  return /(^|\.)(auth0\.com|webtask\.(io|run))$/.test(new URL(name).hostname);
}
