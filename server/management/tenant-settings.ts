// Management: a tenant's settings. Those the house acts on have columns; the rest is kept and given back.
import { z } from 'zod';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import { answer, invalidBody, NOT_FOUND } from './answer.ts';
import { jsonObject, mergeSettings, optional, text, wholeNumber } from './fields.ts';
import { fieldsQuery, project } from './paging.ts';
import { type Route, route } from './route.ts';

const HOUR = 3600;
const MINUTE = 60;

const url = z.string().max(2048).nullable().optional();
const object = jsonObject.nullable().optional();
const hours = z.number().gt(0).max(8760).optional();
const minutes = wholeNumber(1, 525_600).optional();
const flag = z.boolean().nullable().optional();

const change = z.strictObject({
  friendly_name: z.string().max(255).nullable().optional(),
  enabled_locales: z
    .array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/))
    .min(1)
    .max(100)
    .optional(),
  default_directory: z.string().max(128).nullable().optional(),
  default_audience: z.string().max(600).nullable().optional(),
  customize_mfa_in_postlogin_action: z.boolean().optional(),
  session_lifetime: hours,
  session_lifetime_in_minutes: minutes,
  idle_session_lifetime: hours,
  idle_session_lifetime_in_minutes: minutes,
  session_cookie: z
    .strictObject({ mode: z.enum(['persistent', 'non-persistent']) })
    .nullable()
    .optional(),
  flags: z.record(z.string(), z.boolean()).nullable().optional(),
  ephemeral_session_lifetime: hours,
  ephemeral_session_lifetime_in_minutes: minutes,
  idle_ephemeral_session_lifetime: hours,
  idle_ephemeral_session_lifetime_in_minutes: minutes,
  picture_url: url,
  support_email: z.string().max(254).nullable().optional(),
  support_url: url,
  default_redirection_uri: url,
  allowed_logout_urls: z.array(text(2048)).max(100).optional(),
  sandbox_version: z.string().max(8).nullable().optional(),
  legacy_sandbox_version: z.string().max(8).nullable().optional(),
  acr_values_supported: z.array(text(255)).max(100).nullable().optional(),
  change_password: object,
  guardian_mfa_page: object,
  error_page: object,
  device_flow: object,
  sessions: object,
  oidc_logout: object,
  mtls: object,
  country_codes: object,
  universal_login: object,
  default_token_quota: object,
  allow_organization_name_in_authentication_api: flag,
  pushed_authorization_requests_supported: flag,
  authorization_response_iss_parameter_supported: flag,
  skip_non_verifiable_callback_uri_confirmation_prompt: flag,
  phone_consolidated_experience: flag,
  client_id_metadata_document_supported: flag,
  enable_ai_guide: flag,
  record_logins: z.boolean().optional(),
  resource_parameter_profile: z.enum(['audience', 'compatibility']).optional(),
  dynamic_client_registration_security_mode: z.enum(['strict', 'permissive']).optional(),
});
type Change = z.output<typeof change>;

/** Lifetimes are shown in hours, whatever they were set in. Without a name of its own the tenant shows none. */
function showSettings(tenant: TenantRecord): Record<string, unknown> {
  return {
    allowed_logout_urls: [],
    oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
    sandbox_version: '22',
    sandbox_versions_available: ['22', '18'],
    resource_parameter_profile: 'audience',
    ...tenant.settings,
    flags: tenant.settings.flags ?? {},
    ...optional('friendly_name', tenant.friendlyName),
    enabled_locales: tenant.enabledLocales,
    ...optional('default_directory', tenant.defaultDirectory),
    ...optional('default_audience', tenant.defaultAudience),
    customize_mfa_in_postlogin_action: tenant.customizeMfa,
    record_logins: tenant.recordLogins === true,
    session_lifetime: tenant.session.lifetimeSeconds / HOUR,
    idle_session_lifetime: tenant.session.idleLifetimeSeconds / HOUR,
    session_cookie: { mode: tenant.session.cookieMode },
  };
}

export const tenantSettingRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/tenants/settings',
    scopes: ['read:tenant_settings'],
    query: z.strictObject(fieldsQuery),
    async handle({ tenant, query }) {
      return answer(project(showSettings(tenant), query));
    },
  }),

  route({
    method: 'PATCH',
    path: '/tenants/settings',
    scopes: ['update:tenant_settings'],
    body: change,
    async handle({ deps, tenant, body }) {
      const { default_directory: directory, default_audience: audience } = body;
      if (directory && !(await deps.store.connections.findByKey(tenant.id, directory))) {
        return invalidBody(`The connection "${directory}" does not exist.`);
      }
      if (audience && !(await deps.store.resourceServers.findByKey(tenant.id, audience))) {
        return invalidBody(`The resource server "${audience}" does not exist.`);
      }
      const updated = await deps.store.tenants.update(tenant.id, (current) => edited(current, body, deps.clock.now()));
      return typeof updated === 'string' ? NOT_FOUND.page : answer(showSettings(updated));
    },
  }),
];

function edited(current: TenantRecord, body: Change, updatedAt: number): TenantRecord {
  const {
    friendly_name: friendlyName,
    enabled_locales: locales,
    default_directory: directory,
    default_audience: audience,
    customize_mfa_in_postlogin_action: customizeMfa,
    record_logins: recordLogins,
    session_lifetime: hoursLong,
    session_lifetime_in_minutes: minutesLong,
    idle_session_lifetime: idleHours,
    idle_session_lifetime_in_minutes: idleMinutes,
    session_cookie: cookie,
    flags,
    ...rest
  } = body;
  const {
    friendlyName: ownName,
    defaultDirectory: ownDirectory,
    defaultAudience: ownAudience,
    recordLogins: wasRecording,
    ...kept
  } = current;
  // An empty text and null both mean: none. Those below are given back as they were sent.
  const blanks = { default_directory: blank(directory), default_audience: blank(audience) };
  return {
    ...kept,
    ...optional('friendlyName', friendlyName === undefined ? ownName : friendlyName || undefined),
    ...optional('defaultDirectory', directory === undefined ? ownDirectory : directory || undefined),
    ...optional('defaultAudience', audience === undefined ? ownAudience : audience || undefined),
    ...optional('enabledLocales', locales),
    ...optional('customizeMfa', customizeMfa),
    ...((recordLogins ?? wasRecording) ? { recordLogins: true } : {}),
    session: {
      lifetimeSeconds: seconds(minutesLong, hoursLong) ?? current.session.lifetimeSeconds,
      idleLifetimeSeconds: seconds(idleMinutes, idleHours) ?? current.session.idleLifetimeSeconds,
      cookieMode: cookie === undefined ? current.session.cookieMode : (cookie?.mode ?? 'persistent'),
    },
    settings: mergeSettings(current.settings, {
      ...rest,
      ...blanks,
      ...(flags === undefined ? {} : { flags: flags && { ...flagsOf(current.settings), ...flags } }),
    }),
    updatedAt,
  };
}

/** For the settings: the empty text stays, anything else that was given removes it. */
const blank = (value: string | null | undefined): '' | null | undefined =>
  value === undefined ? undefined : value === '' ? '' : null;

const seconds = (inMinutes: number | undefined, inHours: number | undefined): number | undefined =>
  inMinutes !== undefined
    ? inMinutes * MINUTE
    : inHours === undefined
      ? undefined
      : Math.max(MINUTE, Math.round(inHours * HOUR));

function flagsOf({ flags }: JsonObject): JsonObject {
  return typeof flags === 'object' && flags !== null && !Array.isArray(flags) ? flags : {};
}
