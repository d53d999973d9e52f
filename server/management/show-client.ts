// Management: a client on the wire. What it never said is shown as it acts; its secret only to whoever may read keys. Source
// of the keys: mfa-wire reference, section 4.5.
import { z } from 'zod';
import { refreshTokenPolicy } from '#runtime/sessions/refresh-token.ts';
import type { ClientRecord, JsonObject, TenantRecord } from '#storage/records.ts';
import { idTokenConfiguration } from '../oauth/token-signature.ts';
import { showClientLogout } from './client-logout.ts';
import { shownClientProperties } from './client-properties.ts';
import { APP_TYPES } from './client-schema.ts';
import { jsonObject, optional } from './fields.ts';

const logoutUrls = z.array(z.string());
/** By their ids; of a client that was just made, whole. */
const inUse = z.strictObject({ credentials: z.array(z.looseObject({ id: z.string() })) }).optional();

export const clientShape = z
  .strictObject({
    ...shownClientProperties,
    tenant: z.string(),
    global: z.boolean(),
    client_id: z.string(),
    client_secret: z.string().optional(),
    name: z.string(),
    app_type: z.enum(APP_TYPES).optional(),
    callbacks: z.array(z.string()),
    grant_types: z.array(z.string()),
    token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).optional(),
    client_metadata: z.record(z.string(), z.string()),
    callback_url_template: z.boolean(),
    /** Of one that was just made: its secret is sealed. */
    encrypted: z.boolean().optional(),
    signing_keys: z.array(jsonObject),
    oidc_logout: z
      .strictObject({
        backchannel_logout_urls: logoutUrls,
        backchannel_logout_initiators: z.strictObject({
          mode: z.enum(['custom', 'all']),
          selected_initiators: z.array(z.string()).optional(),
        }),
      })
      .optional(),
    oidc_backchannel_logout: z.strictObject({ backchannel_logout_urls: logoutUrls }).optional(),
    client_authentication_methods: z
      .strictObject({ private_key_jwt: inUse, tls_client_auth: inUse, self_signed_tls_client_auth: inUse })
      .optional(),
    signed_request_object: z
      .strictObject({
        required: z.boolean().optional(),
        credentials: z.array(z.looseObject({ id: z.string() })).optional(),
      })
      .optional(),
    token_vault_privileged_access: jsonObject.optional(),
  })
  .meta({ id: 'Client' });

export function showClient(
  client: ClientRecord,
  tenant: TenantRecord,
  how: 'with-secret' | 'without-secret',
): Record<string, unknown> {
  return {
    tenant: tenant.name,
    global: false,
    is_first_party: true,
    is_token_endpoint_ip_header_trusted: false,
    oidc_conformant: true,
    sso_disabled: false,
    cross_origin_auth: false,
    cross_origin_authentication: false,
    custom_login_page_on: true,
    callback_url_template: false,
    allowed_clients: [],
    client_aliases: [],
    native_social_login: { apple: { enabled: false }, facebook: { enabled: false } },
    signing_keys: [],
    ...client.settings,
    refresh_token: showRefreshTokenSettings(client),
    jwt_configuration: idTokenConfiguration(client),
    ...showClientLogout(client),
    name: client.name,
    client_id: client.id,
    ...(how === 'with-secret' ? optional('client_secret', client.secret) : {}),
    ...optional('app_type', client.appType),
    callbacks: client.callbacks,
    grant_types: client.grantTypes,
    client_metadata: client.metadata,
  };
}

/** As they act: a client that can keep no secret has tokens that rotate unless it says otherwise. */
function showRefreshTokenSettings(client: ClientRecord): Record<string, unknown> {
  const own = client.settings.refresh_token as JsonObject | undefined;
  const { rotating } = refreshTokenPolicy(client);
  const expires = own?.expiration_type === undefined ? rotating : own.expiration_type === 'expiring';
  return {
    rotation_type: rotating ? 'rotating' : 'non-rotating',
    expiration_type: expires ? 'expiring' : 'non-expiring',
    leeway: 0,
    token_lifetime: 2_592_000,
    infinite_token_lifetime: !expires,
    infinite_idle_token_lifetime: !expires,
    idle_token_lifetime: 1_296_000,
    ...own,
  };
}
