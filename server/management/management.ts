// Management: the table of all routes below /api/v2 of a tenant. A family that is missing here does not exist.
import type { Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { actionModuleRoutes } from './action-modules.ts';
import { actionVersionRoutes } from './action-versions.ts';
import { actionRoutes } from './actions.ts';
import { anomalyRoutes } from './anomaly.ts';
import { attackProtectionRoutes } from './attack-protection.ts';
import { authenticationMethodRoutes } from './authentication-methods.ts';
import { bindingRoutes } from './bindings.ts';
import { brandingRoutes } from './branding.ts';
import { brandingPhoneProviderRoutes } from './branding-phone-providers.ts';
import { brandingPhoneTemplateRoutes } from './branding-phone-templates.ts';
import { brandingTemplateRoutes } from './branding-template.ts';
import { brandingThemeRoutes } from './branding-themes.ts';
import { clientCredentialRoutes } from './client-credentials.ts';
import { clientGrantRoutes } from './client-grants.ts';
import { clientRoutes } from './clients.ts';
import { connectionRoutes } from './connections.ts';
import { deviceCredentialRoutes } from './device-credentials.ts';
import { emailProviderRoutes } from './email-provider.ts';
import { emailTemplateRoutes } from './email-templates.ts';
import { emailVerificationTicketRoutes } from './email-verification-ticket.ts';
import { enrollmentRoutes } from './enrollments.ts';
import { executionRoutes } from './executions.ts';
import { formRoutes } from './forms.ts';
import { grantRoutes } from './grants.ts';
import { groupMemberRoutes } from './group-members.ts';
import { groupRoutes } from './groups.ts';
import { guardianRoutes } from './guardian.ts';
import { guardianDuoRoutes } from './guardian-duo.ts';
import { guardianPhoneRoutes } from './guardian-phone.ts';
import { guardianPushRoutes } from './guardian-push.ts';
import { guardianTicketRoutes } from './guardian-tickets.ts';
import { guardianWebAuthnRoutes } from './guardian-webauthn.ts';
import { identityRoutes } from './identities.ts';
import { jobRoutes } from './jobs.ts';
import { lockoutRoutes } from './lockout.ts';
import { logStreamRoutes } from './log-streams.ts';
import { loginRoutes } from './logins.ts';
import { logRoutes } from './logs.ts';
import { messageGuardRoutes } from './message-guard.ts';
import { messageRoutes } from './messages.ts';
import { mountRoutes } from './mount.ts';
import { organizationConnectionRoutes } from './organization-connections.ts';
import { organizationInvitationRoutes } from './organization-invitations.ts';
import { organizationMemberRoutes } from './organization-members.ts';
import { organizationRoutes } from './organizations.ts';
import { passwordTicketRoutes } from './password-tickets.ts';
import { promptRoutes } from './prompts.ts';
import { customTextRoutes } from './prompts-custom-text.ts';
import { recoveryCodeRoutes } from './recovery-codes.ts';
import { refreshTokenRoutes } from './refresh-tokens.ts';
import { replayRoutes } from './replay.ts';
import { resourceServerRoutes } from './resource-servers.ts';
import { roleRoutes } from './roles.ts';
import type { Route } from './route.ts';
import { scriptLimitRoutes } from './script-limits.ts';
import { sessionRoutes } from './sessions.ts';
import { signingKeyRoutes } from './signing-keys.ts';
import { tenantSettingRoutes } from './tenant-settings.ts';
import { tokenExchangeProfileRoutes } from './token-exchange-profiles.ts';
import { userAccessRoutes } from './user-access.ts';
import { userBlockRoutes } from './user-blocks.ts';
import { userRelationRoutes } from './user-relations.ts';
import { userRoutes } from './users.ts';

export const MANAGEMENT_ROUTES: readonly Route[] = [
  ...userRoutes,
  ...userRelationRoutes,
  ...identityRoutes,
  ...sessionRoutes,
  ...refreshTokenRoutes,
  ...deviceCredentialRoutes,
  ...grantRoutes,
  ...userAccessRoutes,
  ...emailVerificationTicketRoutes,
  ...emailProviderRoutes,
  ...emailTemplateRoutes,
  ...jobRoutes,
  ...authenticationMethodRoutes,
  ...enrollmentRoutes,
  ...recoveryCodeRoutes,
  ...passwordTicketRoutes,
  ...groupRoutes,
  ...groupMemberRoutes,
  ...roleRoutes,
  ...organizationRoutes,
  ...organizationMemberRoutes,
  ...organizationInvitationRoutes,
  ...organizationConnectionRoutes,
  ...clientRoutes,
  ...clientCredentialRoutes,
  ...clientGrantRoutes,
  ...resourceServerRoutes,
  ...signingKeyRoutes,
  ...connectionRoutes,
  ...tenantSettingRoutes,
  ...guardianRoutes,
  ...guardianDuoRoutes,
  ...guardianPhoneRoutes,
  ...guardianPushRoutes,
  ...guardianTicketRoutes,
  ...guardianWebAuthnRoutes,
  ...actionRoutes,
  ...actionVersionRoutes,
  ...actionModuleRoutes,
  ...bindingRoutes,
  ...brandingRoutes,
  ...brandingTemplateRoutes,
  ...brandingThemeRoutes,
  ...brandingPhoneProviderRoutes,
  ...brandingPhoneTemplateRoutes,
  ...promptRoutes,
  ...customTextRoutes,
  ...tokenExchangeProfileRoutes,
  ...formRoutes,
  ...executionRoutes,
  ...loginRoutes,
  ...replayRoutes,
  ...lockoutRoutes,
  ...scriptLimitRoutes,
  ...attackProtectionRoutes,
  ...messageGuardRoutes,
  ...userBlockRoutes,
  ...anomalyRoutes,
  ...logRoutes,
  ...logStreamRoutes,
  ...messageRoutes,
];

export function managementRoutes(deps: Deps): Hono<Env> {
  return mountRoutes(deps, MANAGEMENT_ROUTES);
}
