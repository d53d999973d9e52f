// Management: a tenant's settings. Those the house acts on have columns; the rest is kept and given back.
import { z } from 'zod';
import type { TenantRecord } from '#storage/records.ts';
import { answer, invalidBody, NOT_FOUND } from './answer.ts';
import { mergeSettings, optional, wholeNumber } from './fields.ts';
import { fieldsQuery, project } from './paging.ts';
import { type Route, route } from './route.ts';
import { flagsShape, mergeFlags, showFlags } from './tenant-flags.ts';
import { customParts, paletteChange, paletteOf, paletteShape, withPalette } from './tenant-palette.ts';
import { tenantPropertyChanges, tenantPropertyShapes } from './tenant-properties.ts';

const HOUR = 3600;
const MINUTE = 60;

const hours = z.number().gt(0).max(8760).optional();
const minutes = wholeNumber(1, 525_600).optional();
const cookieMode = z.enum(['persistent', 'non-persistent']);

const change = z.strictObject({
  ...tenantPropertyChanges,
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
  session_cookie: z.strictObject({ mode: cookieMode }).nullable().optional(),
  flags: flagsShape.nullable().optional(),
  universal_login: paletteChange.nullable().optional(),
  record_logins: z.boolean().optional(),
});
type Change = z.output<typeof change>;

const settingsShape = z
  .strictObject({
    ...tenantPropertyShapes,
    friendly_name: z.string().optional(),
    enabled_locales: z.array(z.string()),
    default_directory: z.string().optional(),
    default_audience: z.string().optional(),
    customize_mfa_in_postlogin_action: z.boolean(),
    session_lifetime: z.number(),
    idle_session_lifetime: z.number(),
    session_cookie: z.strictObject({ mode: cookieMode }),
    flags: flagsShape,
    universal_login: paletteShape,
    record_logins: z.boolean(),
    sandbox_versions_available: z.array(z.string()),
  })
  .meta({ id: 'TenantSettings' });

/** Lifetimes are shown in hours, whatever they were set in. Without a name of its own the tenant shows none. */
function showSettings(tenant: TenantRecord): Record<string, unknown> {
  return {
    allowed_logout_urls: [],
    change_password: { enabled: false },
    guardian_mfa_page: { enabled: false },
    oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
    sandbox_version: '22',
    sandbox_versions_available: ['22', '18'],
    resource_parameter_profile: 'audience',
    phone_consolidated_experience: false,
    client_id_metadata_document_supported: false,
    ...tenant.settings,
    universal_login: paletteOf(tenant),
    flags: showFlags(tenant.settings),
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
    summary: 'Get the settings of the tenant',
    query: z.strictObject(fieldsQuery),
    answers: { 200: settingsShape.partial() },
    async handle({ tenant, query }) {
      return answer(project(showSettings(tenant), query));
    },
  }),

  route({
    method: 'PATCH',
    path: '/tenants/settings',
    scopes: ['update:tenant_settings'],
    summary: 'Update the settings of the tenant',
    answers: { 200: settingsShape },
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
      if (typeof updated === 'string') return NOT_FOUND.page;
      const shown = showSettings(updated);
      return answer({ ...shown, universal_login: { ...paletteOf(updated), ...(await customParts(deps, updated)) } });
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
    universal_login: look,
    ...rest
  } = body;
  const {
    friendlyName: ownName,
    defaultDirectory: ownDirectory,
    defaultAudience: ownAudience,
    recordLogins: wasRecording,
    ...kept
  } = withPalette(current, look);
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
      ...(flags === undefined ? {} : { flags: mergeFlags(current.settings, flags) }),
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
