// Management: the switches of a tenant. Every tenant of the wire has these; what was never set is shown as it is here. Those
// that the house acts on are read where they act; the others are kept and given back.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';

/**
 * Acted on: `enable_public_signup_user_exists_error`, `enforce_client_authentication_on_passwordless_start` and
 * `remove_alg_from_jwks`.
 */
const DEFAULTS: Readonly<Record<string, boolean>> = {
  allow_changing_enable_sso: false,
  allow_legacy_delegation_grant_types: false,
  allow_legacy_ro_grant_types: false,
  allow_other_legacy_grant_types: false,
  cannot_change_enforce_client_authentication_on_passwordless_start: false,
  change_pwd_flow_v1: false,
  custom_domains_provisioning: false,
  dashboard_new_onboarding: false,
  disable_clickjack_protection_headers: false,
  disable_fields_map_fix: false,
  disable_impersonation: true,
  disable_management_api_sms_obfuscation: false,
  enable_apis_section: false,
  enable_client_connections: false,
  enable_custom_domain_in_emails: false,
  enable_dynamic_client_registration: false,
  enable_legacy_logs_search_v2: false,
  enable_pipeline2: false,
  enable_public_signup_user_exists_error: false,
  enable_sso: true,
  enforce_client_authentication_on_passwordless_start: false,
  mfa_show_factor_list_on_enrollment: false,
  new_universal_login_experience_enabled: true,
  no_disclose_enterprise_connections: false,
  remove_alg_from_jwks: false,
  revoke_refresh_token_grant: false,
  universal_login: true,
  use_scope_descriptions_for_consent: false,
};

export const flagsShape = z.record(z.string(), z.boolean());

export function showFlags({ flags }: JsonObject): JsonObject {
  return { ...DEFAULTS, ...ownFlags(flags) };
}

/** Switch by switch; null forgets all that were set. */
export function mergeFlags({ flags }: JsonObject, given: Record<string, boolean> | null): JsonObject | null {
  return given && { ...ownFlags(flags), ...given };
}

function ownFlags(flags: unknown): JsonObject {
  return typeof flags === 'object' && flags !== null && !Array.isArray(flags) ? (flags as JsonObject) : {};
}
