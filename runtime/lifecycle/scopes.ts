// Lifecycle: the scopes that we offer ourselves, closed lists: OpenID Connect's, and those of every tenant's own APIs.
// Routes name their scopes from here, so the system API of a tenant can neither lack a scope that a route asks for nor offer
// one that opens nothing.
import type { ResourceServerRecord, TenantRecord } from '#storage/records.ts';

/** Scopes of OpenID Connect that say something about the person. */
export const PERSON_SCOPES = ['openid', 'profile', 'email', 'phone'] as const;

/** Asks for a refresh token (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access';

/** What may be done to one's own authenticators. */
export const MFA_SCOPES = ['enroll', 'read:authenticators', 'remove:authenticators'] as const;
export type MfaScope = (typeof MFA_SCOPES)[number];

/** What opens `/api/v2/*` of a tenant, and its own paths of `/v1/management`. */
export const MANAGEMENT_SCOPES = [
  'read:actions',
  'create:actions',
  'update:actions',
  'delete:actions',
  'read:anomaly_blocks',
  'delete:anomaly_blocks',
  'read:attack_protection',
  'update:attack_protection',
  'read:authentication_methods',
  'create:authentication_methods',
  'update:authentication_methods',
  'delete:authentication_methods',
  'read:branding',
  'update:branding',
  'delete:branding',
  'read:client_credentials',
  'create:client_credentials',
  'update:client_credentials',
  'delete:client_credentials',
  'read:client_grants',
  'create:client_grants',
  'update:client_grants',
  'delete:client_grants',
  'read:client_keys',
  'update:client_keys',
  'read:clients',
  'create:clients',
  'update:clients',
  'delete:clients',
  'read:connections',
  'create:connections',
  'update:connections',
  'delete:connections',
  'read:device_credentials',
  'delete:device_credentials',
  'read:email_provider',
  'create:email_provider',
  'update:email_provider',
  'delete:email_provider',
  'read:email_templates',
  'create:email_templates',
  'update:email_templates',
  'read:forms',
  'create:forms',
  'update:forms',
  'delete:forms',
  'read:grants',
  'delete:grants',
  'read:group_members',
  'create:group_members',
  'delete:group_members',
  'read:groups',
  'create:groups',
  'update:groups',
  'delete:groups',
  'read:guardian_enrollments',
  'delete:guardian_enrollments',
  'create:guardian_enrollment_tickets',
  'read:guardian_factors',
  'update:guardian_factors',
  'read:log_streams',
  'create:log_streams',
  'update:log_streams',
  'delete:log_streams',
  'read:logs',
  'read:logs_users',
  'read:mfa_policies',
  'update:mfa_policies',
  'read:organization_connections',
  'create:organization_connections',
  'update:organization_connections',
  'delete:organization_connections',
  'read:organization_member_roles',
  'create:organization_member_roles',
  'delete:organization_member_roles',
  'read:organization_invitations',
  'create:organization_invitations',
  'delete:organization_invitations',
  'read:organization_members',
  'create:organization_members',
  'delete:organization_members',
  'read:organizations',
  'read:organizations_summary',
  'create:organizations',
  'update:organizations',
  'delete:organizations',
  'read:phone_providers',
  'create:phone_providers',
  'update:phone_providers',
  'delete:phone_providers',
  'read:phone_templates',
  'create:phone_templates',
  'update:phone_templates',
  'delete:phone_templates',
  'read:prompts',
  'update:prompts',
  'read:refresh_tokens',
  'update:refresh_tokens',
  'delete:refresh_tokens',
  'read:resource_servers',
  'create:resource_servers',
  'update:resource_servers',
  'delete:resource_servers',
  'read:role_members',
  'create:role_members',
  'delete:role_members',
  'read:roles',
  'create:roles',
  'update:roles',
  'delete:roles',
  'read:sessions',
  'update:sessions',
  'delete:sessions',
  'read:signing_keys',
  'create:signing_keys',
  'update:signing_keys',
  'read:tenant_settings',
  'update:tenant_settings',
  'read:token_exchange_profiles',
  'create:token_exchange_profiles',
  'update:token_exchange_profiles',
  'delete:token_exchange_profiles',
  'create:user_tickets',
  'read:users',
  'create:users',
  'update:users',
  'update:users_app_metadata',
  'delete:users',
] as const;
export type ManagementScope = (typeof MANAGEMENT_SCOPES)[number];

/**
 * What opens tenants beside one's own: `management` every tenant (of use to clients of the default tenant only),
 * `org-management` the tenants of the same owner. Only the default tenant's system API offers them: otherwise whoever
 * administers a tenant could grant itself its neighbours.
 */
export const OPERATOR_SCOPES = ['management', 'org-management'] as const;

/** Audience of the API by which people manage their authenticators; every tenant has it. */
export function mfaAudience(baseUrl: string): string {
  return `${baseUrl}/mfa/`;
}

/** Audience of a tenant's Management API. */
export function managementAudience(baseUrl: string): string {
  return `${baseUrl}/api/v2/`;
}

/** What a person can be asked to allow an application that calls `api`, or no API at all. */
export function offeredScopes(
  { baseUrl }: Pick<TenantRecord, 'baseUrl'>,
  audience: string | undefined,
  api: ResourceServerRecord | undefined,
): ReadonlySet<string> {
  const own = audience === mfaAudience(baseUrl) ? MFA_SCOPES : [];
  // The Management API gives a person none of its scopes.
  const theirs = api && !api.isSystem ? api.scopes.map(({ value }) => value) : [];
  return new Set([...PERSON_SCOPES, OFFLINE_ACCESS, ...own, ...theirs]);
}
