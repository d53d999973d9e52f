// Management: the table of all routes below /api/v2 of a tenant. A family that is missing here does not exist.
import type { Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { absenceRoutes } from './absence-routes.ts';
import { actionModuleRoutes } from './action-modules.ts';
import { actionTestRoutes } from './action-test.ts';
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
import { connectionClientRoutes } from './connection-clients.ts';
import { connectionRoutes } from './connections.ts';
import { customDomainRoutes } from './custom-domains.ts';
import { deviceCredentialRoutes } from './device-credentials.ts';
import { discoveryDomainRoutes } from './discovery-domains.ts';
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
import { logStreamHealthRoutes } from './log-stream-health.ts';
import { logStreamRoutes } from './log-streams.ts';
import { loginRoutes } from './logins.ts';
import { logRoutes } from './logs.ts';
import { messageGuardRoutes } from './message-guard.ts';
import { messageRoutes } from './messages.ts';
import { mountRoutes } from './mount.ts';
import { organizationClientGrantRoutes } from './organization-client-grants.ts';
import { organizationClientRoutes } from './organization-clients.ts';
import { organizationConnectionRoutes } from './organization-connections.ts';
import { organizationInvitationRoutes } from './organization-invitations.ts';
import { organizationMemberRoutes } from './organization-members.ts';
import { organizationRoutes } from './organizations.ts';
import { passwordTicketRoutes } from './password-tickets.ts';
import { profileRoutes } from './profiles.ts';
import { promptRoutes } from './prompts.ts';
import { customTextRoutes } from './prompts-custom-text.ts';
import { promptPartialRoutes } from './prompts-partials.ts';
import { promptRenderingRoutes } from './prompts-rendering.ts';
import { recoveryCodeRoutes } from './recovery-codes.ts';
import { refreshTokenRoutes } from './refresh-tokens.ts';
import { replayRoutes } from './replay.ts';
import { resourceServerRoutes } from './resource-servers.ts';
import { riskAssessmentRoutes } from './risk-assessments.ts';
import { roleGroupRoutes } from './role-groups.ts';
import { rolePermissionRoutes } from './role-permissions.ts';
import { roleRoutes } from './roles.ts';
import type { Route } from './route.ts';
import { scriptLimitRoutes } from './script-limits.ts';
import { sessionRoutes } from './sessions.ts';
import { signingKeyRoutes } from './signing-keys.ts';
import { statRoutes } from './stats.ts';
import { tenantSettingRoutes } from './tenant-settings.ts';
import { tokenExchangeProfileRoutes } from './token-exchange-profiles.ts';
import { undoRoutes } from './undo.ts';
import { userAccessRoutes } from './user-access.ts';
import { userBlockRoutes } from './user-blocks.ts';
import { userPermissionRoutes } from './user-permissions.ts';
import { userRelationRoutes } from './user-relations.ts';
import { userRoutes } from './users.ts';

export const MANAGEMENT_ROUTES: readonly Route[] = [
  // Fixed paths of theirs stand before parameters of others.
  ...absenceRoutes,
  ...userRoutes,
  ...userRelationRoutes,
  ...userPermissionRoutes,
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
  ...rolePermissionRoutes,
  ...roleGroupRoutes,
  ...organizationRoutes,
  ...organizationMemberRoutes,
  ...organizationInvitationRoutes,
  ...organizationConnectionRoutes,
  ...organizationClientGrantRoutes,
  ...organizationClientRoutes,
  ...discoveryDomainRoutes,
  ...clientRoutes,
  ...clientCredentialRoutes,
  ...clientGrantRoutes,
  ...resourceServerRoutes,
  ...signingKeyRoutes,
  ...connectionRoutes,
  ...connectionClientRoutes,
  ...tenantSettingRoutes,
  ...guardianRoutes,
  ...guardianDuoRoutes,
  ...guardianPhoneRoutes,
  ...guardianPushRoutes,
  ...guardianTicketRoutes,
  ...guardianWebAuthnRoutes,
  ...actionRoutes,
  ...actionVersionRoutes,
  ...actionTestRoutes,
  ...actionModuleRoutes,
  ...bindingRoutes,
  ...brandingRoutes,
  ...brandingTemplateRoutes,
  ...brandingThemeRoutes,
  ...brandingPhoneProviderRoutes,
  ...brandingPhoneTemplateRoutes,
  ...promptRoutes,
  ...customTextRoutes,
  ...promptPartialRoutes,
  ...promptRenderingRoutes,
  ...tokenExchangeProfileRoutes,
  ...profileRoutes,
  ...customDomainRoutes,
  ...formRoutes,
  ...executionRoutes,
  ...loginRoutes,
  ...replayRoutes,
  ...lockoutRoutes,
  ...scriptLimitRoutes,
  ...attackProtectionRoutes,
  ...messageGuardRoutes,
  ...riskAssessmentRoutes,
  ...statRoutes,
  ...userBlockRoutes,
  ...anomalyRoutes,
  ...logRoutes,
  ...undoRoutes,
  ...logStreamRoutes,
  ...logStreamHealthRoutes,
  ...messageRoutes,
];

export function managementRoutes(deps: Deps): Hono<Env> {
  return mountRoutes(deps, MANAGEMENT_ROUTES);
}
